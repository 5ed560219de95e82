"""May I use it for this, there, until then? Asked and answered in one sentence on a clip's tab of rights."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from dam.accounts import times
from dam.accounts.times import here
from dam.catalog.models import ReleaseState, Version
from dam.core import language
from dam.core.lazily import lazy
from dam.rights import disclosure, spans, territories
from dam.rights.disclosure import Requirement
from dam.rights.policy import Cause, Source, Terms, Use
from dam.web import place_form, usage_status, whom_to_ask
from dam.web.day_field import DayField
from dam.web.decorators import BrandRequest
from dam.web.place_form import PlaceForm

_MOMENT = timedelta(microseconds=1)


class QuestionForm(PlaceForm):
    until = DayField(label=lazy("Until"), required=False)

    def __init__(self, request: BrandRequest) -> None:
        asked = request.GET if place_form.named(request) else None
        before = place_form.remembered(request).named
        if place := before.get("territory"):
            before["territory"] = territories.typed([place])
        super().__init__(asked, uses=tuple(Use), required=True, auto_id="question_%s", initial=before)
        self.brand = request.brand
        self.fields["until"].unmarked = False  # type: ignore[attr-defined]

    def clean_until(self) -> date | None:
        day: date | None = self.cleaned_data["until"]
        zone = times.of_brand(self.brand)
        if day is not None and times.end_of_day(day, zone) <= here(self.brand):
            raise forms.ValidationError(_("Choose today or a later day."))
        return day


@dataclass(frozen=True)
class Answer:
    """`sentence` says yes or no, `reasons` why not, `labels` what a file must show where it is allowed."""

    allowed: bool
    sentence: str
    reasons: tuple[str, ...]
    labels: tuple[str, ...]
    causes: tuple[Cause, ...]


def context(
    request: BrandRequest, version: Version, *, known: Terms, sources: Sequence[Source]
) -> dict[str, Any]:
    """What assets/_rights_question.html takes besides the clip; what was asked is remembered."""
    form = QuestionForm(request)
    if not form.is_bound or not form.is_valid():
        return {"question": form, "question_answer": None}
    use, territory = Use(form.cleaned_data["use"]), form.cleaned_data["territory"]
    place_form.remember(request, form.answer())
    at = here(request.brand)
    answer = answered(
        known,
        use=use,
        territory=territory,
        day=form.cleaned_data["until"],
        at=at,
        release=version.release,
        sources=sources,
    )
    people = whom_to_ask.people(request)
    way = whom_to_ask.way(version, answer.causes, by=request.principal, at=at, people=people)
    return {"question": form, "question_answer": answer, "question_way": way}


def answered(
    known: Terms,
    *,
    use: Use,
    territory: str,
    day: date | None,
    at: datetime,
    release: str,
    sources: Sequence[Source] = (),
) -> Answer:
    """`day`: until its end where `at` is; None asks about now alone."""
    zone = at.tzinfo or UTC
    until = (
        times.end_of_day(day, zone) if day is not None else at.astimezone(UTC) + _MOMENT  # type: ignore[arg-type]
    )
    verdict = spans.decide(known, use=use, territory=territory, first=at, until=until, sources=sources)
    reasons = verdict.reasons
    if verdict.allowed and release != ReleaseState.READY:
        reasons, day = (usage_status.unsigned(release),), None  # it is cleared until then, but not there now
    needed = spans.requirements(known, use=use, territory=territory, first=at, until=until)
    return Answer(
        allowed=not reasons,
        sentence=_sentence(not reasons, use=use, territory=territory, day=day),
        reasons=reasons,
        labels=_labels(needed, territory) if not reasons else (),
        causes=verdict.causes,
    )


def _sentence(allowed: bool, *, use: Use, territory: str, day: date | None) -> str:
    said = {"use": usage_status.USES[use], "place": usage_status.name_places((territory,))}
    if day is None:
        told = (
            _("Yes, you can use it for %(use)s, %(place)s, now.")
            if allowed
            else _("No, you can't use it for %(use)s, %(place)s, now.")
        )
        return told % said
    said["day"] = language.day(day)
    told = (
        _("Yes, you can use it for %(use)s, %(place)s, up to and including %(day)s.")
        if allowed
        else _("No, it isn't cleared for %(use)s, %(place)s, up to and including %(day)s.")
    )
    return told % said


def _labels(required: Sequence[Requirement], territory: str) -> tuple[str, ...]:
    asked = territory if territory != territories.WORLDWIDE else None
    labels = [(each.label, each.rule) for each in required if each.label is not None]
    return tuple(dict.fromkeys(label.said(disclosure.language_of(asked, rule)) for label, rule in labels))
