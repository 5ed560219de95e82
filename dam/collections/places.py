"""Places in an order by hand: texts that sort as they stand, with room for another between any two. Pure.

A place is a fraction between 0 and 1, written in the digits below without zeros at its end. So a move writes
one row, whatever stands around it. In the database the column has the collation "C".
"""

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LONGEST = 32  # a longer one is made short again by giving its neighbourhood new places
_BASE = len(DIGITS)
_VALUES = {digit: value for value, digit in enumerate(DIGITS)}
_WIDTH = 8  # digits of places at an end: for 900 million steps of _STEP
_STEP = _BASE**3  # the room that is left between two that are put at an end one after the other


def is_place(text: str) -> bool:
    """Whether a text from outside is one."""
    return 0 < len(text) <= 2 * LONGEST and all(letter in _VALUES for letter in text) and text[-1] != "0"


def between(low: str | None, high: str | None) -> str:
    """A place after `low` and before `high`; None is the beginning, or the end.

    >>> "V" < between("V", "W") < "W"
    True
    """
    if low is not None and high is not None and low >= high:
        raise ValueError(f"{low!r} isn't before {high!r}.")
    if high is None:
        return after(low, 1)[0]
    return before(high) if low is None else spread(low, high, 1)[0]


def after(low: str | None, count: int) -> list[str]:
    """So many places after this one, which is the last, in their order."""
    begin = _BASE**_WIDTH // 2 - _STEP if low is None else _number(low[:_WIDTH], _WIDTH)
    if begin + count * _STEP < _BASE**_WIDTH:
        return [_text(begin + step * _STEP, _WIDTH) for step in range(1, count + 1)]
    return spread(low, None, count)


def before(high: str) -> str:
    """A place before this one, which is the first."""
    number = _number(high[:_WIDTH], _WIDTH) - _STEP
    return _text(number, _WIDTH) if number > 0 else spread(None, high, 1)[0]


def spread(low: str | None, high: str | None, count: int) -> list[str]:
    """So many places between these two, far from one another."""
    digits = max(len(low or ""), len(high or ""), 1)
    while True:
        begin = _number(low or "", digits)
        room = (_BASE**digits if high is None else _number(high, digits)) - begin
        if room > count:
            step = room // (count + 1)
            return [_text(begin + step * place, digits) for place in range(1, count + 1)]
        digits += 1


def _number(text: str, digits: int) -> int:
    number = 0
    for letter in text.ljust(digits, DIGITS[0]):
        number = number * _BASE + _VALUES[letter]
    return number


def _text(number: int, digits: int) -> str:
    letters = []
    for _ in range(digits):
        number, value = divmod(number, _BASE)
        letters.append(DIGITS[value])
    return "".join(reversed(letters)).rstrip(DIGITS[0])
