"""For programs, as JSON: may a clip be used for this, there, then; its terms, and what is stated of them.

docs/recipes.md says it for those who write such programs.
"""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from uuid import UUID

from django import forms
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dam.accounts import times
from dam.accounts.capabilities import Capability
from dam.catalog.models import ReleaseState, Version
from dam.rights import disclosure, making, policy, statements, terms, territories
from dam.rights.disclosure import Requirement
from dam.rights.policy import Use
from dam.web import asset_version, usage_status
from dam.web.decorators import BrandRequest, requires
from dam.web.problem_details import problem
from dam.web.times import within

NO_STORE = {"Cache-Control": "no-store"}


class QuestionForm(forms.Form):
    """What is asked: nothing named asks whether it can be used at all, now."""

    use = forms.ChoiceField(required=False, choices=[("", ""), *((use.value, use.value) for use in Use)])
    territory = forms.CharField(required=False, max_length=100)
    at = forms.CharField(required=False, max_length=40)

    def clean_use(self) -> Use | None:
        typed = self.cleaned_data["use"]
        return Use(typed) if typed else None

    def clean_territory(self) -> str | None:
        typed = self.cleaned_data["territory"]
        try:
            return territories.code_of(typed) if typed else None
        except territories.UnknownTerritory as unknown:
            raise forms.ValidationError(unknown.message) from unknown

    def clean_at(self) -> date | datetime | None:
        typed = self.cleaned_data["at"]
        try:
            read = _moment(typed) if typed else None
        except ValueError:
            read = None
        if typed and read is None:
            raise forms.ValidationError(
                _("Write a day as 2027-05-03, or a moment with its offset as 2027-05-03T12:00:00+02:00.")
            )
        return read


def _moment(typed: str) -> date | datetime | None:
    """A day, or a moment that says its offset; None for anything else. Raises ValueError."""
    if len(typed) == len("2027-05-03"):
        day = date.fromisoformat(typed)
        return day if within(day) else None
    moment = datetime.fromisoformat(typed)
    return moment if moment.tzinfo is not None and within(moment.date()) else None


@require_safe
@requires(Capability.VIEW)
def rights(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """`?use=`, `territory`, `at` and `version` ask; a day is asked about as a whole, where the brand is."""
    version = asset_version.find(request, asset_id)
    form = QuestionForm(request.GET)
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        return problem(422, f"bad_{name}", str(errors[0]))
    use, territory, asked_at = (form.cleaned_data[name] for name in ("use", "territory", "at"))
    zone = times.of_brand(request.brand)
    if isinstance(asked_at, datetime):
        moments = [asked_at.astimezone(zone)]
    elif asked_at is not None:
        last = times.end_of_day(asked_at, zone) - timedelta(microseconds=1)  # a clearance ends at that moment
        moments = [datetime.combine(asked_at, datetime.min.time(), zone), last]
    else:
        moments = [times.here(request.brand)]
    known = terms.of(version)
    sources = making.sources(version, by=request.principal) if known.inherited else ()
    verdicts = [policy.decide(known, use=use, territory=territory, at=at, sources=sources) for at in moments]
    reasons = list(dict.fromkeys(reason for each in verdicts for reason in each.reasons))
    if not reasons and version.release != ReleaseState.READY:
        reasons = [usage_status.unsigned(version.release)]
    required = policy.requirements(known, use=use, territory=territory, at=moments[-1])
    answer = {
        "asset": str(version.asset_id),
        "title": version.asset.title,
        "version": version.number,
        "sha256": version.sha256,
        "asked": {
            "use": use,
            "territory": territory,
            "at": asked_at.isoformat() if asked_at is not None else moments[0].isoformat(),
        },
        "allowed": not reasons,
        "reasons": reasons,
        "labels": [_label(each, territory) for each in required if each.label is not None],
        "terms": _terms(version),
        "stated": asdict(statements.of(version)),
    }
    return JsonResponse(answer, headers=NO_STORE)


def _terms(version: Version) -> dict[str, object] | None:
    """What its approval leaves with all that it was made from; None of a version without one."""
    if version.approval != "approved":
        return None
    left = policy.left(terms.of(version))
    return {
        "uses": list(left.uses),
        "territories": list(territories.folded(left.territories)),
        "embargo_until": _told(left.embargo_until),
        "valid_until": _told(left.valid_until),
    }


def _label(required: Requirement, territory: str | None) -> dict[str, object]:
    assert required.label is not None
    asked = territory if territory != territories.WORLDWIDE else None
    language = disclosure.language_of(asked, required.rule)
    return {"place": required.rule.place, "label": required.label.said(language), "law": required.rule.law}


def _told(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
