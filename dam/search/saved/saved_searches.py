"""Searches under a name: a person's own, and those that the brand shares.

What is kept is the question alone, so a shared search shows each person what they may see. A private one is
nobody else's business and leaves no audit event; one that is shared does. One by a picture that somebody has
dropped keeps the picture and is theirs alone.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.accounts.principals import Principal, person
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.collections import audience
from dam.core import errors, foreign_text, locks, sorting
from dam.search import fields, named, pictures, query
from dam.search.query import Filters
from dam.search.saved import asked
from dam.search.saved.asked import Asked
from dam.search.saved.models import Alert, SavedPicture, SavedSearch
from dam.search.search_field import SearchField

MOST_OWN = 200
MOST_SHARED = 500
KEPT_FOR_UNDO = timedelta(days=30)


class SearchRefused(errors.Refused):
    """A search can't be saved like this; the message says why."""

    code = "search"


class AlreadySaved(errors.Refused):
    """The person sees this search under a name already."""

    code = "already_saved"

    def __init__(self, search: SavedSearch) -> None:
        self.search = search
        super().__init__(_("This search is already saved as “%(search)s”.") % {"search": search.name})


def visible(principal: Principal) -> QuerySet[SavedSearch]:
    """The principal's own searches and those shared with its brand; a guest has none."""
    if principal.user is None or not principal.can(Capability.VIEW):
        return SavedSearch.objects.none()
    theirs = Q(owner=principal.user) | Q(shared=True)
    return SavedSearch.objects.filter(theirs, brand=principal.brand, deleted_at=None)


def listed(principal: Principal) -> QuerySet[SavedSearch]:
    """Those a list shows, collections first, by name."""
    return (
        visible(principal).select_related("owner").order_by("-collection", sorting.alphabetical("name"), "pk")
    )


def question(search: SavedSearch, *, known: Mapping[str, SearchField] = fields.FIELDS) -> Asked:
    """Its filters are told by the words of the fields that are `known`."""
    return asked.read(search.words, search.filters, search.like, known=known)


def is_usable(search: SavedSearch, *, brand: Brand) -> bool:
    """Whether every field that it narrows by is still there: without one it would show too much."""
    known = fields.known(brand)
    return all(name.removeprefix("-") in known for name in search.filters)


def is_personal(search: SavedSearch, *, by: Principal) -> bool:
    """Whether two people of one role may find different clips by it: it names what not everyone sees."""
    known = fields.known(by.brand)
    names = {name.removeprefix("-") for each in _narrowed(search, by=by) for name in each}
    return any(known[name].is_personal for name in names if name in known)


def collections(search: SavedSearch, *, by: Principal) -> frozenset[UUID]:
    """Those that it asks for, of what this principal sees, with what lies in them."""
    known = fields.known(by.brand)
    asked_for = [
        Filters({name: each[name] for name in each if name in known and known[name].in_collections})
        for each in _narrowed(search, by=by)
    ]
    found = named.look_up(asked_for, known=known, brand=by.brand, collections=lambda: audience.visible(by))
    return frozenset().union(*found.collections.values(), *found.inside.values())


def may_change(search: SavedSearch, *, by: Principal) -> bool:
    """Its owner may; what is shared, also those who look after what others share."""
    if by.brand.pk != search.brand_id or by.user is None or not by.can(Capability.VIEW):
        return False
    return search.owner_id == by.user.pk or (search.shared and by.can(Capability.CURATE))


def require_change(search: SavedSearch, *, by: Principal) -> None:
    """Raise PermissionDenied unless this principal may change it."""
    if not may_change(search, by=by):
        raise PermissionDenied(_("Only its owner or a librarian can change this saved search."))


