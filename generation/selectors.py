"""Reading jobs: what a brand asked for, what runs now, and how long such things take."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from dam.models import Brand, User
from generation import estimates, jobs, states
from generation.estimates import PastRun
from generation.generators.base import ModelIdentity
from generation.models import GenerationJob
from generation.states import JobState

BRIEFS_A_PAGE = 6
RUNS_TO_JUDGE_BY = 20


@dataclass(frozen=True)
class BriefTakes:
    """A brief that was asked for, with its takes in order."""

    takes: tuple[GenerationJob, ...]

    @property
    def first(self) -> GenerationJob:
        return self.takes[0]


@dataclass(frozen=True)
class Page:
    """Briefs, newest first; `older` is the job to go on before, None at the end."""

    briefs: tuple[BriefTakes, ...]
    older: UUID | None


def page(brand: Brand, *, by: User | None = None, before: UUID | None = None) -> Page:
    """A page of the brand's briefs, or of one person's; `before` is what Page.older said."""
    heads = GenerationJob.objects.filter(brand=brand, take=1).order_by("-created_at", "-pk")
    if by is not None:
        heads = heads.filter(requested_by=by)
    if before is not None:
        last = heads.filter(pk=before).first()
        if last is not None:
            heads = heads.filter(created_at__lte=last.created_at).exclude(
                created_at=last.created_at, pk__gte=last.pk
            )
    firsts = list(heads[: BRIEFS_A_PAGE + 1])
    shown = firsts[:BRIEFS_A_PAGE]
    takes: dict[tuple[int, UUID], list[GenerationJob]] = defaultdict(list)
    rows = for_cards(brand).filter(brief__in=[head.brief for head in shown]).order_by("take")
    for job in rows:
        takes[job.requested_by_id, job.brief].append(job)
    briefs = tuple(BriefTakes(tuple(takes[head.requested_by_id, head.brief])) for head in shown)
    return Page(briefs, older=shown[-1].pk if len(firsts) > BRIEFS_A_PAGE else None)


def for_cards(brand: Brand) -> QuerySet[GenerationJob]:
    """The brand's jobs with all that a card of a take shows."""
    return (
        GenerationJob.objects.filter(brand=brand)
        .select_related("brand", "requested_by", "version__asset__latest", "version__inherited", "asset")
        .prefetch_related("version__renditions")
    )


def running(brand: Brand, *, by: User) -> list[GenerationJob]:
    """The person's jobs that wait or run, oldest first."""
    return list(
        GenerationJob.objects.filter(brand=brand, requested_by=by, state__in=states.OPEN).order_by(
            "created_at"
        )
    )


def places() -> dict[UUID, int]:
    """How many takes, of whatever brand, come before each that waits: at work now, or first in turn."""
    at_work = _at_work()
    return {job_id: place + at_work for place, job_id in enumerate(jobs.in_turn()) if job_id is not None}


def before_next(brand: Brand, *, by: User) -> int:
    """How many takes, of whatever brand, would be made before one that this person asks for now."""
    return jobs.in_turn(then=(brand.pk, by.pk)).index(None) + _at_work()


def _at_work() -> int:
    return GenerationJob.objects.filter(state__in=states.WORKING).count()


def expected_seconds(
    *, frames: int, width: int, height: int, steps: int, identity: ModelIdentity
) -> float | None:
    """Seconds a take of that size runs with this model, judged by the latest; None without any.

    A picture by pictures alone: what every take costs, whatever its length, is most of theirs.
    """
    done = GenerationJob.objects.filter(
        state=JobState.DONE,
        model__name=identity.name,
        model__version=identity.version,
        started_at__isnull=False,
    ).order_by("-finished_at")
    done = done.filter(frames=1) if frames == 1 else done.exclude(frames=1)
    rows = done.values_list("frames", "width", "height", "steps", "started_at", "finished_at")
    runs = [
        PastRun(pixels=f * w * h, steps=s, seconds=(finished - started).total_seconds())
        for f, w, h, s, started, finished in rows[:RUNS_TO_JUDGE_BY]
        if started and finished
    ]
    return estimates.expect(runs, pixels=frames * width * height, steps=steps)
