"""Whom events concern: people by their part in a clip and by what they may do, who may see it now."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.module_loading import import_string

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog.models import Asset, Version
from dam.core import numbers
from dam.notifications.kinds import PARTS, Kind, Who
from dam.rights import visibility

COPY_HOLDERS = "provenance.recalls.recalls.told_of"  # whom a recall asks; it stands above
DEPUTIES = "provenance.review.absences.deputies"  # who stands in for whom now; so does it


@dataclass(frozen=True)
class Facts:
    """What a batch of events is judged by, read at once: as many queries however many events there are."""

    members: Mapping[int, Member]
    parts: Mapping[tuple[UUID, Who], frozenset[int]]
    copy_holders: Mapping[int, frozenset[int]]  # by recall: who hasn't confirmed
    seen: Mapping[frozenset[Capability], frozenset[UUID]]  # by what somebody may do: the clips they see
    deputies: Mapping[int, int]  # by who is away now

    def sees(self, member: Member, asset: UUID | None) -> bool:
        return asset is None or asset in self.seen[member.capabilities]


def gather(brand: Brand, events: Sequence[Event]) -> Facts:
    asset_ids = {event.asset_id for event in events if event.asset_id}
    members = {member.user.pk: member for member in principals.members_of(brand)}
    recalls = {key for event in events for key in _ids(event.data.get("recall"))}
    copy_holders = import_string(COPY_HOLDERS)(recalls) if recalls else {}
    seen = _seen(members.values(), asset_ids)
    deputies = import_string(DEPUTIES)(brand)
    return Facts(members, _parts(brand, asset_ids), copy_holders, seen, deputies)


def concerned(event: Event, kind: Kind, facts: Facts) -> set[int]:
    """The people whom this kind of the event concerns, who may be told of it."""
    found: set[int] = set()
    for who in kind.who:
        found |= _people(who, event, kind, facts)
    if not {Who.ACTOR, Who.COPY_HOLDERS} & set(kind.who):  # who withdraws may have copies, too
        found.discard(event.actor_id or 0)
    return {
        person
        for person in found
        if (member := facts.members.get(person)) is not None
        and member.can(kind.needs)
        and facts.sees(member, event.asset_id)
    }


def _people(who: Who, event: Event, kind: Kind, facts: Facts) -> set[int]:
    match who:
        case Who.ACTOR:
            return {event.actor_id} if event.actor_id else set()
        case Who.NAMED:
            return _ids(event.data.get(kind.named))
        case Who.ABOUT:
            kind_of, _, key = event.about_ref.partition(":")
            return set(numbers.read_all([key])) if kind_of == "user" else set()
        case Who.ASKED:
            return _asked(event, facts)
        case Who.COPY_HOLDERS:
            asked = (facts.copy_holders.get(key, ()) for key in _ids(event.data.get("recall")))
            return set().union(*asked) - _ids(event.data.get("not_asked"))
        case Who.DEPUTIES:
            return _deputies(event, kind, facts)
        case Who.HOLDERS:
            return _holders(kind.holders, facts)
        case _:
            return set(facts.parts.get((event.asset_id, who), ())) if event.asset_id else set()


def _asked(event: Event, facts: Facts) -> set[int]:
    """Who may decide next. Nobody decides on their own work or twice, so those aren't asked."""
    asked = _ids(event.data.get("asked"))
    if not asked:
        wanted = event.data.get("asks", "")
        asked = _holders(Capability(wanted), facts) if wanted in list(Capability) else set()
    if event.asset_id is None:
        return asked
    own = facts.parts.get((event.asset_id, Who.MAKERS), frozenset())
    return asked - own - _ids(event.data.get("not_asked"))


def _deputies(event: Event, kind: Kind, facts: Facts) -> set[int]:
    """Who stands in for those whom the event asks or names, with the role that it takes.

    Of a review that everyone of a role is asked to decide they are told as one of these, if they are.
    """
    asked = _ids(event.data.get("asked"))
    wanted = event.data.get("asks") if asked else Capability.COMMENT.value
    people = asked or _ids(event.data.get(kind.named))
    found = {facts.deputies[each] for each in people if each in facts.deputies}
    able = found & _holders(Capability(wanted), facts) if wanted in list(Capability) else set()
    own = facts.parts.get((event.asset_id, Who.MAKERS), frozenset()) if event.asset_id and asked else set()
    return able - own - people - _ids(event.data.get("not_asked"))


def _holders(capability: Capability | None, facts: Facts) -> set[int]:
    return {pk for pk, member in facts.members.items() if capability and member.can(capability)}


def _ids(value: object) -> set[int]:
    """People's ids as an event's data hold them: one or a list."""
    values = value if isinstance(value, list) else [value]
    return {each for each in values if isinstance(each, int)}


def _parts(brand: Brand, asset_ids: Iterable[UUID]) -> dict[tuple[UUID, Who], frozenset[int]]:
    found: dict[tuple[UUID, Who], set[int]] = defaultdict(set)
    assets = Asset.objects.filter(brand=brand, pk__in=asset_ids)
    for pk, made_by in assets.values_list("pk", "created_by_id"):
        found[pk, Who.MAKERS].add(made_by)
    versions = Version.objects.filter(brand=brand, asset__in=asset_ids).order_by()
    for pk, made_by in versions.values_list("asset_id", "created_by_id").distinct():
        found[pk, Who.MAKERS].add(made_by)
    of_verb = {verb.value: who for who, verbs in PARTS.items() for verb in verbs}
    earlier = Event.objects.filter(brand=brand, asset_id__in=asset_ids, verb__in=of_verb, actor__isnull=False)
    for asset_id, verb, actor in earlier.order_by().values_list("asset_id", "verb", "actor_id").distinct():
        if asset_id and actor:
            found[asset_id, of_verb[verb]].add(actor)
    return {key: frozenset(people) for key, people in found.items()}


def _seen(members: Iterable[Member], asset_ids: set[UUID]) -> dict[frozenset[Capability], frozenset[UUID]]:
    """Who may do the same sees the same (dam.rights.visibility), so each such group is asked about once."""
    seen: dict[frozenset[Capability], frozenset[UUID]] = {}
    for member in members:
        if member.capabilities not in seen:
            visible = visibility.visible_assets(member).filter(pk__in=asset_ids) if asset_ids else ()
            seen[member.capabilities] = frozenset(asset.pk for asset in visible)
    return seen
