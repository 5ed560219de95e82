"""Whom the stage that a review waits for asks: a role, or those whom its template names.

Those who are named are bound to be the ones who decide: they, whoever it was handed over to, and once the
stage's own days are over its deputy. When none of them can, because they left, lost the role, made the clip
or decided before, the stage's role is asked instead, so that no review waits for nobody.

Who stands in for one of them who is away (provenance.review.absences) may decide in their place, with a role
that decides such a stage: once, and the place is taken.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from dam.accounts import roles, times
from dam.accounts.capabilities import AnyRole, OwnRole, of_role
from dam.accounts.models import Brand, CustomRole, Group, Membership, User
from dam.core.language import noop
from provenance.review import away, plans
from provenance.review.models import Decision, Review
from provenance.review.policies import STAGES, Refusal
from provenance.review.states import DecisionKind, ReviewState

MOVED_ON = Refusal(
    "moved",
    noop("This review moved on while you had it open. Look at what it waits for now, then decide again."),
)


@dataclass(frozen=True)
class Asked:
    """Whom a stage asks now; people are user ids, and each of them may decide it at this moment."""

    is_named: bool  # whether it says who decides
    named: frozenset[int] = frozenset()  # of those whom it names, and whom it was handed over to
    heirs: frozenset[int] = frozenset()  # of these, those whom it doesn't name itself
    deputies: frozenset[int] = frozenset()  # once the stage's own days are over
    stand_ins: frozenset[int] = frozenset()  # all its deputies, able or not
    away: Mapping[int, int] = field(default_factory=dict)  # of these, who is away: by who stands in for them

    @property
    def people(self) -> frozenset[int]:
        return self.named | self.deputies

    @property
    def by_role(self) -> bool:
        """Whether everyone of the stage's role may decide it."""
        return not self.is_named or not self.people

    @property
    def nobody_left(self) -> bool:
        """Whether the role is asked because no one who is named can decide."""
        return self.is_named and not self.people

    def includes(self, person: int | None) -> bool:
        return self.by_role or person in self.people or person in self.away

    def in_place_of(self, person: int | None) -> int | None:
        """Who is away and in whose place this one decides; None of those who are asked themselves."""
        return None if person is None or self.by_role or person in self.people else self.away.get(person)


@dataclass(frozen=True)
class Seen:
    """Where a review stood on the page that somebody decides from: the index of the stage that it waited for,
    and how many approvals that had."""

    stage: int
    approvals: int


def seen(review: Review) -> Seen:
    """Where it stands as it was read. Reads its `decisions`."""
    return Seen(review.stage, len(approved_by(review)))


def refuse_moved(review: Review, given: Seen | None, *, kind: DecisionKind) -> Refusal | None:
    """Why what was decided from `given` doesn't hold where the review stands: it would count for what its
    giver never saw. A no holds however many have approved its stage meanwhile.

    Who doesn't say what they saw can only mean a review of which each stage is of another kind.
    """
    if given is None:
        return MOVED_ON if review.plan else None
    now = seen(review)
    same = given == now if kind == DecisionKind.APPROVE else given.stage == now.stage
    return None if same else MOVED_ON


def overdue(at: datetime) -> Q:
    """The reviews whose `due` has come."""
    return Q(due_at__lte=at) | Q(stage_due_at__lte=at)


def asks(user: User, brand: Brand, *, kinds: Collection[str], at: datetime | None = None) -> Q:
    """The reviews of the brand that ask this person at a stage of these kinds, `of` as a query.

    Reviews are annotated with the kind that they wait for, `waits_for_kind`.
    """
    at = at or timezone.now()
    late = Q(stage_due_at__lte=at)
    found = (
        naming([user.pk], brand, at=at)
        | Q(named_person=None, named_group=None, named_role=None)
        | _in_place_of(user, brand, kinds, at=at)
    )
    for kind in kinds:
        found |= (
            Q(waits_for_kind=kind)
            & ~Exists(_able(kind, late=False))
            & (~late | ~Exists(_able(kind, late=True)))
        )
    return found


