"""After an upgrade: versions from before there was some step get it in the background, the newest first.

A few at a time, on a queue of their own, so that new clips need not wait. No audit event tells of it, for
nobody changed anything.
"""

from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.db.models import Count

from dam.catalog.models import Version
from dam.ingest import step_specs, steps
from dam.ingest.models import Step, StepState
from dam.media.probe import Kind

AT_ONCE = 8  # versions whose added steps wait or run
LOOKED_AT = 500  # versions in one go
DONE_SECONDS = 7 * 24 * 3600


def run() -> int:
    """Add what is missing to some versions; to how many. Where the last run came to is kept in the cache."""
    names = sorted(step_specs.caught_up())
    key = "added-steps:" + ",".join(names)
    place = cache.get(key)
    if place == "done":
        return 0
    # By the index step_due: a count of all but the settled ones would read every step there ever was.
    waiting = Step.objects.filter(name__in=names, state__in=[StepState.WAITING, StepState.RUNNING])
    room = AT_ONCE - waiting.order_by()[:AT_ONCE].count()
    if room <= 0:
        return 0
    # Every version has this step, and those made later have it later: a walk by its key is quick at any size.
    walked = Step.objects.filter(name=step_specs.table()[0].name).order_by("-pk")
    if place is not None:
        walked = walked.filter(pk__lt=place)
    rows = list(walked.values_list("pk", "version_id", "version__kind")[:LOOKED_AT])
    present = Step.objects.filter(version__in=[version for _, version, _ in rows], name__in=names)
    counts = dict(present.order_by().values_list("version").annotate(Count("pk")))
    wanted = {kind: len(step_specs.places_of(kind).keys() & set(names)) for kind in Kind}
    added = 0
    for pk, version_id, kind in rows:
        place = pk
        if counts.get(version_id, 0) < wanted[Kind(kind)] and _add(version_id):
            added += 1
        if added >= room:
            break
    ended = len(rows) < LOOKED_AT and (not rows or place == rows[-1][0])
    cache.set(key, "done" if ended else place, DONE_SECONDS)
    return added


def _add(version_id: UUID) -> bool:
    with transaction.atomic():
        version = Version.objects.filter(pk=version_id).exclude(media_info={}).first()
        if version is None or version.asset.trashed_at:
            return False
        steps.add(version)
        return True
