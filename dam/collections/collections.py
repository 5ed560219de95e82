"""Making, changing and deleting collections. What is in them: dam.collections.items."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db.models import Case, F, When
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.models import User
from dam.accounts.principals import Principal, person
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.collections import audience
from dam.collections.audience import Audience
from dam.collections.dates import Dates
from dam.collections.models import Collection, CollectionItem
from dam.core import errors, events, foreign_text, language, locks

MOST = 5_000  # of a brand
DEEPEST = 4  # levels, the outermost among them
KEPT_FOR_UNDO = timedelta(days=30)


class CollectionRefused(errors.Refused):
    """A collection can't be like this; the message says why."""

    code = "collection"


def create(
    name: str,
    *,
    by: Principal,
    description: str = "",
    dates: Dates | None = None,
    parent: Collection | None = None,
    seen_by: Audience | None = None,
) -> Collection:
    """A new collection. One inside another is seen by whoever sees that one.

    Raises CollectionRefused, PermissionDenied.
    """
    owner = person(by)
    by.require(Capability.COLLECT)
    name, description = _name(name), _description(description)
    dates = dates or Dates()
    with trail.recording():
        locks.hold(f"collections:{by.brand.pk}")
        if Collection.objects.filter(brand=by.brand, deleted_at=None).count() >= MOST:
            raise CollectionRefused(
                _("%(brand)s has %(most)s collections, which is the most. Delete one first.")
                % {"brand": by.brand, "most": language.number(MOST)}
            )
        key = uuid4()
        if parent is not None:
            parent = changing(parent.pk, by=by)
            _require_depth(parent, height=1)
        made = Collection.objects.create(
            pk=key,
            brand=by.brand,
            owner=owner,
            name=name,
            description=description,
            starts_on=dates.start,
            ends_on=dates.end,
            parent=parent,
            top_id=parent.top_id if parent else key,
        )
        if parent is None and seen_by is not None:
            audience.give(made, seen_by)
        if parent is not None:
            touch([parent.pk], by=by)
        record(Verb.COLLECTION_CREATED, made, by=by)
    return made


def edit(
    collection: Collection,
    *,
    by: Principal,
    name: str | None = None,
    description: str | None = None,
    dates: Dates | None = None,
    parent: Collection | None = None,
    moves: bool = False,
    seen_by: Audience | None = None,
    owner: User | None = None,
) -> bool:
    """Change what is given; with `moves` also where it lies, at the top without a parent.

    Who was its `owner` goes on to see it: they are named among those who do.
    True when anything changed. Raises CollectionRefused, PermissionDenied.
    """
    with trail.recording():
        locks.hold(f"collections:{by.brand.pk}")
        row = managing(collection.pk, by=by)
        changes: dict[str, list[str]] = {}
        if name is not None and (name := _name(name)) != row.name:
            changes["name"] = [row.name, name]
            row.name = name
        if description is not None and (description := _description(description)) != row.description:
            changes["description"] = [row.description, description]
            row.description = description
        before, top = Dates(row.starts_on, row.ends_on), row.top_id
        if dates is not None and dates != before:
            changes["dates"] = [str(before), str(dates)]
            row.starts_on, row.ends_on = dates.start, dates.end
        moved = moves and (parent.pk if parent else None) != row.parent_id
        places = [key for key in (row.parent_id, parent and parent.pk) if key] if moved else []
        if moved:
            _move(row, parent, by=by)
        former, handed_over = row.owner_id, owner is not None and owner.pk != row.owner_id
        if owner is not None and handed_over:
            _require_owner(row, owner, by=by)
            row.owner = owner
        # First who sees it: what the log says of the rest depends on that.
        shared = seen_by is not None and row.parent_id is None and audience.give(row, seen_by)
        if handed_over and former is not None and row.parent_id is None and not row.everyone:
            row.people.add(former)
        if changes or moved or handed_over:
            named = ["name", "description", "starts_on", "ends_on"]
            row.save(update_fields=[*named, "parent", "place", "top", "owner"])
        if changes or moved or shared or handed_over:
            touch([row.pk, *places], by=by, left=top)
        if moved or shared or handed_over:
            _tell((key for level in _below(row) for key in level), by=by)  # others may see them now
        if changes or moved or handed_over:
            data: dict[str, object] = {**changes, **({"handed_over": True} if handed_over else {})}
            record(Verb.COLLECTION_EDITED, row, by=by, data=data)
        if shared:
            record(Verb.COLLECTION_SHARED, row, by=by)
    return bool(changes or moved or shared or handed_over)


