"""Reviews that wait for somebody who leaves.

A review waits for a role; one that is handed over names who is asked. Whoever has the role can still decide
it: being asked is a request, not a lock. Where a template names who decides, whoever a review was handed over
to decides beside them.
"""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from dam.access.handover import Heir, Waiting
from dam.accounts import groups, principals, roles
from dam.accounts.capabilities import Capability
from dam.accounts.models import Group, Membership
from dam.accounts.principals import Member, Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import errors, events
from provenance.review import queue
from provenance.review.models import Review
from provenance.review.policies import STAGES
from provenance.review.states import ReviewState


class CannotDecide(errors.Refused):
    """Whoever was named can decide none of the reviews."""

    code = "cannot_decide"


class _Reviews:
    def waiting_for(self, member: Member, *, most: int) -> list[Waiting]:
        return [
            Waiting(
                str(review.version.asset),
                review.waits_for.name,
                reverse("review", args=[member.brand.slug, review.pk]),
            )
            for review in queue.waiting_for(member)[:most]
        ]

    def count(self, member: Member) -> int:
        return queue.waiting_for(member).count()

    def nobody_elses(self, member: Member, *, keeps: frozenset[Capability]) -> int:
        others = Membership.objects.filter(brand=member.brand, user__is_active=True).exclude(user=member.user)
        lost = {
            name
            for name, stage in STAGES.items()
            if member.can(stage.capability)
            and stage.capability not in keeps
            and not others.filter(roles.with_capability(stage.capability)).exists()
        }
        return queue.waiting_for(member, stages=lost).count() if lost else 0

    def hand_over(self, member: Member, *, heir: Heir | None, by: Principal | None) -> int:
        """Name the heir in each review that waited for the member and that the heir can decide.

        Without one, reviews that named the member name nobody: their stage's role is asked again.
        """
        waiting = list(queue.waiting_for(member))
        named = Review.objects.filter(asked_person=member.user, brand=member.brand)
        planned = Q(asked_person=member.user) | Q(named_person=member.user)
        left = list(
            Review.objects.filter(planned, brand=member.brand, state=ReviewState.OPEN).select_related(
                "version__asset"
            )
        )
        named.update(asked_person=None)
        if heir is None or not waiting:
            _tell(left, member, to="role", by=by)
            return len(left)
        able = _decidable(heir, member)
        handed = [review for review in waiting if review.pk in able]
        if not handed:
            raise CannotDecide(
                _("%(heir)s can't decide any of these reviews. Choose someone who can.") % {"heir": heir}
            )
        is_group = isinstance(heir, Group)
        Review.objects.filter(pk__in=[review.pk for review in handed]).update(
            asked_person=None if is_group else heir, asked_group=heir if is_group else None
        )
        _tell(handed, member, to=f"group:{heir.pk}" if is_group else f"user:{heir.pk}", by=by)
        return len(handed)


def _tell(reviews: list[Review], member: Member, *, to: str, by: Principal | None) -> None:
    for review in reviews:
        trail.record(
            Verb.REVIEW_HANDED_OVER,
            brand=member.brand,
            target=str(review.version),
            actor=by,
            asset_id=review.version.asset_id,
            data={"review": str(review.pk), "from": f"user:{member.user.pk}", "to": to},
        )
    if reviews:
        events.publish(brand_id=member.brand.pk, name="reviews")


def _decidable(heir: Heir, leaving: Member) -> set[object]:
    """The reviews that the heir, or one of the group, may decide now."""
    people = list(groups.members_of(heir)) if isinstance(heir, Group) else [heir]
    members = [principals.member(person, leaving.brand) for person in people if person != leaving.user]
    able: set[object] = set()
    for each in members:
        if each is not None:
            able |= set(queue.decidable_by(each).values_list("pk", flat=True))
    return able


REVIEWS = _Reviews()
