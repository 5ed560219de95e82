"""How a version stands, from how its steps do: waiting, processing, failed or ready."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction

from dam.catalog import versions
from dam.catalog.models import Processing, Version
from dam.core import events
from dam.ingest import step_specs
from dam.ingest.models import Step, StepState


@contextmanager
def locked(version_id: UUID | str) -> Iterator[Version]:
    """A transaction with the version locked: of two steps that end at once, the second sees the first."""
    with transaction.atomic():
        yield lock(version_id)


def lock(version_id: UUID | str) -> Version:
    return Version.objects.select_for_update(no_key=True).get(pk=version_id)


def roll_up(version: Version) -> None:
    """Keep on the locked version how its steps stand altogether, and tell open pages.

    One that is done again holds nothing up, nor does it when it fails: what it made before is still there.
    """
    quiet = step_specs.quiet()
    counted = Step.objects.filter(version=version, again=False).exclude(name__in=quiet)
    found = list(counted.order_by("position"))
    states = {step.state for step in found}
    failed = [step for step in found if step.state == StepState.FAILED]
    reason = ""
    if states == {StepState.WAITING}:
        processing = Processing.WAITING
    elif states & {StepState.WAITING, StepState.RUNNING}:
        processing = Processing.RUNNING
    elif failed:
        processing = Processing.FAILED
        reason = "; ".join(f"{step_specs.title_of(step.name)}: {step.reason}" for step in failed)
    else:
        processing = Processing.READY
    changed = versions.set_processing(version.pk, processing, reason=reason)
    publish(version)
    if changed:
        events.publish(brand_id=version.brand_id, name="library")


def publish(version: Version) -> None:
    events.publish(brand_id=version.brand_id, name=f"version-{version.pk}")
