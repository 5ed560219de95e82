"""Editing an asset's words, and putting it into the trash and back.

Callers have checked the person's capability. After `edit`, refresh the search text
(dam.search.fulltext.refresh): search lies above the catalogue.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.trail import PendingEvent
from dam.audit.verbs import Verb
from dam.catalog import counted_on, tags, versions
from dam.catalog.models import Approval, Asset
from dam.core import errors, events, foreign_text, language, sorting

LONGEST_TITLE = 200
LONGEST_DESCRIPTION = 5_000


class EmptyTitle(errors.Refused):
    """An asset without a title can't be named in a list."""

    code = "empty_title"


class AlreadyThere(errors.Refused):
    """The asset is in the trash already, or out of it already."""

    code = "already_there"


class TitleTooLong(errors.Refused):
    """A title is one line in a list."""

    code = "title_too_long"


class DescriptionTooLong(errors.Refused):
    """A description is read beside its clip."""

    code = "description_too_long"


@dataclass(frozen=True)
class SeenWords:
    """An asset's words as they were when somebody began to edit them; None where that is not known."""

    title: str | None = None
    description: str | None = None
    tags: tuple[str, ...] | None = None


class EditedMeanwhile(errors.Refused):
    """Somebody else changed the same words since they were read; `now` is what each field holds."""

    code = "edited_meanwhile"

    def __init__(self, now: Mapping[str, str]) -> None:
        self.now = now
        fields = {"title": _("title"), "description": _("description"), "tags": _("tags")}
        names = language.listed([fields.get(name, name) for name in now])
        super().__init__(
            _("Someone else changed this while you were editing: %(fields)s.") % {"fields": names}
        )


def edit(
    asset: Asset,
    *,
    by: Principal,
    title: str | None = None,
    description: str | None = None,
    tag_names: Iterable[str] | None = None,
    seen: SeenWords | None = None,
) -> bool:
    """Change the words that are given; True when anything changed.

    With `seen`, what the editor left as it was stays as others have made it meanwhile, tags are put in and
    taken out one by one, and two different texts for one field raise EditedMeanwhile. Also raises
    EmptyTitle, TitleTooLong, DescriptionTooLong, TagRefused, PermissionDenied. The audit event carries each
    changed field's words before and after.
    """
    by.require(Capability.EDIT, brand=asset.brand)
    with trail.recording():
        locked = Asset.objects.select_for_update(no_key=True).get(pk=asset.pk)
        asset.search_words = locked.search_words  # a version may have come meanwhile: refresh needs its words
        if seen is not None:
            title, description, tag_names = _merged(locked, title, description, tag_names, seen)
        changes: dict[str, list[object]] = {}
        if title is not None:
            title = clean_title(title)
            if title != locked.title:
                changes["title"] = [locked.title, title]
                locked.title = title
        if description is not None and description.strip() != locked.description:
            description = clean_description(description)
            changes["description"] = [locked.description, description]
            locked.description = description
        if tag_names is not None:
            before = list(locked.tags.values_list("name", flat=True))
            if tags.assign(locked, tag_names):
                changes["tags"] = [before, list(locked.tags.values_list("name", flat=True))]
        if not changes:
            return False
        locked.save(update_fields=["title", "description", "updated_at"])
        trail.record(
            Verb.ASSET_EDITED,
            brand=locked.brand,
            target=locked.title,
            actor=by,
            asset_id=locked.pk,
            data=changes,
        )
        publish([locked])
    asset.title, asset.description = locked.title, locked.description
    return True


def clean_title(title: str) -> str:
    """On one line, as it is kept. Raises EmptyTitle, TitleTooLong."""
    title = " ".join(foreign_text.neutral(title).split())
    if len(title) > LONGEST_TITLE:
        raise TitleTooLong(
            _("A title has at most %(longest_title)s characters; this one has %(value)s.")
            % {"longest_title": LONGEST_TITLE, "value": len(title)}
        )
    if not title:
        raise EmptyTitle(_("Enter a title."))
    return title


def clean_description(text: str) -> str:
    """As it is kept. Raises DescriptionTooLong."""
    text = text.strip()
    if len(text) > LONGEST_DESCRIPTION:
        raise DescriptionTooLong(
            _("A description has at most %(longest)s characters; this one would have %(value)s.")
            % {"longest": language.number(LONGEST_DESCRIPTION), "value": language.number(len(text))}
        )
    return text


