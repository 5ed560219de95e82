"""Who is to see to a remark, and by which day.

Whoever is named may see drafts when they are. Where they lose that, the list says so (`out_of_sight`); where
they leave, what was assigned to them goes to their heir or is unassigned.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.access.handover import Heir, Waiting
from dam.accounts import roles
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand, Membership, User
from dam.accounts.principals import Member, Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import versions
from dam.core import errors
from dam.rights import visibility
from provenance.review import comments
from provenance.review.models import Comment

# What somebody needs to be asked to see to a remark. A role of a brand's own may have the first alone.
NEEDS = (Capability.COMMENT, Capability.VIEW_UNRELEASED)
SOONEST_FIRST = F("due_at").asc(nulls_last=True)


class AssignRefused(errors.Refused):
    """The remark can't be assigned as it was asked; the message says why."""

    code = "assign"


@dataclass(frozen=True)
class Assignment:
    """Who is to see to it, if somebody is, and until when."""

    person: int | None = None
    due_at: datetime | None = None


def of(comment: Comment) -> Assignment:
    return Assignment(comment.assigned_to_id, comment.due_at)


def people(brand: Brand) -> QuerySet[User]:
    """Whom a remark can be assigned to: who comments and sees drafts."""
    able = Membership.objects.filter(brand=brand, user__is_active=True)
    for each in NEEDS:
        able = able.filter(roles.with_capability(each))
    return User.objects.filter(pk__in=able.values("user"))


def assigned_to(principal: Principal) -> QuerySet[Comment]:
    """Unresolved remarks that this person is to see to, on what they see: what is due first comes first."""
    if principal.user is None:
        return Comment.objects.none()
    seen = visibility.visible_versions(principal)
    rows = Comment.objects.filter(assigned_to=principal.user, version__in=seen)
    return rows.filter(resolved_at=None, deleted_at=None).order_by(SOONEST_FIRST, "pk")


def after(rows: QuerySet[Comment], due_at: datetime | None, pk: int) -> QuerySet[Comment]:
    """Of `assigned_to`, those that follow this place."""
    if due_at is None:
        return rows.filter(due_at=None, pk__gt=pk)
    return rows.filter(Q(due_at__gt=due_at) | Q(due_at=due_at, pk__gt=pk) | Q(due_at=None))


def out_of_sight(assigned: Collection[int], *, brand: Brand) -> set[int]:
    """Those of these people who can't see to a remark any more; one query, none for nobody."""
    if not assigned:
        return set()
    return set(assigned) - set(people(brand).filter(pk__in=assigned).values_list("pk", flat=True))


def assign(
    comment: Comment,
    *,
    to: User | None,
    due_at: datetime | None,
    seen: Assignment,
    by: Principal,
    at: datetime | None = None,
) -> None:
    """Say who is to see to a remark until when; None for nobody. They hear of it.

    Once it is so, nothing happens. Raises AssignRefused: an answer, a remark that is deleted or resolved, a
    person who can't see it, or another assignment meanwhile than was `seen`. And PermissionDenied.
    """
    by.require(Capability.COMMENT, brand=comment.version.brand)
    at = at or timezone.now()
    with trail.recording():
        version = versions.locked(comment.version_id)
        rows = Comment.objects.select_for_update(no_key=True).filter(parent=None, deleted_at=None)
        row = rows.filter(pk=comment.pk).first()
        if row is None:
            raise AssignRefused(_("This comment was deleted."))
        row.version = version
        wanted, now = Assignment(to.pk if to else None, due_at if to else None), of(row)
        if now == wanted:
            return
        if now != seen:
            raise AssignRefused(
                _("Someone else has just assigned this comment. Close this form and look at it again.")
            )
        if row.resolved_at is not None:
            raise AssignRefused(_("This comment is resolved. Reopen it to assign it."))
        if to is not None and not people(version.brand).filter(pk=to.pk).exists():
            raise AssignRefused(_("This person can't see the comment. Choose someone else."))
        Comment.objects.filter(pk=row.pk).update(assigned_to=to, due_at=wanted.due_at)
        _tell(row, wanted, by=by, at=at)


def _tell(comment: Comment, wanted: Assignment, *, by: Principal | None, at: datetime) -> None:
    """Leave the event; `comment` is as it was before."""
    before = comment.assigned_to_id
    data: dict[str, object] = {"from": f"user:{before}"} if before is not None else {}
    if wanted.person is not None:
        data["assigned_to"] = wanted.person
    if wanted.due_at is not None:
        data["due_at"] = wanted.due_at.isoformat()
    verb = Verb.COMMENT_UNASSIGNED if wanted.person is None else Verb.COMMENT_ASSIGNED
    comments.record(verb, comment, by=by, at=at, data=data)


class _Assigned:
    """What is assigned to somebody who leaves (dam.access.handover.Keeper)."""

    def waiting_for(self, member: Member, *, most: int) -> list[Waiting]:
        return [
            Waiting(str(row.version.asset), _("Comment"), address(row))
            for row in _open(member).select_related("version__asset", "version__brand")[:most]
        ]

    def count(self, member: Member) -> int:
        return _open(member).count()

    def nobody_elses(self, member: Member, *, keeps: frozenset[Capability]) -> int:
        """None: whoever comments can take it over."""
        return 0

    def hand_over(self, member: Member, *, heir: Heir | None, by: Principal | None) -> int:
        """To the heir with its day, where that is a person who can see to it; else it is nobody's."""
        to = heir if isinstance(heir, User) and people(member.brand).filter(pk=heir.pk).exists() else None
        at = timezone.now()
        with trail.recording():
            # As they are now: one that was resolved or reassigned just before isn't among them. Nothing that
            # comes before a comment is locked after it (versions.locked).
            mine = _open(member).select_related("version__asset", "version__brand").order_by("pk")
            rows = list(mine.select_for_update(no_key=True, of=("self",)))
            left = Comment.objects.filter(pk__in=[row.pk for row in rows])
            left.update(assigned_to=to, **({} if to else {"due_at": None}))
            for row in rows:
                _tell(row, Assignment(to.pk, row.due_at) if to else Assignment(), by=by, at=at)
        return len(rows)


def _open(member: Member) -> QuerySet[Comment]:
    rows = Comment.objects.filter(assigned_to=member.user, version__brand=member.brand)
    return rows.filter(resolved_at=None, deleted_at=None).order_by("due_at", "pk")


def address(row: Comment) -> str:
    """The Review tab of its version, with what is assigned to that person. Reads `version` and its brand."""
    page = reverse("asset", args=[row.version.brand.slug, row.version.asset_id])
    return f"{page}?tab=review&version={row.version.number}&for={row.assigned_to_id}"


ASSIGNED = _Assigned()
