"""As docs/words.md has it: 3 May 2027."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
MONTH_DAY_FORMAT = "j F"
TIME_FORMAT = "H:i"
YEAR_MONTH_FORMAT = "F Y"