def set_focus(asset: Asset, *, by: Principal, x: int, y: int) -> bool:
    """What stays in the picture where it is cropped, in thousandths; whether that changed.

    Raises PermissionDenied.
    """
    by.require(Capability.EDIT, brand=asset.brand)
    with trail.recording():
        locked = Asset.objects.select_for_update(no_key=True).get(pk=asset.pk)
        before, after = [locked.focus_x, locked.focus_y], [x, y]
        if before == after:
            return False
        locked.focus_x, locked.focus_y = x, y
        locked.save(update_fields=["focus_x", "focus_y", "updated_at"])
        data = {"focus": [_place(before), _place(after)]}
        trail.record(
            Verb.ASSET_EDITED,
            brand=locked.brand,
            target=locked.title,
            actor=by,
            asset_id=locked.pk,
            data=data,
        )
        if locked.latest_id is not None:
            events.publish(brand_id=locked.brand_id, name=f"version-{locked.latest_id}")
    return True


def _place(focus: list[int]) -> str:
    return " / ".join(f"{each / 10:g} %" for each in focus)


def _merged(
    locked: Asset,
    title: str | None,
    description: str | None,
    tag_names: Iterable[str] | None,
    seen: SeenWords,
) -> tuple[str | None, str | None, Iterable[str] | None]:
    """What the editor changed, put onto what the asset holds now."""
    typed = {"title": title, "description": description}
    conflicts: dict[str, str] = {}
    for name in typed:
        new, old, now = typed[name], getattr(seen, name), getattr(locked, name)
        if new is None or old is None or _same(new, now):
            continue
        if _same(new, old):
            typed[name] = None
        elif not _same(old, now):
            conflicts[name] = now
    if conflicts:
        raise EditedMeanwhile(conflicts)
    if tag_names is not None and seen.tags is not None:
        wanted, before = tags.clean(tag_names), set(seen.tags)
        gone = before - set(wanted)
        kept = [name for name in locked.tags.values_list("name", flat=True) if name not in gone]
        tag_names = [*kept, *(name for name in wanted if name not in before)]
    return typed["title"], typed["description"], tag_names


def in_order(names: Iterable[str]) -> list[str]:
    """Tags as events name them."""
    return sorted(names, key=lambda name: (sorting.key(name), name))


