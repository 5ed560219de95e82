"""The checklists of a brand: which questions there are, and changing them. Each change is an event."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dam.accounts import languages
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import errors, foreign_text, locks, places
from dam.core.language import noop
from provenance.review.checklist import Evidence, Question
from provenance.review.models import ChecklistQuestion, Review
from provenance.review.policies import STAGES
from provenance.review.shipped_questions import LEGAL

MOST = 40  # of one stage
LONGEST = {"words": 300, "help": 1000, "source": 300}  # characters


class QuestionRefused(errors.Refused):
    """The question can't be kept like this; `field` says what is wrong with it, if it is one."""

    code = "question_refused"

    def __init__(self, message: str, *, field: str = "") -> None:
        self.field = field
        super().__init__(message)


class QuestionEdited(errors.Refused):
    """Somebody else has changed the question since it was read."""

    code = "question_edited"
    message = noop("Someone else changed this question while you were editing it.")


@dataclass(frozen=True)
class Wording:
    """What a question says, and what an answer to it does (provenance.review.checklist.Question)."""

    words: str
    help: str = ""
    source: str = ""
    required: bool = True
    stops: bool = True
    evidence: str = Evidence.UNASKED


def of(brand: Brand, stage: str) -> QuerySet[ChecklistQuestion]:
    """Those that are asked at a stage, in order."""
    return ChecklistQuestion.objects.filter(brand=brand, stage=stage, retired_at=None)


def in_use(brand: Brand) -> QuerySet[ChecklistQuestion]:
    """Those that a stage of a template can choose from: of both kinds, in order."""
    return ChecklistQuestion.objects.filter(brand=brand, retired_at=None).order_by("stage", "position", "pk")


def of_review(review: Review) -> tuple[Question, ...]:
    """The checklist of the stage that a review waits for, as it reads now: what its plan chose, else all of
    its kind. Reads `review.brand`."""
    stage = review.waits_for
    if stage.questions is None:
        return asked(review.brand, stage.kind)
    return _read(in_use(review.brand).filter(pk__in=stage.questions))


def asked(brand: Brand, stage: str) -> tuple[Question, ...]:
    """The checklist of a kind of stage as it reads now."""
    return _read(of(brand, stage))


def _read(rows: QuerySet[ChecklistQuestion]) -> tuple[Question, ...]:
    return tuple(
        Question(
            number=row.pk,
            revision=row.revision,
            words=row.words,
            help=row.help,
            source=row.source,
            required=row.required,
            stops=row.stops,
            evidence=Evidence(row.evidence),
        )
        for row in rows
    )


def add(*, by: Principal, stage: str, wording: Wording) -> ChecklistQuestion:
    """Raises QuestionRefused, PermissionDenied."""
    by.require(Capability.MANAGE_BRAND)
    wording = _tidy(wording)
    if stage not in STAGES:
        raise QuestionRefused(_("Choose a stage."), field="stage")
    with trail.recording():
        _hold(by.brand)
        _require_room(by.brand, stage)
        question = ChecklistQuestion.objects.create(
            brand=by.brand, stage=stage, position=_end(by.brand), **vars(wording)
        )
        _record(Verb.QUESTION_ADDED, question, by=by, data={"stage": stage, **vars(wording)})
    return question


def ship(*, by: Principal) -> int:
    """Add the shipped questions that the brand doesn't have yet, retired or not, in its language: how many.

    Raises QuestionRefused, PermissionDenied.
    """
    by.require(Capability.MANAGE_BRAND)
    brand = by.brand
    with trail.recording():
        _hold(brand)
        there = set(ChecklistQuestion.objects.filter(brand=brand).values_list("shipped", flat=True))
        new = [each for each in LEGAL if each.key not in there]
        _require_room(brand, "legal", more=len(new))
        end = _end(brand)
        with translation.override(brand.language if languages.known(brand.language) else "en"):
            for place, each in enumerate(new):
                question = ChecklistQuestion.objects.create(
                    brand=brand,
                    stage="legal",
                    shipped=each.key,
                    words=_(each.words),
                    help=_(each.help),
                    source=_(each.source),
                    stops=each.stops,
                    position=end + place,
                )
                _record(Verb.QUESTION_ADDED, question, by=by, data={"stage": "legal", "shipped": each.key})
    return len(new)


