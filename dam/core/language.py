"""Saying things in the language of who reads them, for modules that know no Django. Pure.

`dam.apps` puts Django's translation in place when the application starts; without it, as in a sandbox, all
is English. `_` and `ngettext` are used as Django's are, and found by the same extraction.
"""

from collections.abc import Callable
from datetime import date


def noop(sentence: str) -> str:
    """Marks a sentence that is said elsewhere: `_(sentence)`."""
    return sentence


def _plural(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


def _english() -> str | None:
    return "en"


def _english_day(moment: date) -> str:
    return f"{moment:%-d %B %Y}"


def _english_month(moment: date) -> str:
    return f"{moment:%B %Y}"


def _english_number(value: int | float) -> str:
    return f"{value:,}"


def _english_figure(digits: str) -> str:
    return digits


def _as_it_is(text: str) -> tuple[str, ...]:
    return (str(text),)


_gettext: Callable[[str], str] = noop
_in_every: Callable[[str], tuple[str, ...]] = _as_it_is
_ngettext: Callable[[str, str, int], str] = _plural
_language: Callable[[], str | None] = _english
_day: Callable[[date], str] = _english_day
_month: Callable[[date], str] = _english_month
_number: Callable[[int | float], str] = _english_number
_figure: Callable[[str], str] = _english_figure


def install(
    *,
    gettext: Callable[[str], str],
    ngettext: Callable[[str, str, int], str],
    language: Callable[[], str | None],
    day: Callable[[date], str],
    month: Callable[[date], str],
    number: Callable[[int | float], str],
    figure: Callable[[str], str],
    in_every: Callable[[str], tuple[str, ...]],
) -> None:
    global _gettext, _ngettext, _language, _day, _month, _number, _figure, _in_every
    _gettext, _ngettext, _language = gettext, ngettext, language
    _day, _month, _number, _figure = day, month, number, figure
    _in_every = in_every


def gettext(sentence: str) -> str:
    return _gettext(sentence)


def ngettext(one: str, many: str, count: int) -> str:
    return _ngettext(one, many, count)


def in_every(lazy: str) -> tuple[str, ...]:
    """A text that is said when it is shown (`lazy`) in each language of the product."""
    return _in_every(lazy)


def current() -> str:
    return _language() or "en"


def midsentence(title: str) -> str:
    """A title within a sentence: "Legal review" becomes "legal review". German nouns keep their capital.

    >>> midsentence("Legal review"), midsentence("AI video")
    ('legal review', 'AI video')
    """
    if current().startswith("de") or title[1:2].isupper():
        return title
    return title[:1].lower() + title[1:]


def listed(names: "tuple[str, ...] | list[str]") -> str:
    """ "web, social media and broadcast" """
    if len(names) < 2:
        return "".join(names)
    return gettext("%(several)s and %(last)s") % {"several": ", ".join(names[:-1]), "last": names[-1]}


def either(names: "tuple[str, ...] | list[str]") -> str:
    """ "draft or in review or approved" """
    said = "".join(names[:1])
    for name in names[1:]:
        said = gettext("%(several)s or %(last)s") % {"several": said, "last": name}
    return said


def day(moment: date) -> str:
    """ "3 May 2027", as the language writes it; of a datetime, the day where it is told."""
    return _day(moment)


def month(moment: date) -> str:
    """ "May 2027" """
    return _month(moment)


def number(value: int | float) -> str:
    """ "12,000", as the language groups digits."""
    return _number(value)


def figure(digits: str) -> str:
    """ "23.976" with the decimal sign of the language, and nothing between the thousands."""
    return _figure(digits)
