"""The demo brand on an installation that began without it: made in a page, filled by the workers.

The page makes the brand and its people; a worker asks for the clips and films some; then each is brought on
every half minute as it gets ready, as its people would. All of it finds what is there and goes on from there.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dam.accounts import demo, principals, roles
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog.models import Processing, Version
from dam.core import errors
from dam.core.tasks import enqueue, offer
from dam.media.errors import FileRefused, MediaFailed
from dam.notifications import choices, kinds
from generation import model_register
from generation.demo_data import clips, people, plan
from generation.demo_data.people import People
from generation.demo_data.plan import Goal
from generation.generators.base import GeneratorError
from generation.models import GenerationJob

log = logging.getLogger(__name__)
BROUGHT_ON_FOR = timedelta(days=1)  # after it was made; then it is left to whoever looks around
BEGUN_SECONDS = 900  # so long a worker may need to begin


class DemoRefused(errors.Refused):
    """Another brand is at its address. Pages say so in their reader's language."""

    code = "demo_refused"
    message = "There is a brand at the demo brand's address already, so none can be made."


@dataclass(frozen=True)
class Progress:
    """How many of the clips are there."""

    ready: int
    planned: int

    @property
    def is_whole(self) -> bool:
        return self.ready >= self.planned


def make(*, by: Principal) -> Brand:
    """The demo brand with whoever asks among its people, made where there is none. Raises DemoRefused.

    Its people can't sign in, for they have no password, and no mail goes to them.
    """
    if not by.runs_installation:
        raise PermissionDenied("Only an installation administrator can make the demo brand.")
    if demo.brand() is None and Brand.objects.filter(slug=demo.SLUG).exists():
        raise DemoRefused
    person = principals.person(by)
    with trail.recording():
        is_new = demo.brand() is None
        brand, members = people.prepare(password=None)
        if is_new:
            trail.record(Verb.BRAND_CREATED, brand=brand, target=brand.name, actor=person)
            for each in members.values():
                choices.stop_mail(user_id=each.user.pk, brand_id=brand.pk, names=kinds.KINDS.keys())
        _admit(brand, by)
        enqueue("gpu.begin_demo")
    return brand


def begin() -> None:
    """Ask for the clips, and film those that are uploaded. Harmless twice."""
    brand = _in_making(timezone.now())
    if brand is None:
        return
    _, members = people.prepare(password=None)
    try:
        capabilities = model_register.generator().capabilities
        for clip in plan.GENERATED:
            clips.request_clip(clip, people=members, capabilities=capabilities)
    except (GeneratorError, errors.Refused) as refused:
        log.warning("The demo brand goes without generated clips: %s", refused)
    for footage in plan.FOOTAGE:
        try:
            clips.film(footage, brand=brand, by=members[Role.CREATOR])
        except (MediaFailed, FileRefused) as refused:
            log.warning("The demo clip %s couldn't be filmed: %s", footage.title, refused)


def bring_on(*, at: datetime) -> None:
    """Take each clip's next step, for a day. Where DEMO is on, the command that makes the brand does so."""
    brand = _in_making(at)
    if brand is None:
        return
    there = list(_versions(brand))
    if len(there) < _planned() and cache.add("demo-begun", 1, BEGUN_SECONDS):
        offer("gpu.begin_demo")  # its message was lost, or its worker
    _, members = people.prepare(password=None)
    for version, goal in there:
        _advance(version, goal, members)


def progress(brand: Brand) -> Progress:
    ready = sum(version.processing == Processing.READY for version, _ in _versions(brand))
    return Progress(ready=ready, planned=_planned())


def _advance(version: Version, goal: Goal, members: People) -> None:
    try:
        clips.advance(version, goal, people=members)
    except (errors.Refused, PermissionDenied) as refused:  # somebody decided otherwise meanwhile
        log.info("The demo clip %s stays as it is: %s", version.pk, refused)


def _in_making(at: datetime) -> Brand | None:
    brand = demo.brand()
    return brand if brand and not settings.DEMO and brand.created_at > at - BROUGHT_ON_FOR else None


def _planned() -> int:
    return len(plan.GENERATED) + len(plan.FOOTAGE)


def _versions(brand: Brand) -> Iterator[tuple[Version, Goal]]:
    """Those of the planned clips that have one, with how far each is to come."""
    films = {each.filename: each.goal for each in plan.FOOTAGE}
    for version in Version.objects.filter(brand=brand, filename__in=films).select_related("asset"):
        yield version, films[version.filename]
    goals = {clips.key_of(each): each.goal for each in plan.GENERATED}
    made = GenerationJob.objects.filter(brand=brand, brief__in=goals, version__isnull=False)
    for job in made.select_related("version__asset"):
        if job.version is not None:
            yield job.version, goals[job.brief]


def _admit(brand: Brand, by: Principal) -> None:
    """As an administrator of it, unless they are in it already."""
    person = principals.person(by)
    if Membership.objects.filter(user=person, brand=brand).exists():
        return
    Membership.everyone.update_or_create(
        user=person, brand=brand, defaults={**roles.columns(Role.ADMIN), "deactivated_at": None}
    )
    data = {"role": roles.key(Role.ADMIN)}
    trail.record(Verb.MEMBER_ADMITTED, brand=brand, about=person, actor=person, data=data)
