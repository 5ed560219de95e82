"""3 mai 2027, 14:05; numbers in groups with a narrow space that no line breaks at."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
MONTH_DAY_FORMAT = "j F"
TIME_FORMAT = "H:i"
YEAR_MONTH_FORMAT = "F Y"
