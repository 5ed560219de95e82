"""Numbers with a unit and ranges of them, as people type them: ">10s", "5-15", "1920", "..2GB". Pure."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from dam.core import language
from dam.core.language import gettext as _
from dam.core.language import noop

_COMPARED = re.compile(r"(?P<sign>>=|<=|=|>|<)?(?P<number>[^<>=]+)")
_NUMBER = re.compile(r"(?P<digits>\d{1,19}(?:\.\d{1,6})?)(?P<unit>[a-z]*)")
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2})")
_RANGE = re.compile(r"(?P<low>[^.]*(?:\.[^.]+)?)\.\.(?P<high>.*)|(?P<first>[^-]+)-(?P<last>[^-]+)")
# Numbers with a decimal comma: with a unit behind it and none before ("1,5GB", "1,5..2,5s"), or compared.
_COMMA = r"\d{1,19}(?:,\d{1,6})?"
_DECIMAL_COMMA = re.compile(
    rf"(?P<sign>[<>]=?|=)?{_COMMA}(?:(?P<to>\.\.|-){_COMMA})?(?P<unit>[a-z]+)?|\.\.{_COMMA}(?P<its>[a-z]+)?"
)
# Signs as keyboards of the world and word processors give them.
ALIKE = str.maketrans(
    {**dict.fromkeys("–—−‐‑－～", "-"), "＞": ">", "＜": "<", "＝": "=", "≥": ">=", "≤": "<=", "…": ".."}
)


# How a unit is written that is not typed so.
_WRITTEN = {
    "b": noop("bytes"),
    "kb": noop("KB"),
    "mb": noop("MB"),
    "gb": noop("GB"),
    "tb": noop("TB"),
    "m": "min",
    "sec": "s",
}


@dataclass(frozen=True)
class Unit:
    """How many of the stored unit each name stands for; the first is meant where none is typed.

    `slack`: values that differ by less are shown alike, so one is found by the other.
    """

    names: Mapping[str, Decimal] = field(hash=False)
    clock: bool = False  # 1:30 is a minute and a half
    whole: bool = False  # a number stands for itself alone, not for all that are rounded to it
    slack: Decimal = Decimal(0)

    @property
    def default(self) -> str:
        return next(iter(self.names))


@dataclass(frozen=True)
class Range:
    """Of numbers in the stored unit, or of moments. An end belongs to it unless it is strict."""

    low: Any = None
    high: Any = None
    low_strict: bool = False
    high_strict: bool = False

    def count(self, ordered: Sequence[Any]) -> int:
        """How many of these, in their order, lie in it."""
        first, after = 0, len(ordered)
        if self.low is not None:
            first = (bisect_right if self.low_strict else bisect_left)(ordered, self.low)
        if self.high is not None:
            after = (bisect_left if self.high_strict else bisect_right)(ordered, self.high)
        return max(0, after - first)


@dataclass(frozen=True)
class _Measure:
    number: str  # "10"
    unit: str  # "s"
    value: Decimal  # 10000
    step: Decimal  # of its last digit: 1000

    @property
    def text(self) -> str:
        return f"{self.number}{self.unit}"


def tidy(typed: str, unit: Unit) -> str | None:
    """One way to write what was typed, or None if it can't be read: "5 - 15 S" is "5s..15s"."""
    read = _read(typed, unit)
    if read is None:
        return None
    sign, low, high = read
    if sign == "..":
        return f"{low.text if low else ''}..{high.text if high else ''}"
    only = low or high
    return f"{sign}{only.text}" if only else None


def has_decimal_comma(typed: str) -> bool:
    """Whether a comma in it parts no values.

    >>> has_decimal_comma("1,5GB"), has_decimal_comma(">1,5"), has_decimal_comma("25,30")
    (True, True, False)
    """
    match = _DECIMAL_COMMA.fullmatch("".join(typed.lower().split()).translate(ALIKE))
    return match is not None and bool(
        match["sign"] or match["unit"] or match["its"] or match["to"] == ".." or typed.startswith("..")
    )


