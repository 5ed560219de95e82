"""What pages say of a model's licence for a brand."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from dam.core import language
from dam.core.lazily import lazy
from dam.rights import territories
from dam.rights.model_licences.records import Answer
from dam.rights.model_licences.terms import Commercial, LicenceTerms
from dam.rights.model_licences.verdicts import Standing, Verdict

TITLES = {
    Standing.CLEARED: lazy("Licence cleared"),
    Standing.NOT_CLEARED: lazy("Licence not cleared"),
    Standing.UNCLEAR: lazy("Licence unclear"),
}
TONES = {Standing.CLEARED: "ok", Standing.NOT_CLEARED: "bad", Standing.UNCLEAR: "warn"}


@dataclass(frozen=True)
class Said:
    """A verdict on a page: a badge and sentences; `places` says where its clips can't be used."""

    title: str
    tone: str
    reasons: tuple[str, ...]
    places: str
    cleared: bool


def of_verdict(verdict: Verdict) -> Said:
    return Said(
        title=str(TITLES[verdict.standing]),
        tone=TONES[verdict.standing],
        reasons=verdict.reasons,
        places=_left_out(verdict.left_out) if verdict.cleared else "",
        cleared=verdict.cleared,
    )


def of(answer: Answer) -> Said:
    return of_verdict(answer.verdict)


def facts(terms: LicenceTerms) -> list[tuple[str, str]]:
    """The terms of a licence as rows."""
    commercial = {
        Commercial.YES: _("Allowed"),
        Commercial.NO: _("Not allowed"),
        Commercial.ASKS: _("After asking its publisher"),
    }
    limit = terms.revenue_limit
    rows = [
        (_("Commercial use"), commercial[terms.commercial]),
        (
            _("Territories"),
            _("All but %(places)s") % {"places": _named(terms.left_out)} if terms.left_out else _("All"),
        ),
        (
            _("Yearly revenue"),
            _("Up to USD %(limit)s") % {"limit": language.number(limit)} if limit else _("No limit"),
        ),
        (
            _("Indemnity"),
            _("You answer to the publisher for claims.") if terms.indemnity else _("None asked for"),
        ),
    ]
    if terms.condition:
        rows.append((_("Also"), terms.condition))
    return rows


def _left_out(places: tuple[str, ...]) -> str:
    if not places:
        return ""
    return _("Its clips can't be used in %(places)s.") % {"places": _named(places)}


def _named(places: tuple[str, ...]) -> str:
    return language.listed([territories.name_of(place) for place in places])