def save(wanted: Asked, *, name: str, by: Principal, shared: bool = False) -> SavedSearch:
    """Keep the search. Raises AlreadySaved, SearchRefused, PermissionDenied."""
    owner = person(by)
    by.require(Capability.VIEW)
    if shared:
        by.require(Capability.SHARE_SEARCHES)
    if not wanted:
        raise SearchRefused(_("Search for something or choose a filter, then save it."))
    name = _clean(name or wanted.title[: SavedSearch.LONGEST_NAME])
    with trail.recording():
        # One after the other, so that a double click makes one and the limits hold.
        locks.hold(f"saved-searches:{by.brand.pk}")
        _require_new(wanted, by=by)
        _require_room(by, shared=shared)
        if shared and wanted.picture:
            raise SearchRefused(_stays_private())
        search = SavedSearch.objects.create(
            brand=by.brand, owner=owner, name=name, shared=shared, **_columns(wanted)
        )
        _keep_picture(search, wanted, by=by)
        if shared:
            _record(Verb.SEARCH_SHARED, search, by=by)
    return search


def edit(search: SavedSearch, *, by: Principal, name: str, shared: bool, collection: bool) -> bool:
    """Rename it, share it or not, pin it as a collection or not; True when anything changed."""
    with trail.recording():
        locked = _changing(search, by=by)
        name = _clean(name)
        if shared != locked.shared:
            by.require(Capability.SHARE_SEARCHES)
            if shared and question(locked).picture:
                raise SearchRefused(_stays_private())
            if shared:
                _require_room(by, shared=True, own=False)
        before = (locked.name, locked.shared, locked.collection)
        if before == (name, shared, collection):
            return False
        verb = {(False, True): Verb.SEARCH_SHARED, (True, False): Verb.SEARCH_UNSHARED}.get(
            (locked.shared, shared), Verb.SEARCH_EDITED
        )
        was_shared = locked.shared
        locked.name, locked.shared, locked.collection = name, shared, collection
        locked.save(update_fields=["name", "shared", "collection", "updated_at"])
        if shared or was_shared:
            _record(verb, locked, by=by, data={"name": [before[0], name]} if before[0] != name else {})
    return True


def ask_instead(search: SavedSearch, wanted: Asked, *, by: Principal, at: datetime | None = None) -> None:
    """Have it ask this from now on. Who is told of news hears of what comes from now on."""
    if not wanted:
        raise SearchRefused(_("Search for something or choose a filter, then update the saved search."))
    with trail.recording():
        locked = _changing(search, by=by)
        if locked.shared and wanted.picture:
            raise SearchRefused(_stays_private())
        _require_new(wanted, by=by, but=locked)
        _keep_picture(locked, wanted, by=by)
        for column, value in _columns(wanted).items():
            setattr(locked, column, value)
        try:
            with transaction.atomic():
                locked.save(update_fields=[*_columns(wanted), "updated_at"])
        except IntegrityError:  # of another's shared search: its owner has the same one
            raise SearchRefused(_("The owner of this search has already saved the same search.")) from None
        Alert.objects.filter(search=locked).update(known=[], known_since=at or timezone.now())
        if locked.shared:
            _record(Verb.SEARCH_EDITED, locked, by=by)


def delete(search: SavedSearch, *, by: Principal, at: datetime | None = None) -> None:
    """Out of every list, until somebody takes it back. Its alerts rest."""
    with trail.recording():
        locked = _changing(search, by=by)
        locked.deleted_at = at or timezone.now()
        locked.save(update_fields=["deleted_at", "updated_at"])
        if locked.shared:
            _record(Verb.SEARCH_DELETED, locked, by=by)


def restore(search_id: UUID, *, by: Principal) -> SavedSearch | None:
    """Take a deletion back; None where there is nothing that this principal could take back."""
    with trail.recording():
        locks.hold(f"saved-searches:{by.brand.pk}")
        rows = SavedSearch.objects.select_for_update(of=("self",)).filter(brand=by.brand)
        search = rows.filter(pk=search_id).exclude(deleted_at=None).first()
        if search is None or not may_change(search, by=by):
            return None
        same = visible(by).filter(owner=search.owner_id, digest=search.digest).first()
        if same is not None:
            raise AlreadySaved(same)
        search.deleted_at = None
        search.save(update_fields=["deleted_at", "updated_at"])
        if search.shared:
            _record(Verb.SEARCH_RESTORED, search, by=by)
    return search


