"""Why a step waits, in plain words: put back, behind another step, no room, no worker, not its turn yet."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dam.core import language, storage, workers
from dam.core.language import number
from dam.core.tasks import queue_of
from dam.ingest import disk_space, dispatch, step_specs
from dam.ingest.models import Step, StepState
from dam.media.errors import FileRefused

MOST_COUNTED = 1000  # of those that wait for the same workers


@dataclass(frozen=True)
class Wait:
    """Why a step isn't done yet, and when it is tried again where that is known."""

    words: str
    again_at: datetime | None = None
    needs_help: bool = False  # it goes on only when somebody sees to the server


def of(found: Iterable[Step]) -> dict[int, Wait]:
    """Of the steps that wait, by key: why. So many queries whatever their number."""
    waiting = [step for step in found if step.state == StepState.WAITING]
    if not waiting:
        return {}
    before, served, full = _unsettled(waiting), workers.served(), _is_full()
    lines = {task: _line(task) for task in {task for task in map(_task, waiting) if task}}
    return {step.pk: _why(step, before, served, full, lines) for step in waiting}


def _why(
    step: Step,
    before: dict[UUID, set[str]],
    served: dict[str, bool] | None,
    full: bool,
    lines: dict[str, int],
) -> Wait:
    spec = step_specs.find(step.name)
    if spec is None:
        return Wait(_("This release of Reelproof doesn't know this step."))
    if step.reason:
        return Wait("", again_at=step.due_at)  # the reason itself says what was away
    if earlier := [name for name in spec.after if name in before[step.version_id]]:
        titles = language.listed([str(step_specs.title_of(name)) for name in earlier])
        return Wait(_("Waits for another step: %(steps)s.") % {"steps": titles})
    if full:
        return Wait(_("File storage is full. It goes on when there is room again."), needs_help=True)
    queue = queue_of(spec.task)
    if served is not None and not served[queue]:
        words = _("No worker is running for this kind of work (queue %(queue)s).") % {"queue": queue}
        return Wait(words, needs_help=True)
    ahead = lines[spec.task] - 1
    if ahead >= MOST_COUNTED:
        return Wait(
            _("Waits its turn: more than %(count)s other steps wait for the same workers.")
            % {"count": number(MOST_COUNTED)}
        )
    if ahead > 0:
        words = ngettext(
            "Waits its turn: %(count)s other step waits for the same workers.",
            "Waits its turn: %(count)s other steps wait for the same workers.",
            ahead,
        )
        return Wait(words % {"count": number(ahead)})
    return Wait(_("Next in line: the first worker that is free takes it."))


def _task(step: Step) -> str:
    spec = step_specs.find(step.name)
    return spec.task if spec else ""


def _unsettled(waiting: Sequence[Step]) -> dict[UUID, set[str]]:
    """Of their versions the steps that haven't ended."""
    found: dict[UUID, set[str]] = defaultdict(set)
    rows = Step.objects.filter(version__in={step.version_id for step in waiting})
    for version_id, name in rows.exclude(state__in=dispatch.SETTLED).values_list("version_id", "name"):
        found[version_id].add(name)
    return found


def _line(task: str) -> int:
    """How many wait for the workers of this task, as far as they are counted."""
    names = [spec.name for spec in step_specs.table() if spec.task == task]
    return dispatch.in_line(names).order_by()[: MOST_COUNTED + 1].count()


def _is_full() -> bool:
    try:
        disk_space.require_work(0)
    except FileRefused:
        return True
    except (OSError, storage.Unavailable):
        return False  # what is away says so by itself
    return False