def naming(people: Collection[int], brand: Brand, *, at: datetime) -> Q:
    """The reviews that name one of these people, or were handed over to one, or whose deputy one is now."""
    late = Q(stage_due_at__lte=at)  # not the day that whoever submitted it wished for
    groups = Group.objects.filter(brand=brand, members__in=people).values("pk")
    theirs = Membership.objects.filter(brand=brand, user__in=people)
    named = Q(named_person__in=people) | Q(named_group__in=groups)
    named |= Q(named_role__in=theirs.filter(custom_role__isnull=False).values("custom_role"))
    named |= Q(named_role__replaced_by__in=theirs.filter(custom_role=None).values("role"))
    named |= Q(asked_person__in=people) | Q(asked_group__in=groups)
    return named | late & (Q(deputy_person__in=people) | Q(deputy_group__in=groups))


def _in_place_of(user: User, brand: Brand, kinds: Collection[str], *, at: datetime) -> Q:
    """The reviews that name somebody who could decide them, is away, and whom this person stands in for.

    Two queries, however many are away.
    """
    found: Q = Q(pk__in=[])
    absent = away.those_of(user, brand, at=at)
    theirs = Membership.objects.filter(brand=brand, user__in=absent, user__is_active=True)
    for each in theirs.select_related("custom_role").order_by("user_id") if absent else ():
        person, may = each.user_id, of_role(each.given)
        decided = Decision.objects.filter(review=OuterRef("pk"))
        found |= Q(
            naming([person], brand, at=at)
            & Q(waits_for_kind__in=[kind for kind in kinds if STAGES[kind].capability in may])
            & ~Q(submitted_by=person)
            & ~Q(version__created_by=person)
            & ~Exists(decided.filter(Q(decided_by=person) | Q(for_person=person)))
        )
    return found


def _able(kind: str, *, late: bool) -> QuerySet[Membership]:
    """Those whom the review (OuterRef) names who can decide it: with `late`, its deputies."""
    names = ("deputy",) if late else ("named", "asked")
    is_named = Q()
    for name in names:
        is_named |= Q(user=OuterRef(f"{name}_person")) | Q(user__people_groups=OuterRef(f"{name}_group"))
    by_them = Q(decided_by=OuterRef("user")) | Q(for_person=OuterRef("user"))
    if not late:
        is_named |= Q(custom_role=OuterRef("named_role"))
        is_named |= Q(custom_role=None, role=OuterRef("named_role__replaced_by"))
    decided = Decision.objects.filter(by_them, review=OuterRef(OuterRef("pk")))
    return (
        Membership.objects.filter(is_named, brand=OuterRef("brand"), user__is_active=True)
        .filter(roles.with_capability(STAGES[kind].capability))
        .exclude(Q(user=OuterRef("submitted_by")) | Q(user=OuterRef("version__created_by")))
        .filter(~Exists(decided))
    )


def of(reviews: Collection[Review], *, at: datetime | None = None) -> dict[UUID, Asked]:
    """Whom these reviews of one brand or more ask, in a few queries however many they are.

    Reads their versions and `decisions`: fetch both along where there are many.
    """
    at = at or timezone.now()
    found = {review.pk: Asked(is_named=False) for review in reviews}
    planned = [review for review in reviews if review.waits_for.is_named]
    found |= {review.pk: Asked(is_named=True) for review in planned}  # where whom it named is gone
    named = [
        review
        for review in planned
        if review.named_person_id or review.named_group_id or review.named_role_id
    ]
    if not named:
        return found
    groups = members({key for review in named for key in _groups(review)})
    brands = {each.brand_id for each in named}
    of_roles = with_own_role({each.named_role_id for each in named if each.named_role_id})
    able = {kind: with_role(brands, kind) for kind in {each.waits_for.kind for each in named}}
    absent = away.deputies(brands, at=at)
    for review in named:
        here = able[review.waits_for.kind][review.brand_id] - not_asked(review)
        meant = _people(review.named_person_id, review.named_group_id, groups)
        meant |= of_roles.get(review.named_role_id or 0, frozenset())
        heirs = _people(review.asked_person_id, review.asked_group_id, groups) - meant
        meant |= heirs
        late = review.stage_due_at is not None and review.stage_due_at <= at
        deputies = _people(review.deputy_person_id, review.deputy_group_id, groups) - meant
        asked = Asked(
            is_named=True,
            named=meant & here,
            heirs=heirs & here,
            deputies=deputies & here if late else frozenset(),
            stand_ins=deputies,
        )
        found[review.pk] = replace(asked, away=_away(asked, absent[review.brand_id], able=here))
    return found