def delete(collection: Collection, *, by: Principal, at: datetime | None = None) -> None:
    """Out of every list with all that lies in it, until somebody takes it back. The clips stay.

    Raises CollectionRefused, PermissionDenied.
    """
    at = at or timezone.now()
    with trail.recording():
        locks.hold(f"collections:{by.brand.pk}")
        row = managing(collection.pk, by=by)
        keys = [row.pk, *(key for level in _below(row) for key in level)]
        Collection.objects.filter(pk__in=keys).update(deleted_at=at)
        touch(_with_parent(row, keys), by=by)
        record(Verb.COLLECTION_DELETED, row, by=by)


def restore(key: UUID, *, by: Principal) -> Collection | None:
    """Take a deletion back, of what was deleted together; None where there is nothing to take back."""
    with trail.recording():
        locks.hold(f"collections:{by.brand.pk}")
        gone = audience.with_deleted(by).exclude(deleted_at=None)
        row = gone.select_related("top", "parent").filter(pk=key).first()
        if row is None or not audience.may_manage(row, by=by) or (row.parent and row.parent.deleted_at):
            return None
        keys = [row.pk, *(below for level in _below(row, at=row.deleted_at) for below in level)]
        Collection.objects.filter(pk__in=keys).update(deleted_at=None)
        touch(_with_parent(row, keys), by=by)
        row.deleted_at = None
        record(Verb.COLLECTION_RESTORED, row, by=by)
    return row


def ancestors(collection: Collection) -> list[Collection]:
    """What it lies in, the outermost first."""
    found: list[Collection] = []
    row = collection
    while row.parent_id is not None and len(found) < DEEPEST:
        row = Collection.objects.get(pk=row.parent_id)
        found.insert(0, row)
    return found


def forget_deleted(*, at: datetime) -> int:
    """Delete for good what nobody has taken back: collections, and clips that were taken out of one."""
    old = at - KEPT_FOR_UNDO
    count = CollectionItem.objects.filter(removed_at__lt=old).delete()[0]
    return count + Collection.objects.filter(deleted_at__lt=old).delete()[0]


def forget_private(owner: User) -> int:
    """Delete for good what they kept to themselves. What others see too stays, as that of a former member."""
    theirs = Collection.objects.filter(owner=owner, parent=None, everyone=False)
    return theirs.filter(people=None, groups=None).delete()[0]


def changing(key: UUID, *, by: Principal) -> Collection:
    """The row as it is now, locked, if this principal may change what is in it.

    Raises CollectionRefused where it is gone, PermissionDenied.
    """
    by.require(Capability.COLLECT)
    keys = audience.visible(by).filter(pk=key).values("pk")
    rows = Collection.objects.select_for_update(of=("self",), no_key=True).select_related("top")
    row = rows.filter(pk__in=keys).first()
    if row is None:
        raise CollectionRefused(_("This collection no longer exists, or you can no longer see it."))
    if row.top_id == row.pk:
        row.top = row  # one row, however it changes
    return row


def managing(key: UUID, *, by: Principal) -> Collection:
    """The same for who may rename, share, move and delete it."""
    row = changing(key, by=by)
    audience.require_manage(row, by=by)
    return row


def touch(keys: Iterable[UUID], *, by: Principal, left: UUID | None = None) -> None:
    """That these were changed, when and by whom; the pages that show them, or what they lie in, hear of it.

    `left` is the outermost collection in which one of them lay until now.
    """
    changed = list(keys)
    rows = Collection.objects.filter(pk__in=changed)
    rows.update(
        updated_at=timezone.now(),
        updated_by=by.user,
        revision=F("revision") + 1,
        # The last one that wasn't theirs: the one before, unless that was theirs as well.
        others_revision=Case(When(updated_by=by.user, then=F("others_revision")), default=F("revision")),
    )
    _tell(changed, by=by)
    # Once for all that lies in it: the numbers of a page are also those of the collections inside.
    for top in {*rows.values_list("top", flat=True), *([left] if left else [])}:
        events.publish(brand_id=by.brand.pk, name=f"collections-{top}", to_all=True)