def _same(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but how a form sends line ends."""
    return one.strip().splitlines() == other.strip().splitlines()


def add_tags(chosen: Collection[Asset], names: Iterable[str], *, by: Principal) -> list[Asset]:
    """Put tags on many assets; those they have stay, also those that somebody else adds this moment.

    Returns the assets that changed. Rows are locked in one order: two who tag the same clips queue up. Raises
    TagRefused.
    """
    cleaned = tags.clean(names)
    for asset in chosen:
        by.require(Capability.EDIT, brand=asset.brand)
    with trail.recording():
        locked = lock(chosen)
        before = tags.of(locked)
        added = {asset.pk: [name for name in cleaned if name not in before[asset.pk]] for asset in locked}
        changed = [asset for asset in locked if added[asset.pk]]
        for asset in changed:
            tags.require_room([*before[asset.pk], *added[asset.pk]])
        tags.add({asset: added[asset.pk] for asset in changed})
        Asset.objects.filter(pk__in=[asset.pk for asset in changed]).update(updated_at=timezone.now())
        trail.record_many(
            PendingEvent(
                Verb.ASSET_EDITED,
                brand=asset.brand,
                target=asset.title,
                actor=by,
                asset_id=asset.pk,
                data={"tags": [in_order(before[asset.pk]), in_order({*before[asset.pk], *added[asset.pk]})]},
            )
            for asset in changed
        )
        publish(changed)
    return changed


def refusals_to_move(chosen: Collection[Asset], *, by: Principal) -> dict[UUID, str]:
    """Why this principal may not put the assets into the trash or take them out; empty where they may.

    Reads `asset.latest`: select it. One query at most.
    """
    reasons = {asset.pk: _refusal_to_move(asset, by=by) for asset in chosen}
    if not by.can(Capability.TRASH):
        reason = _(
            "Only a librarian or an administrator can trash a clip in review, approved or released, or one "
            "that such a clip was made from."
        )
        own = [asset for asset in chosen if not reasons[asset.pk]]
        reasons |= dict.fromkeys(counted_on.among(own), reason)
    return reasons


def refusal_to_move(asset: Asset, *, by: Principal) -> str:
    """The same of one asset."""
    return refusals_to_move([asset], by=by)[asset.pk]


def _refusal_to_move(asset: Asset, *, by: Principal) -> str:
    """Whoever counts on the asset."""
    if by.brand.pk != asset.brand_id or not by.can(Capability.DISCARD):
        return by.refusal(Capability.TRASH)
    if asset.held_at is not None and asset.trashed_at is None:
        return _("This clip is under legal hold. It stays in the library until the hold is lifted.")
    if not by.can(Capability.TRASH) and asset.created_by_id != (by.user.pk if by.user else None):
        return _("Only a librarian or an administrator can move other people's clips to the trash.")
    return ""


def in_review(asset: Asset) -> bool:
    """Whether a newer version would end a review. Reads `asset.latest`: select it."""
    return asset.latest is not None and asset.latest.approval == Approval.IN_REVIEW


def trash(asset: Asset, *, by: Principal, at: datetime | None = None) -> None:
    """Out of every list, until somebody restores it. Raises AlreadyThere, PermissionDenied.

    `at` names what was trashed together: whoever did it can take it back by that moment.
    """
    at = at or timezone.now()
    if not trash_many([asset], by=by, at=at):
        raise AlreadyThere(_("The clip is already in the trash."))
    asset.trashed_at = at


def trash_many(chosen: Collection[Asset], *, by: Principal, at: datetime | None = None) -> list[Asset]:
    """Out of every list; the assets that were not in the trash before."""
    return _move(chosen, by=by, trashed_at=at or timezone.now())


def restore(asset: Asset, *, by: Principal) -> None:
    """Out of the trash, back to where it was. Raises AlreadyThere, PermissionDenied."""
    if not _move([asset], by=by, trashed_at=None):
        raise AlreadyThere(_("The clip isn't in the trash."))
    asset.trashed_at = None


def _move(chosen: Collection[Asset], *, by: Principal, trashed_at: datetime | None) -> list[Asset]:
    for asset in chosen:
        by.require(Capability.DISCARD, brand=asset.brand)
    restoring = trashed_at is None
    with trail.recording():
        locked = lock(chosen)
        for refusal in filter(None, refusals_to_move(locked, by=by).values()):
            raise PermissionDenied(refusal)
        moved = [asset for asset in locked if (asset.trashed_at is not None) == restoring]
        Asset.objects.filter(pk__in=[asset.pk for asset in moved]).update(
            trashed_at=trashed_at, updated_at=timezone.now()
        )
        trail.record_many(
            PendingEvent(
                Verb.ASSET_RESTORED if restoring else Verb.ASSET_TRASHED,
                brand=asset.brand,
                target=asset.title,
                actor=by,
                asset_id=asset.pk,
            )
            for asset in moved
        )
        publish(moved)
    return moved


def restore_many(chosen: Collection[Asset], *, by: Principal) -> list[Asset]:
    """Out of the trash; the assets that were in it."""
    return _move(chosen, by=by, trashed_at=None)


def lock(chosen: Collection[Asset]) -> list[Asset]:
    """The rows as they are now, locked in the order of their ids."""
    rows = Asset.objects.filter(pk__in=[asset.pk for asset in chosen]).order_by("pk")
    keys = list(rows.select_for_update(no_key=True).values_list("pk", flat=True))
    # Behind the lock: a statement that waited for it sees what it joins as that was before its wait.
    return list(Asset.objects.filter(pk__in=keys).select_related("brand", "latest").order_by("pk"))


def publish(changed: Collection[Asset]) -> None:
    """Tell open pages that these changed."""
    released = [asset.released_id for asset in changed if asset.released_id]
    out = versions.not_under_embargo(released) if released else set()
    for brand_id in {asset.brand_id for asset in changed}:
        to_all = any(asset.released_id in out for asset in changed if asset.brand_id == brand_id)
        events.publish(brand_id=brand_id, name="library", to_all=to_all)
    for asset in changed:
        for version_id in {asset.latest_id, asset.released_id} - {None}:
            to_all = version_id == asset.released_id and version_id in out
            events.publish(brand_id=asset.brand_id, name=f"version-{version_id}", to_all=to_all)
