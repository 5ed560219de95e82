"""May a brand release what a model makes? Pure: terms of its licence and facts of the brand in, answer out.

A fact that nobody stated is said to be missing, never assumed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from dam.core.language import gettext as _
from dam.core.language import listed, noop, number
from dam.rights import territories
from dam.rights.countries import NAMES
from dam.rights.model_licences import terms as licence_terms
from dam.rights.model_licences.terms import Commercial, LicenceTerms


class Standing(StrEnum):
    CLEARED = "cleared"
    NOT_CLEARED = "not_cleared"
    UNCLEAR = "unclear"


class Revenue(StrEnum):
    """Yearly revenue of a brand's company with all its affiliates, in US dollars."""

    SMALL = "under_1m"
    MIDDLE = "1m_to_10m"
    LARGE = "over_10m"


REVENUES = {
    Revenue.SMALL: noop("Less than USD 1 million"),
    Revenue.MIDDLE: noop("USD 1 million to less than 10 million"),
    Revenue.LARGE: noop("USD 10 million or more"),
}
_LEAST = {Revenue.SMALL: 0, Revenue.MIDDLE: 1_000_000, Revenue.LARGE: 10_000_000}
_BELOW = {Revenue.SMALL: 1_000_000, Revenue.MIDDLE: 10_000_000}


@dataclass(frozen=True)
class Verdict:
    """`reasons` are sentences for people. `left_out`: territories where even a cleared clip can't be used."""

    standing: Standing
    reasons: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def cleared(self) -> bool:
        return self.standing is Standing.CLEARED

    @property
    def places(self) -> tuple[str, ...] | None:
        """The countries that are left, "EU" beside all of its own; None where none is left out."""
        if not self.left_out:
            return None
        out = {*self.left_out, *(territories.EU if "EU" in self.left_out else ())}
        return territories.meet([sorted(NAMES.keys() - out)])


@dataclass(frozen=True)
class Reading:
    """What an administrator read in a licence for a brand; it decides. `everywhere`: no place is left out."""

    cleared: bool
    everywhere: bool = False


def verdict(
    licence: str,
    terms: LicenceTerms | None,
    *,
    country: str = "",
    revenue: str = "",
    reading: Reading | None = None,
) -> Verdict:
    """Whether a brand there, with that yearly revenue, may release what a model under this licence makes.

    `licence` is its name, `terms` what is known of it. A `reading` is a person's own answer for the brand.
    """
    left_out = terms.left_out if terms else ()
    if reading is not None and not reading.cleared:
        return Verdict(Standing.NOT_CLEARED, (_("An administrator recorded that it isn't cleared."),))
    if reading is not None:
        left = () if reading.everywhere else left_out
        return Verdict(Standing.CLEARED, (_("An administrator recorded that it is cleared."),), left)
    against, missing = _of_licence(licence, terms)
    if terms is not None:
        _of_place(terms, country, against, missing)
        _of_revenue(terms, revenue, against, missing)
    if against:
        return Verdict(Standing.NOT_CLEARED, tuple(against))
    if missing:
        return Verdict(Standing.UNCLEAR, tuple(missing))
    return Verdict(Standing.CLEARED, (_("Commercial use is allowed under its licence."),), left_out)


def _of_licence(licence: str, terms: LicenceTerms | None) -> tuple[list[str], list[str]]:
    """What speaks against it, and what would have to be known first."""
    against, missing = "", ""
    if not licence:
        missing = _("Its licence is unknown.")
    elif terms is None and not licence_terms.forbids(licence):
        missing = _("The terms of its licence (%(licence)s) aren't known here.") % {"licence": licence}
    elif terms is None or terms.commercial is Commercial.NO:
        against = _("Its licence doesn't allow commercial use.")
    elif terms.commercial is Commercial.ASKS:
        missing = terms.condition
    return [against] if against else [], [missing] if missing else []


def _of_place(terms: LicenceTerms, country: str, against: list[str], missing: list[str]) -> None:
    if not terms.left_out:
        return
    named = {"places": _places(terms.left_out)}
    if not country:
        missing.append(
            _(
                "Its licence leaves out %(places)s, and the company's country isn't stated in the "
                "brand's settings."
            )
            % named
        )
    elif territories.covers(terms.left_out, country):
        against.append(_("Its licence leaves out %(places)s, where the brand is.") % named)


def _of_revenue(terms: LicenceTerms, revenue: str, against: list[str], missing: list[str]) -> None:
    limit = terms.revenue_limit
    if limit is None:
        return
    named = {"limit": number(limit)}
    if not revenue:
        missing.append(
            _(
                "Its licence ends at a yearly revenue of USD %(limit)s, and the company's isn't stated in "
                "the brand's settings."
            )
            % named
        )
    elif _LEAST[Revenue(revenue)] >= limit:
        against.append(
            _("Its licence ends at a yearly revenue of USD %(limit)s, and the company's is higher.") % named
        )
    elif _BELOW.get(Revenue(revenue), limit + 1) > limit:
        missing.append(
            _("Its licence ends at a yearly revenue of USD %(limit)s, and the company's may be higher.")
            % named
        )


def _places(places: Collection[str]) -> str:
    return listed([territories.name_of(place) for place in places])