def changed_by_others(row: Collection, *, since: int, user: User | None) -> bool:
    """Whether somebody else has changed it after that revision, whatever this person has done since."""
    is_theirs = user is not None and row.updated_by_id == user.pk
    return (row.others_revision if is_theirs else row.revision) > since


def record(
    verb: Verb, collection: Collection, *, by: Principal, data: Mapping[str, object] | None = None
) -> None:
    """Append the event. Of a collection that not everyone sees the log has no words: more people read it."""
    kept: dict[str, object] = {**(data or {}), "collection": str(collection.pk)}
    everyone = collection.top.everyone
    if not everyone:
        kept = {name: value for name, value in kept.items() if name in ("clips", "collection")}
        kept["private"] = True
    target = collection.name if everyone else ""
    trail.record(verb, brand=by.brand, target=target, actor=by, data=kept)


def _require_owner(row: Collection, owner: User, *, by: Principal) -> None:
    if not audience.may_hand_over(row, by=by):
        raise PermissionDenied(_("Only its owner or an administrator can give a collection another owner."))
    if not audience.may_own(row).filter(user=owner).exists():
        raise CollectionRefused(
            _("Choose an owner who sees this collection, in a role that lets them change collections.")
        )


def _move(row: Collection, parent: Collection | None, *, by: Principal) -> None:
    """Into another, or to the top, where it keeps the audience it had."""
    levels = list(_below(row))
    below = {key for level in levels for key in level}
    if parent is not None:
        parent = changing(parent.pk, by=by)
        if parent.pk == row.pk or parent.pk in below:
            raise CollectionRefused(_("A collection can't lie in itself."))
        _require_depth(parent, height=1 + len(levels))
    before = row.top
    row.parent, row.place = parent, ""
    row.top = parent.top if parent else row
    if parent is None:
        audience.give(row, audience.of(before))
    Collection.objects.filter(pk__in=below).update(top=row.top)


def _tell(keys: Iterable[UUID], *, by: Principal) -> None:
    """Have the pages that show these ask again, whether for what is in them or for who may see them."""
    for key in keys:
        events.publish(brand_id=by.brand.pk, name=f"collection-{key}", to_all=True)


def _with_parent(row: Collection, keys: Iterable[UUID]) -> list[UUID]:
    return [*keys, *([row.parent_id] if row.parent_id else [])]


def _below(row: Collection, *, at: datetime | None = None) -> Iterable[list[UUID]]:
    """The keys of what lies in it, level by level; with `at` of what was deleted then."""
    level = [row.pk]
    for _level in range(DEEPEST):
        rows = Collection.objects.filter(parent__in=level, deleted_at=at)
        level = list(rows.values_list("pk", flat=True))
        if not level:
            return
        yield level


def _require_depth(parent: Collection, *, height: int) -> None:
    if 1 + len(ancestors(parent)) + height > DEEPEST:
        raise CollectionRefused(_("Collections lie at most %(deepest)s levels deep.") % {"deepest": DEEPEST})


def _name(text: str) -> str:
    clean = " ".join(foreign_text.neutral(text).split())
    if not clean:
        raise CollectionRefused(_("Enter a name for the collection."))
    if len(clean) > Collection.LONGEST_NAME:
        raise CollectionRefused(
            _("A name has at most %(longest_name)s characters; this one has %(clean)s.")
            % {"longest_name": Collection.LONGEST_NAME, "clean": language.number(len(clean))}
        )
    return clean


def _description(text: str) -> str:
    clean = foreign_text.neutral(text).strip()
    if len(clean) > Collection.LONGEST_DESCRIPTION:
        raise CollectionRefused(
            _("A description has at most %(longest)s characters; this one has %(length)s.")
            % {
                "longest": language.number(Collection.LONGEST_DESCRIPTION),
                "length": language.number(len(clean)),
            }
        )
    return clean
