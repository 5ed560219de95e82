"""What was typed or sent for a field, as a value it can have. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from unicodedata import normalize
from urllib.parse import urlsplit

from dam.core import errors, foreign_text, numbers
from dam.core.language import either, listed
from dam.core.language import figure as in_figures
from dam.core.language import gettext as _
from dam.core.language import number as in_digits
from dam.custom_fields.definitions import EMPTY, NO, YES, Field, Kind, Option, Schema, Written

LONGEST_TEXT = 2_000
LONGEST_LINK = 1_000
MOST_DIGITS, MOST_DECIMALS = 14, 6  # before and behind the point
_YES = frozenset({"yes", "true", "1", "on"})
_NO = frozenset({"no", "false", "0", "off"})
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?|[+-]?\.\d+")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([,.])\d{3}(\1\d{3})*")


class ValueRefused(errors.Refused):
    """A field can't have this value; `field` is its key."""

    code = "field_value"

    def __init__(self, field: Field, message: str) -> None:
        self.field = field.key
        super().__init__(message)


def read(
    field: Field, typed: Sequence[str], *, people: Mapping[str, int] | None = None, kept: Written = EMPTY
) -> Written:
    """The value that is meant; () for none. Options are found by their keys and by their labels.

    `people` are those of the brand, by their email addresses in small letters. `kept` is the value the clip
    has: a retired option, somebody who has left or a number as it is written here can stay, whatever it would
    mean if it were chosen anew. Raises ValueRefused.
    """
    given = [text for text in map(_tidy, typed) if text]
    if not given:
        return EMPTY
    if field.kind is Kind.MULTI_CHOICE:
        chosen = {_option(field, text, kept).key for text in given}
        return tuple(option.key for option in field.options if option.key in chosen)
    if len(given) > 1:
        raise ValueRefused(field, _("“%(field)s” takes one value.") % {"field": field.title})
    (text,) = given
    match field.kind:
        case Kind.TEXT:
            return (_short(field, text, LONGEST_TEXT),)
        case Kind.LINK:
            return (_link(field, text),)
        case Kind.NUMBER:
            return (_number(field, text, kept),)
        case Kind.DATE:
            return (_day(field, text),)
        case Kind.YES_NO:
            return (_yes_or_no(field, text),)
        case Kind.PERSON:
            return (_person(field, text, people or {}, kept),)
        case _:
            return (_option(field, text, kept).key,)


def require_fit(schema: Schema, values: Mapping[str, Written], *, changed: Sequence[str]) -> None:
    """Raise ValueRefused where an option doesn't go with what is chosen in the field it depends on.

    Of what is not `changed`, and depends on nothing that is, no one is told.
    """
    for field in schema.in_use:
        if not field.depends_on or not {field.key, field.depends_on}.intersection(changed):
            continue
        chosen = values.get(field.depends_on, EMPTY)
        for key in values.get(field.key, EMPTY):
            option = field.option(key)
            other = schema.get(field.depends_on)
            if option is None or other is None or option.fits(chosen):
                continue
            needed = [each.label for each in other.options if each.key in option.only_with]
            raise ValueRefused(
                field,
                _("“%(option)s” can be chosen in “%(field)s” only where “%(other)s” is %(needed)s.")
                % {
                    "option": option.label,
                    "field": field.title,
                    "other": other.title,
                    "needed": listed(needed),
                },
            )


def _tidy(text: str) -> str:
    return normalize("NFC", foreign_text.neutral(text)).strip()


def _short(field: Field, text: str, most: int) -> str:
    if len(text) > most:
        raise ValueRefused(
            field,
            _("“%(field)s” takes at most %(most)s characters; this has %(has)s.")
            % {"field": field.title, "most": in_digits(most), "has": in_digits(len(text))},
        )
    return text


def _link(field: Field, text: str) -> str:
    try:
        parts = urlsplit(text)
        good = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good or any(letter.isspace() for letter in text):
        raise ValueRefused(
            field,
            _("“%(field)s” takes a web address that begins with https:// or http://.")
            % {"field": field.title},
        )
    return _short(field, text, LONGEST_LINK)


def _number(field: Field, text: str, kept: Written) -> str:
    """12.5, and 12,5 as others write it; what could be either is refused, unless it is what was there."""
    plain = re.sub(r"[\s'’_]", "", text).replace("−", "-")
    if grouped := _GROUPED.fullmatch(plain):
        sign = grouped[1]
        if grouped[2]:
            plain = plain.replace(sign, "")
        elif text not in kept and (sign == "," or sign in in_digits(1_000)):
            ways = plain.replace(sign, ""), in_figures(plain.replace(sign, ".") + "0")
            raise ValueRefused(
                field,
                _("“%(text)s” can be read in two ways. Type %(ways)s in “%(field)s”.")
                % {"text": text[:40], "ways": either(ways), "field": field.title},
            )
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        value = Decimal(plain) if _NUMBER.fullmatch(plain) else None
    except InvalidOperation:
        value = None
    if value is None:
        raise ValueRefused(
            field, _("“%(field)s” takes a number, such as 12 or 12.5.") % {"field": field.title}
        )
    whole, _point, decimals = f"{value:f}".lstrip("-").partition(".")
    if len(whole.lstrip("0")) > MOST_DIGITS or len(decimals.rstrip("0")) > MOST_DECIMALS:
        raise ValueRefused(
            field,
            _("“%(field)s” takes a number of at most %(digits)s digits and %(decimals)s decimals.")
            % {"field": field.title, "digits": MOST_DIGITS, "decimals": MOST_DECIMALS},
        )
    return written_number(value)


def written_number(value: Decimal) -> str:
    """Without zeros that say nothing: 12.50 is 12.5.

    >>> written_number(Decimal("12.500000"))
    '12.5'
    """
    plain = f"{value:f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain in ("-0", "") else plain


def _day(field: Field, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueRefused(
            field, _("“%(field)s” takes a day, such as 2027-05-03.") % {"field": field.title}
        ) from None


def _yes_or_no(field: Field, text: str) -> str:
    folded = text.casefold()
    if folded in _YES:
        return YES
    if folded in _NO:
        return NO
    raise ValueRefused(field, _("“%(field)s” takes yes or no.") % {"field": field.title})


def _person(field: Field, text: str, people: Mapping[str, int], kept: Written) -> str:
    found = people.get(text.casefold())
    if found is not None:
        return str(found)
    if text in kept or numbers.read(text) in people.values():
        return text
    raise ValueRefused(
        field,
        _("“%(field)s” takes the email address of someone who works here; “%(text)s” isn't one.")
        % {"field": field.title, "text": text[:80]},
    )


def _option(field: Field, text: str, kept: Written) -> Option:
    folded = text.casefold()
    by_key = field.option(text)
    found = by_key or next((each for each in field.options if each.label.casefold() == folded), None)
    if found is not None and (not found.retired or found.key in kept):
        return found
    raise ValueRefused(
        field,
        _("“%(text)s” isn't an option of “%(field)s”.") % {"text": text[:80], "field": field.title},
    )