def change(question: ChecklistQuestion, *, by: Principal, revision: int, wording: Wording) -> None:
    """What was answered before keeps the question as it read. Raises QuestionRefused, QuestionEdited,
    PermissionDenied."""
    by.require(Capability.MANAGE_BRAND, brand=question.brand)
    wording = _tidy(wording)
    changed = {
        key: [getattr(question, key), value]
        for key, value in vars(wording).items()
        if getattr(question, key) != value
    }
    if not changed and question.retired_at is None:
        return
    with trail.recording():
        rows = ChecklistQuestion.objects.filter(pk=question.pk, revision=revision, retired_at=None)
        if not rows.update(revision=F("revision") + 1, **vars(wording)):
            raise QuestionEdited
        question.words = wording.words
        _record(Verb.QUESTION_EDITED, question, by=by, data=changed)


def retire(question: ChecklistQuestion, *, by: Principal, at: datetime | None = None) -> None:
    """No longer asked; `restore` brings it back. Raises PermissionDenied."""
    by.require(Capability.MANAGE_BRAND, brand=question.brand)
    with trail.recording():
        rows = ChecklistQuestion.objects.filter(pk=question.pk, retired_at=None)
        if rows.update(retired_at=at or timezone.now()):
            _record(Verb.QUESTION_RETIRED, question, by=by)


def restore(question: ChecklistQuestion, *, by: Principal) -> None:
    """Asked again, last of its stage. Raises QuestionRefused, PermissionDenied."""
    by.require(Capability.MANAGE_BRAND, brand=question.brand)
    with trail.recording():
        _hold(question.brand)
        _require_room(question.brand, question.stage)
        rows = ChecklistQuestion.objects.filter(pk=question.pk, retired_at__isnull=False)
        if rows.update(retired_at=None, position=_end(question.brand)):
            _record(Verb.QUESTION_RESTORED, question, by=by)


def move(question: ChecklistQuestion, *, by: Principal, up: bool) -> None:
    """One place up or down among those of its stage. Raises PermissionDenied."""
    by.require(Capability.MANAGE_BRAND, brand=question.brand)
    with transaction.atomic():
        _hold(question.brand)
        rows = places.renumbered(of(question.brand, question.stage), question.pk, up=up)
        ChecklistQuestion.objects.bulk_update(rows, ["position"])


def _hold(brand: Brand) -> None:
    """Who changes how many there are, or their order, waits for others of the brand who do."""
    locks.hold(f"checklist {brand.pk}")


def _end(brand: Brand) -> int:
    last = ChecklistQuestion.objects.filter(brand=brand).aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _require_room(brand: Brand, stage: str, *, more: int = 1) -> None:
    if of(brand, stage).count() + more > MOST:
        raise QuestionRefused(_("A stage can have %(most)s questions. Retire one first.") % {"most": MOST})


def _tidy(wording: Wording) -> Wording:
    texts = {
        "words": " ".join(foreign_text.neutral(wording.words).split()),
        "help": foreign_text.neutral(wording.help).strip(),
        "source": " ".join(foreign_text.neutral(wording.source).split()),
    }
    if not texts["words"]:
        raise QuestionRefused(_("Enter a question."), field="words")
    for field, text in texts.items():
        if len(text) > LONGEST[field]:
            raise QuestionRefused(
                _("This has at most %(most)s characters. Yours has %(has)s.")
                % {"most": LONGEST[field], "has": len(text)},
                field=field,
            )
    return replace(wording, words=texts["words"], help=texts["help"], source=texts["source"])


def _record(
    verb: Verb, question: ChecklistQuestion, *, by: Principal, data: Mapping[str, object] | None = None
) -> None:
    trail.record(
        verb,
        brand=question.brand,
        target=question.words,
        actor=by,
        data={"question": question.pk, **(data or {})},
    )