def bounds(value: str, unit: Unit) -> Range:
    """What a value of `tidy` covers. 10s is all that rounds to it; 5s..15s has that of both ends."""
    read = _read(value, unit)
    if read is None:
        raise ValueError(value)
    sign, low, high = read
    if sign == "..":
        start, end = low and _covered(low, unit), high and _covered(high, unit)
        return Range(
            low=start.low if start else None,
            high=end.high if end else None,
            high_strict=bool(end and end.high_strict),
        )
    only = low or high
    assert only is not None
    if sign in (">", ">="):
        return Range(low=only.value, low_strict=sign == ">")
    if sign in ("<", "<="):
        return Range(high=only.value, high_strict=sign == "<")
    return _covered(only, unit)


def ends(value: str) -> tuple[str, str]:
    """The ends of a value of `tidy`, as they were typed.

    >>> ends("10..20"), ends(">100"), ends("5")
    (('10', '20'), ('100', ''), ('5', '5'))
    """
    low, range_sign, high = value.partition("..")
    if range_sign:
        return low, high
    bare = value.lstrip("<>=")
    return "" if value.startswith("<") else bare, "" if value.startswith(">") else bare


def spoken(value: str, unit: Unit) -> str:
    """For a chip: "over 10 s", "5 s to 15 s"."""
    read = _read(value, unit)
    if read is None:
        return value
    sign, low, high = read
    if sign == "..":
        if low and high:
            return _("%(low)s to %(high)s") % {"low": _said(low), "high": _said(high)}
        return (
            (_("from %(value)s") % {"value": _said(low)})
            if low
            else (_("up to %(value)s") % {"value": _said(high)})
            if high
            else value
        )
    only = low or high
    said = {
        ">": _("over %(value)s"),
        ">=": _("from %(value)s"),
        "<": _("under %(value)s"),
        "<=": _("up to %(value)s"),
    }
    return said.get(sign, "%(value)s") % {"value": _said(only)} if only else value


def _said(measure: _Measure) -> str:
    unit = _(_WRITTEN.get(measure.unit, measure.unit)) if measure.unit else ""
    return f"{language.figure(measure.number)} {unit}".strip()


def _covered(measure: _Measure, unit: Unit) -> Range:
    if unit.whole:
        return Range(low=measure.value, high=measure.value)
    around = unit.slack or measure.step / 2  # what is shown rounded
    return Range(low=measure.value - around, high=measure.value + around, high_strict=True)


def _read(typed: str, unit: Unit) -> tuple[str, _Measure | None, _Measure | None] | None:
    """The sign ("" for exactly this, ".." for a range) and its ends."""
    text = "".join(typed.lower().split())
    text = text.translate(ALIKE)
    if match := _RANGE.fullmatch(text):
        low_text = match["low"] if match["low"] is not None else match["first"]
        high_text = match["high"] if match["high"] is not None else match["last"]
        high = _measure(high_text, unit) if high_text else None
        low = _measure(low_text, unit, otherwise=high.unit if high else "") if low_text else None
        if (low_text and not low) or (high_text and not high) or not (low or high):
            return None
        if low and high and low.value > high.value:
            low, high = high, low
        return "..", low, high
    compared = _COMPARED.fullmatch(text)
    measure = _measure(compared["number"], unit) if compared else None
    if compared is None or measure is None:
        return None
    sign = compared["sign"] or ""
    return "" if sign == "=" else sign, measure, None


def _measure(text: str, unit: Unit, *, otherwise: str = "") -> _Measure | None:
    if unit.clock and (clock := _CLOCK.fullmatch(text)):
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        second = unit.names["s"]
        return _Measure(text, "", Decimal(hours * 3600 + minutes * 60 + seconds) * second, second)
    match = _NUMBER.fullmatch(text)
    name = (match["unit"] or otherwise or unit.default) if match else ""
    if match is None or name not in unit.names:
        return None
    number, each = Decimal(match["digits"]), unit.names[name]
    exponent = number.as_tuple().exponent
    step = each * Decimal(10) ** (exponent if isinstance(exponent, int) else 0)
    return _Measure(match["digits"], name, number * each, step)
