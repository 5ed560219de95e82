"""For programs, as JSON: may a clip be used for this, there, then; its terms, and what is stated of them.

docs/recipes.md says it for those who write such programs.
"""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dam.accounts import times
from dam.accounts.capabilities import Capability
from dam.catalog.models import ReleaseState, Version
from dam.rights import disclosure, making, policy, spans, terms, territories
from dam.rights.disclosure import Requirement
from dam.rights.policy import Use
from dam.rights.visibility import shown
from dam.web import asset_version, rights_writing, usage_status, whom_to_ask
from dam.web.decorators import BrandRequest, requires
from dam.web.problem_details import problem
from dam.web.times import within
from dam.web.whom_to_ask import Advice

NO_STORE = {"Cache-Control": "no-store"}


class QuestionForm(forms.Form):
    """What is asked: nothing named asks whether it can be used at all, now."""

    use = forms.ChoiceField(required=False, choices=[("", ""), *((use.value, use.value) for use in Use)])
    territory = forms.CharField(required=False, max_length=100)
    at = forms.CharField(required=False, max_length=40)
    until = forms.CharField(required=False, max_length=40)

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
        return self._when("at")

    def clean_until(self) -> date | datetime | None:
        return self._when("until")

    def _when(self, name: str) -> date | datetime | None:
        typed = self.cleaned_data[name]
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


@require_http_methods(["GET", "HEAD", "PATCH"])
@requires(Capability.VIEW)
def rights(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """PATCH states rights (dam.web.rights_writing) and answers as GET does.

    `?use=`, `territory`, `at`, `until` and `version` ask; a day counts as a whole, where the brand is.

    With `until` it is about all the time from `at`, or from now, until then.
    """
    version = asset_version.find(request, asset_id)
    if request.method == "PATCH":
        wrong = rights_writing.write(request, version)
        if wrong is not None:
            return wrong
        version = asset_version.find(request, asset_id)
    form = QuestionForm(request.GET)
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        return problem(422, f"bad_{name}", str(errors[0]))
    use, territory, asked_at, until = (
        form.cleaned_data[name] for name in ("use", "territory", "at", "until")
    )
    zone = times.of_brand(request.brand)
    first = _first(asked_at, zone) if asked_at is not None else times.here(request.brand)
    if until is None and (asked_at is None or isinstance(asked_at, datetime)):
        end = first.astimezone(UTC) + timedelta(microseconds=1)  # this moment alone
    else:
        end = _end(until if until is not None else asked_at, zone)
    if end.astimezone(UTC) <= first.astimezone(UTC):
        return problem(422, "bad_until", _("It must end after it begins."))
    known = terms.of(version)
    sources = making.sources(version, by=request.principal) if known.inherited else ()
    verdict = spans.decide(known, use=use, territory=territory, first=first, until=end, sources=sources)
    reasons = list(verdict.reasons)
    if not reasons and version.release != ReleaseState.READY:
        reasons = [usage_status.unsigned(version.release)]
    way = whom_to_ask.way(version, verdict.causes, by=request.principal, at=first)
    required = spans.requirements(known, use=use, territory=territory, first=first, until=end)
    answer = {
        "asset": str(version.asset_id),
        "title": version.asset.title,
        "version": version.number,
        "note": version.note if shown(request.principal) == "latest" else "",
        "sha256": version.sha256,
        "asked": {
            "use": use,
            "territory": territory,
            "at": asked_at.isoformat() if asked_at is not None else first.isoformat(),
            "until": terms.written(until),
        },
        "allowed": not reasons,
        "reasons": reasons,
        "way_to_yes": [_advice(each) for each in way],
        "labels": [_label(each, territory) for each in required if each.label is not None],
        "terms": _terms(version),
        **(written := rights_writing.told(version, by=request.principal)),
    }
    return JsonResponse(answer, headers={**NO_STORE, "ETag": f'"{written["revision"]}"'})


def _first(asked: date | datetime, zone: ZoneInfo) -> datetime:
    if isinstance(asked, datetime):
        return asked.astimezone(zone)
    return datetime.combine(asked, datetime.min.time(), zone)


def _end(asked: date | datetime, zone: ZoneInfo) -> datetime:
    """Of a day the moment at which a clearance until that day ends."""
    return asked if isinstance(asked, datetime) else times.end_of_day(asked, zone)


def _terms(version: Version) -> dict[str, object] | None:
    """What its approval leaves with all that it was made from; None of a version without one."""
    if version.approval != "approved":
        return None
    left = policy.left(terms.of(version))
    return {
        "uses": list(left.uses),
        "territories": list(territories.folded(left.territories)),
        "embargo_until": terms.written(left.embargo_until),
        "valid_until": terms.written(left.valid_until),
    }


def _advice(advice: Advice) -> dict[str, str]:
    return {"step": advice.step, "ask": advice.ask}


def _label(required: Requirement, territory: str | None) -> dict[str, object]:
    assert required.label is not None
    asked = territory if territory != territories.WORLDWIDE else None
    language = disclosure.language_of(asked, required.rule)
    return {"place": required.rule.place, "label": required.label.said(language), "law": required.rule.law}
