"""Takes that are not done when the person who asked for them leaves: they go on, or become another's."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from dam.access.handover import Heir, Waiting
from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.models import User
from dam.accounts.principals import Member, Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import events
from generation.models import GenerationJob
from generation.states import LABELS, OPEN, JobState


class _Takes:
    def waiting_for(self, member: Member, *, most: int) -> list[Waiting]:
        url = reverse("generate", args=[member.brand.slug])
        return [
            Waiting(job.prompt[:80], _(LABELS[JobState(job.state)]), url)
            for job in _open(member).order_by("created_at")[:most]
        ]

    def count(self, member: Member) -> int:
        return _open(member).count()

    def nobody_elses(self, member: Member, *, keeps: frozenset[Capability]) -> int:
        """A take needs nobody: it goes on."""
        return 0

    def hand_over(self, member: Member, *, heir: Heir | None, by: Principal | None) -> int:
        """To a person who generates; what a group is given goes on in the name of who asked for it."""
        if not isinstance(heir, User):
            return 0
        theirs = principals.member(heir, member.brand)
        if theirs is None or not theirs.can(Capability.GENERATE):
            return 0
        jobs = list(_open(member))
        GenerationJob.objects.filter(pk__in=[job.pk for job in jobs]).update(requested_by=heir)
        data = {"from": f"user:{member.user.pk}", "to": f"user:{heir.pk}"}
        for job in jobs:
            trail.record(
                Verb.JOB_HANDED_OVER,
                brand=member.brand,
                target=job.prompt[:80],
                actor=by,
                data={"job": str(job.pk), **data},
            )
        events.publish(brand_id=member.brand.pk, name="jobs")
        return len(jobs)


def _open(member: Member) -> QuerySet[GenerationJob]:
    return GenerationJob.objects.filter(brand=member.brand, requested_by=member.user, state__in=OPEN)


TAKES = _Takes()
