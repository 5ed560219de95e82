"""Steps that failed, and those that run or seem stuck: of one brand, or of all."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone, translation

from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog.models import Version
from dam.core.tasks import enqueue
from dam.ingest import dispatch, step_specs, steps
from dam.ingest.models import Step, StepState

MOST_RUNNING = 50
MOST_WAITING = 30
RETRIED_AT_ONCE = 200


@dataclass(frozen=True)
class FailedKind:
    """Steps of one name that failed in a brand, and when the last one did."""

    name: str
    count: int
    last: datetime | None

    @property
    def title(self) -> str:
        return step_specs.title_of(self.name)


def failed(brand: Brand, *, name: str = "") -> QuerySet[Step]:
    """The brand's failed steps, the last one first; those of clips in the trash are left out."""
    rows = _failed(brand).filter(name=name) if name else _failed(brand)
    return rows.select_related("version__asset").order_by("-finished_at", "-pk")


@dataclass(frozen=True)
class Place:
    """Where a page of failed steps goes on: after the step that failed then."""

    at: datetime
    step: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.step}"


def failed_page(
    brand: Brand, *, name: str = "", after: Place | None = None, most: int
) -> tuple[list[Step], Place | None]:
    """So many failed steps from there on, and where the next page begins; None where there is none."""
    rows = failed(brand, name=name).exclude(finished_at=None)
    if after is not None:
        rows = rows.filter(
            Q(finished_at__lte=after.at) & (Q(finished_at__lt=after.at) | Q(pk__lt=after.step))
        )
    found = list(rows[: most + 1])
    shown = found[:most]
    last = shown[-1] if len(found) > most else None
    return shown, Place(last.finished_at, last.pk) if last and last.finished_at else None


def failed_kinds(brand: Brand) -> list[FailedKind]:
    """What failed in the brand, by step, the most first."""
    rows = _failed(brand).order_by().values_list("name").annotate(Count("pk"), Max("finished_at"))
    return sorted((FailedKind(*row) for row in rows), key=lambda kind: (-kind.count, kind.name))


def failed_by_step() -> dict[str, int]:
    """How many steps failed, by step, in all brands."""
    rows = Step.objects.filter(state=StepState.FAILED).order_by().values_list("name").annotate(Count("pk"))
    return dict(rows)


def running(brand: Brand | None = None) -> list[Step]:
    """Steps that a worker is at, the longest running first: so many at most."""
    rows = Step.objects.filter(state=StepState.RUNNING)
    rows = rows if brand is None else rows.filter(brand=brand)
    return list(rows.select_related("version__asset", "brand").order_by("started_at")[:MOST_RUNNING])


def waiting(brand: Brand | None = None) -> list[Step]:
    """Steps that wait, those first that are sent, or sent again, the soonest: so many at most."""
    rows = Step.objects.filter(state=StepState.WAITING)
    rows = rows if brand is None else rows.filter(brand=brand)
    return list(rows.select_related("version__asset", "brand").order_by("due_at", "pk")[:MOST_WAITING])


def stuck(at: datetime, brand: Brand | None = None) -> set[int]:
    """Of the running steps those whose worker gave no sign of life, or ran past its time."""
    rows = Step.objects.filter(dispatch.lost(at), state=StepState.RUNNING)
    rows = rows if brand is None else rows.filter(brand=brand)
    return set(rows.values_list("pk", flat=True)[:MOST_RUNNING])


def retry_all(brand: Brand, name: str, *, by: Principal) -> int:
    """Have every failed step of this name run again; how many there are. One event tells of all of them.

    Raises PermissionDenied, steps.NoSuchStep.
    """
    by.require(Capability.RETRY, brand=brand)
    if step_specs.find(name) is None:
        raise steps.NoSuchStep(name)
    at = timezone.now()
    count = failed(brand, name=name).count()
    if count:
        with trail.recording():
            trail.record(
                Verb.STEPS_RETRIED,
                brand=brand,
                target=_title(name),
                actor=by,
                data={"step": name, "count": count},
            )
            enqueue("default.retry_failed", brand_id=brand.pk, name=name, before=at.isoformat())
    return count


def _title(name: str) -> str:
    """Of a step, as the log keeps it: in one language, whoever caused the event."""
    with translation.override("en"):
        return str(step_specs.title_of(name))


def retry_failed(brand_id: int, name: str, *, before: datetime) -> int:
    """Put back what had failed by then, some hundred at once. Recovery sends them, in turn with others."""
    if step_specs.find(name) is None:
        return 0
    done = 0
    last: UUID | None = None
    while True:
        rows = Step.objects.filter(
            brand_id=brand_id, name=name, state=StepState.FAILED, finished_at__lte=before
        ).order_by("version_id")
        rows = rows if last is None else rows.filter(version_id__gt=last)
        versions = list(rows.values_list("version_id", flat=True)[:RETRIED_AT_ONCE])
        for version_id in versions:
            with transaction.atomic():
                done += steps.put_back_failed(version_id, name)
        if len(versions) < RETRIED_AT_ONCE:
            return done
        last = versions[-1]


def _failed(brand: Brand) -> QuerySet[Step]:
    kept = Version.objects.filter(pk=OuterRef("version_id"), asset__trashed_at=None)
    return Step.objects.filter(Exists(kept), brand=brand, state=StepState.FAILED)