def _away(asked: Asked, absent: Mapping[int, int], *, able: frozenset[int]) -> dict[int, int]:
    """Of those who are asked who is away, by who stands in for them and could decide; of two the first."""
    pairs = [(absent[person], person) for person in sorted(asked.people, reverse=True) if person in absent]
    return {deputy: person for deputy, person in pairs if deputy in able and deputy not in asked.people}


def of_one(review: Review, *, at: datetime | None = None) -> Asked:
    return of([review], at=at)[review.pk]


def names(review: Review, asked: Asked) -> list[str]:
    """Those whom it asks by name, in words: its plan's, whoever it was handed over to, the deputy once it is
    overdue. None where the role is asked because nobody named is left. Fetch them along where there are many.
    """
    words = (
        _named(review) if asked.named - asked.heirs else "",
        review.asked if asked.heirs or not asked.is_named else "",
        review.deputy_words if asked.deputies else "",
    )
    return list(dict.fromkeys(filter(None, words)))


def _named(review: Review) -> str:
    """Whom its plan names to decide this stage, in words."""
    role = roles.in_force(review.named_role) if review.named_role else None
    return str(review.named_person or review.named_group or (roles.name(role) if role else ""))


def not_asked(review: Review) -> frozenset[int]:
    """Whose own work it is, or who decided before or was stood in for, so that they can't."""
    decided = [key for each in review.decisions.all() for key in (each.decided_by_id, each.for_person_id)]
    return frozenset({review.submitted_by_id, review.version.created_by_id, *filter(None, decided)})


def missing(review: Review, asked: Asked) -> int:
    """How many approvals its stage still waits for: one at least, the one that would end it.

    Where everyone of a group is needed, that is whoever of them is left, and one of those whom it was handed
    over to in the place of who left. A deputy stands in for one of them.
    """
    needs, given = review.waits_for.needs, approved_by(review)
    if needs == plans.ALL:
        everyone = len(asked.named - asked.heirs) + bool(asked.heirs)
        return max(1, everyone - len(_counted(review) & asked.stand_ins))
    return max(1, needs - len(given))


def _counted(review: Review) -> frozenset[int]:
    """Whose approvals the stage that is waited for has: of who stood in, the one who was away."""
    return frozenset(each.for_person_id or each.decided_by_id for each in _approvals(review))


def takes_the_place(review: Review, asked: Asked, *, person: int | None) -> bool:
    """Whether this one's approval, or theirs in whose place they give it, fills the place of who left a group
    of which everyone is needed: then no one else is asked to."""
    return review.waits_for.needs == plans.ALL and (asked.in_place_of(person) or person) in asked.heirs


def approved_by(review: Review) -> frozenset[int]:
    """Who has approved the stage that is waited for."""
    return frozenset(decision.decided_by_id for decision in _approvals(review))


def _approvals(review: Review) -> list[Decision]:
    """Of the stage that is waited for."""
    return [
        decision
        for decision in review.decisions.all()
        if decision.stage == review.stage and decision.kind == DecisionKind.APPROVE
    ]


