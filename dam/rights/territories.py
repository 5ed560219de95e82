"""Where something may be used: ISO 3166 country codes, "EU", or "worldwide". Pure."""

from collections.abc import Iterable, Sequence

from dam.core import errors
from dam.core.language import gettext as _
from dam.core.language import listed
from dam.rights.countries import NAMES

WORLDWIDE = "worldwide"
_EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU = frozenset(_EU.split())

# What people write who mean the same.
_ALSO = {
    "uk": "GB",
    "great britain": "GB",
    "usa": "US",
    "holland": "NL",
    "czech republic": "CZ",
    "turkey": "TR",
}
_CODES = {name.casefold(): code for code, name in NAMES.items()} | _ALSO
_CODES |= {"eu": "EU", "european union": "EU", "worldwide": WORLDWIDE, "world": WORLDWIDE}


class UnknownTerritory(errors.Refused):
    """No country is called that."""

    code = "unknown_territory"


def parse(words: str) -> tuple[str, ...]:
    """Codes of the countries that are named, separated by commas or new lines, each once.

    >>> parse("DE, austria, UK")
    ('DE', 'AT', 'GB')
    """
    names = (name.strip() for name in words.replace("\n", ",").replace(";", ",").split(","))
    return tuple(dict.fromkeys(code_of(name) for name in names if name))


def code_of(name: str) -> str:
    """The code of a country given by code or name. Raises UnknownTerritory."""
    if name.upper() in NAMES:
        return name.upper()
    try:
        return _CODES.get(name.casefold()) or _said()[name.casefold()]
    except KeyError:
        raise UnknownTerritory(
            _("“%(value)s” isn't a known country. Use its English name or two-letter code.")
            % {"value": name[:60]}
        ) from None


def known(territory: str) -> bool:
    return territory in NAMES or territory in (WORLDWIDE, "EU")


def name_of(territory: str) -> str:
    """As people say it: "Germany", "the EU", "worldwide"."""
    if territory == "EU":
        return _("the EU")
    return _(NAMES.get(territory, territory))


def covers(cleared: Iterable[str], territory: str) -> bool:
    """Does a clearance for these territories include the wanted one?"""
    places = set(cleared)
    if WORLDWIDE in places or territory in places:
        return True
    if territory == "EU":
        return places >= EU
    return "EU" in places and territory in EU


def meet(clearances: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Where all of these clearances hold; countries and, where all of the EU is left, "EU" beside them.

    Worldwide where each of them is. Of nothing at all, worldwide.
    """
    left: frozenset[str] | None = None
    for cleared in clearances:
        places = set(cleared)
        if WORLDWIDE in places:
            continue
        if "EU" in places:
            places |= EU
        if places >= EU:
            places.add("EU")
        left = frozenset(places) if left is None else left & places
    return (WORLDWIDE,) if left is None else tuple(sorted(left))


def folded(places: Iterable[str]) -> tuple[str, ...]:
    """For people: the EU in the place of its countries."""
    each = tuple(places)
    return tuple(place for place in each if place not in EU) if "EU" in each else each


def typed(territories: Iterable[str]) -> str:
    """As a form of countries holds them, which `parse` reads again in the same language."""
    return ", ".join("EU" if place == "EU" else name_of(place) for place in territories)


def _said() -> dict[str, str]:
    """The codes by what the countries are called in the language of whoever types."""
    return {_(name).casefold(): code for code, name in NAMES.items()}


def describe(cleared: Sequence[str]) -> str:
    """For the page: "worldwide", "the EU and Switzerland"."""
    names = [name_of(territory) for territory in cleared]
    return listed(names)