def forget_deleted(*, at: datetime) -> int:
    """Delete for good what nobody has taken back, and private ones whose owner is gone."""
    old = Q(deleted_at__lt=at - KEPT_FOR_UNDO) | Q(owner=None, shared=False)
    return SavedSearch.objects.filter(old).delete()[0]


def _narrowed(search: SavedSearch, *, by: Principal) -> list[Filters]:
    """Its filters and those in its words."""
    wanted = question(search)
    parsed = query.parse(wanted.words, fields=fields.of(by))
    return [wanted.filters, parsed.filters, *parsed.either]


def _changing(search: SavedSearch, *, by: Principal) -> SavedSearch:
    """The row as it is now, locked. Raises PermissionDenied, SearchRefused."""
    rows = SavedSearch.objects.select_for_update(of=("self",)).filter(pk=search.pk, deleted_at=None)
    locked = rows.first()
    if locked is None:
        raise SearchRefused(_("This saved search no longer exists."))
    require_change(locked, by=by)
    return locked


def _require_new(wanted: Asked, *, by: Principal, but: SavedSearch | None = None) -> None:
    """Raise AlreadySaved where this person has it under a name already; their own before a shared one."""
    same = [each for each in visible(by).filter(digest=wanted.digest) if but is None or each.pk != but.pk]
    if same:
        raise AlreadySaved(min(same, key=lambda each: each.owner_id != person(by).pk))


def _require_room(by: Principal, *, shared: bool, own: bool = True) -> None:
    kept = SavedSearch.objects.filter(brand=by.brand, deleted_at=None)
    if own and kept.filter(owner=by.user).count() >= MOST_OWN:
        raise SearchRefused(
            _("You have %(most_own)s saved searches, which is the most. Delete one first.")
            % {"most_own": MOST_OWN}
        )
    if shared and kept.filter(shared=True).count() >= MOST_SHARED:
        raise SearchRefused(
            _("%(brand)s shares %(most_shared)s searches, which is the most. Stop sharing one first.")
            % {"brand": by.brand, "most_shared": MOST_SHARED}
        )


def _stays_private() -> str:
    return _("A search by a picture of yours can't be shared: the picture is yours alone.")


def _keep_picture(search: SavedSearch, wanted: Asked, *, by: Principal) -> None:
    """Keep the picture that it asks by, and no other. Raises SearchRefused where it is there no more."""
    SavedPicture.objects.filter(search=search).exclude(key=wanted.picture).delete()
    if not wanted.picture or SavedPicture.objects.filter(search=search).exists():
        return
    frames = pictures.to_save(wanted.picture, principal=by)
    if not frames:
        raise SearchRefused(
            _("The picture isn't there to be kept. Drop it again and wait for its results, then save.")
        )
    SavedPicture.objects.create(search=search, key=wanted.picture, frames=frames)


def _columns(wanted: Asked) -> dict[str, object]:
    return {
        "words": wanted.words,
        "filters": asked.stored(wanted.filters),
        "like": asked.stored(wanted.like),
        "digest": wanted.digest,
    }


def _clean(name: str) -> str:
    clean = " ".join(foreign_text.neutral(name).split())
    if not clean:
        raise SearchRefused(_("Enter a name for the search."))
    if len(clean) > SavedSearch.LONGEST_NAME:
        raise SearchRefused(
            _("A name has at most %(longest_name)s characters; this one has %(clean)s.")
            % {"longest_name": SavedSearch.LONGEST_NAME, "clean": len(clean)}
        )
    return clean


def _record(verb: Verb, search: SavedSearch, *, by: Principal, data: dict[str, object] | None = None) -> None:
    trail.record(verb, brand=by.brand, target=search.name, actor=by, data=data)
