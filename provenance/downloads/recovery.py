"""What is to be made and no worker makes, and what need not be kept any more. Safe at any time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from dam.core.tasks import offer
from dam.ingest import backoff
from provenance.downloads import preset_files
from provenance.downloads.models import UNDER_WAY, FileState, PresetFile
from provenance.releases.states import ReleaseStatus

AT_ONCE = 500
FORGOTTEN = timedelta(days=7)  # what failed or was cancelled


@dataclass(frozen=True)
class Recovered:
    """How many were sent again, given up, had their file cleared, and were forgotten."""

    sent: int
    failed: int
    cleared: int
    forgotten: int


def run(*, at: datetime | None = None) -> Recovered:
    at = at or timezone.now()
    failed = sum(
        preset_files.give_up(file, at=at)
        for file in preset_files.lost(at)
        .filter(attempts__gte=preset_files.MOST_ATTEMPTS)
        .select_related("brand", "version__asset")[:AT_ONCE]
    )
    return Recovered(sent=_send(at), failed=failed, cleared=_clear(at), forgotten=_forget(at))


def _send(at: datetime) -> int:
    due = Q(due_at=None) | Q(due_at__lte=at)
    waiting = Q(state=FileState.WAITING) | Q(pk__in=preset_files.lost(at).values("pk"))
    rows = PresetFile.objects.filter(due, waiting, state__in=UNDER_WAY)
    sent = 0
    for file in rows.order_by(F("due_at").asc(nulls_first=True), "pk")[:AT_ONCE]:
        if not offer(preset_files.TASK, file_id=str(file.pk)):
            break
        again = PresetFile.objects.filter(pk=file.pk)
        again.update(sends=F("sends") + 1, due_at=backoff.next_send(at, sends=file.sends))
        again.filter(state=FileState.WAITING).update(reason="")  # it stands in the queue again
        sent += 1
    return sent


def _clear(at: datetime) -> int:
    """Files that nobody had for long, and those whose release is no longer one."""
    unused = Q(used_at__lt=at - timedelta(days=settings.DOWNLOAD_FORMATS_KEPT_DAYS))
    gone = ~Q(release__state=ReleaseStatus.READY)
    rows = PresetFile.objects.filter(unused | gone, state=FileState.READY)
    return sum(preset_files.clear(file) for file in rows.order_by("used_at")[:AT_ONCE])


def _forget(at: datetime) -> int:
    ended = PresetFile.objects.filter(
        state__in=(FileState.FAILED, FileState.CANCELLED), finished_at__lt=at - FORGOTTEN
    )
    return ended.delete()[0]