def for_events(review: Review, asked: Asked) -> dict[str, object]:
    """Of an open review, for its events: who decides next, people or a capability, and who can't."""
    stage = review.waits_for
    data: dict[str, object] = {
        "asks": STAGES[stage.kind].capability.value,
        "not_asked": sorted(not_asked(review)),
    }
    if not asked.by_role:
        data["asked"] = sorted(asked.people)
    return data


def begun(review: Review, stage: int, *, at: datetime) -> dict[str, Any]:
    """The columns of a review that begins this stage. A group or account that is gone is named no more.

    Of a role that was retired the one that took its place is: a built-in one by the row that it replaced.
    """
    planned = review.planned[stage]
    person, deputy = _there(User.objects.all(), planned.person, planned.deputy_person)
    group, deputies = _there(Group.objects.filter(brand=review.brand_id), planned.group, planned.deputy_group)
    own_roles = CustomRole.objects.filter(brand=review.brand_id)
    (role,) = _there(own_roles.select_related("brand"), planned.role)
    now = roles.in_force(role) if role is not None else None
    if isinstance(now, OwnRole) and now.number != planned.role:
        (role,) = _there(own_roles, now.number)
    return {
        "named_person": person,
        "named_group": group,
        "named_role": role,
        "deputy_person": deputy,
        "deputy_group": deputies,
        "stage_due_at": planned.due_at(begun=at, zone=times.of_brand(review.brand)),
        "asked_person": None,
        "asked_group": None,
    }


def role_retired(role: CustomRole, successor: AnyRole) -> None:
    """What is in review and names the role names the brand's own one that took its place.

    A built-in one is read from the row that it replaced, as is what comes to name it while it is retired.
    """
    if isinstance(successor, OwnRole):
        waiting = Review.objects.filter(brand=role.brand_id, state=ReviewState.OPEN, named_role=role)
        waiting.update(named_role=successor.number)


def _there(rows: QuerySet[Any], *wanted: int | None) -> list[Any]:
    found = rows.in_bulk({key for key in wanted if key is not None}) if any(wanted) else {}
    return [found.get(key) for key in wanted]


def _groups(review: Review) -> set[int]:
    keys = (review.named_group_id, review.asked_group_id, review.deputy_group_id)
    return {key for key in keys if key is not None}


def members(groups: Collection[int]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    rows = Group.members.through.objects.filter(group__in=groups).values_list("group_id", "user_id")
    for group, person in rows:
        found[group].add(person)
    return {group: frozenset(people) for group, people in found.items()}


def with_own_role(wanted: Collection[int]) -> dict[int, frozenset[int]]:
    """Who has each of these roles that brands have made for themselves, or what took its place."""
    own_roles = CustomRole.objects.filter(pk__in=wanted).select_related("brand") if wanted else ()
    meant = {row.pk: (row.brand_id, now) for row in own_roles if (now := roles.in_force(row))}
    anyone = Q(pk__in=[])
    for brand, now in meant.values():
        anyone |= Q(brand=brand, **roles.columns(now))
    found: dict[tuple[int, str], set[int]] = defaultdict(set)
    members = Membership.objects.filter(anyone, user__is_active=True).select_related("custom_role")
    for each in members if meant else ():
        found[each.brand_id, roles.key(each.given)].add(each.user_id)
    return {key: frozenset(found[brand, roles.key(now)]) for key, (brand, now) in meant.items()}


def _people(person: int | None, group: int | None, groups: dict[int, frozenset[int]]) -> frozenset[int]:
    return frozenset({person} if person is not None else ()) | groups.get(group or 0, frozenset())


def with_role(brands: Collection[int], kind: str) -> dict[int, frozenset[int]]:
    """Who can decide stages of this kind, by brand."""
    found: dict[int, set[int]] = {brand: set() for brand in brands}
    rows = Membership.objects.filter(brand__in=brands, user__is_active=True)
    for brand, person in rows.filter(roles.with_capability(STAGES[kind].capability)).values_list(
        "brand_id", "user_id"
    ):
        found[brand].add(person)
    return {brand: frozenset(people) for brand, people in found.items()}
