"""Taking a file into the library: the one place where assets and versions are made."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from dam.accounts.models import Brand, User
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import stored_files, versions
from dam.catalog.models import Approval, Asset, Origin, Version
from dam.core import errors, events, foreign_text, locks, storage
from dam.core.lazily import lazy
from dam.core.storage import Stored
from dam.core.text import storable_json
from dam.custom_fields import values
from dam.ingest import disk_space, filenames, metadata_mapping, next_versions, steps
from dam.ingest.next_versions import NoTarget
from dam.media.errors import FileRefused
from dam.media.probe import Kind, MediaInfo
from dam.rights import consents, making, statements
from dam.rights.model_licences import made_with, standings
from dam.rights.model_licences.standings import Weights
from dam.rights.models import Relation, RightsRecord
from dam.search import fulltext

# What happens in the same transaction when a newer version takes a version's place. By name: it lives above
# this package (a test checks that each exists). Each is called with the version, its asset and itself locked.
ON_REPLACE = ("provenance.review.reviews.supersede",)


class AlreadyKnown(errors.Refused):
    """The brand has these very bytes already, as `version`; `asset` is the one they were meant for."""

    code = "already_known"

    def __init__(self, version: Version, *, asset: Asset | None = None) -> None:
        self.version = version
        known = version.asset
        if asset is not None and known.pk == asset.pk:
            place = _("as version %(number)s of this clip") % {"number": version.number}
        elif known.trashed_at:
            place = _("in the trash as “%(known)s”. You can restore it there") % {"known": known.title}
        else:
            place = _("as “%(known)s”") % {"known": known.title}
        super().__init__(_("This file is already in the library, %(place)s.") % {"place": place})


class Overtaken(errors.Refused):
    """What was to be undone is no longer the last thing: others have gone on from it since."""

    code = "overtaken"


class MasterGone(errors.Refused):
    """The version is deleted, or its file isn't in storage."""

    code = "master_gone"
    message = lazy("The file isn't in storage any more. Upload it again.")


def accept(
    path: Path,
    *,
    brand: Brand,
    user: User,
    filename: str,
    title: str,
    origin: Origin,
    media_info: MediaInfo,
    content_type: str,
    search_words: str = "",
    staged: str | None = None,
    asset: Asset | None = None,
    on_accept: Callable[[Version], None] | None = None,
    sha256: str | None = None,
    made_from: Mapping[UUID, Relation] | None = None,
    made_by: Weights | None = None,
    note: str = "",
) -> Version:
    """Store the file and then, in one transaction, make Asset, Version, RightsRecord, steps and audit event.

    `staged` is the key of a staged file with the same bytes, which are then not sent again; `sha256` is what
    they come to, where the caller has just read them. With `asset` it becomes the next version of that one,
    which keeps its title, and ends an open review of the version before (ON_REPLACE). `made_from` are the
    versions that it was made from, as whoever made the file knows; `made_by` the model. `note` says what
    changed with a next version, cleaned. `on_accept` runs in that transaction.
    Raises AlreadyKnown, NoTarget for an asset in the trash, NotMadeFrom, and FileRefused when there is no
    room. On any failure nothing stays behind: neither rows nor the stored file.
    """
    sha256 = sha256 or storage.sha256_of(path)
    suffix = media_info.format.suffix
    # Before the transaction: sending fifty gigabytes takes long, and nobody waits for it on a lock.
    with _storing(path, brand=brand, sha256=sha256, suffix=suffix, staged=staged), trail.recording():
        # Of two that bring the same bytes at once the second waits here, and then finds them known.
        locks.hold(storage.key_for(brand_id=brand.pk, sha256=sha256, suffix=""))
        require_unknown(sha256, brand=brand, asset=asset)
        # It is there, unless it was an old file without a row that the cleanup took a moment ago.
        stored = storage.put(path, brand_id=brand.pk, suffix=suffix, sha256=sha256, staged=staged)
        version = _write(
            stored,
            brand=brand,
            user=user,
            filename=filenames.clean(filename),
            title=foreign_text.line(title, longest=filenames.LONGEST_TITLE) or filenames.UNNAMED,
            origin=origin,
            info=media_info,
            content_type=content_type,
            search_words=search_words,
            asset=asset,
            made_from=made_from or {},
            made_by=made_by,
            note=note if asset else "",
        )
        if on_accept is not None:
            on_accept(version)
    return version


def require_unknown(sha256: str, *, brand: Brand, asset: Asset | None) -> None:
    """Raises AlreadyKnown, about `asset` where that is one of those that have the bytes."""
    same = Version.objects.select_related("asset").filter(brand=brand, sha256=sha256).order_by("pk")
    known = same.filter(asset=asset).first() or same.first()
    if known is not None:
        raise AlreadyKnown(known, asset=asset)


def repeat(version: Version, *, asset: Asset, user: User, note: str = "", undoes: bool = False) -> Version:
    """The same master once more, as the next version of `asset`: its file is stored already and stays one.

    Of its own clip it is restored so: an older version becomes the newest. `note` says why, cleaned.
    What belongs to the bytes comes along (how they were made, what they need, what was said of their origin
    and rights, what the probe saw), beside what the version before needs; what was decided of that version
    does not: this one is a draft without rights. With `undoes` it was the newest until another was
    restored, which is a draft still and the newest: else it raises Overtaken.
    Raises AlreadyKnown where it is the latest version of that clip, NoTarget for one in the trash or of
    another kind, and MasterGone.
    """
    stored = Stored(key=version.storage_key, sha256=version.sha256, size=version.size)
    with trail.recording():
        # As in `accept`: whoever deletes the file in this moment waits, or has deleted its row.
        locks.hold(storage.key_for(brand_id=version.brand_id, sha256=version.sha256, suffix=""))
        latest = versions.latest_locked(asset.pk)
        if undoes:
            _require_undoable(version, latest)
        if latest.sha256 == version.sha256:
            raise AlreadyKnown(latest, asset=asset)
        now = Version.objects.filter(pk=version.pk).first()
        if now is None or not storage.exists(stored.key):
            raise MasterGone
        making.before_carrying(version, latest)
        added = _write(
            stored,
            brand=version.brand,
            user=user,
            filename=version.filename,
            title="",
            origin=Origin(version.origin),
            info=MediaInfo.from_json(version.media_info),
            content_type=version.content_type,
            search_words=version.search_words,
            asset=asset,
            made_from={},
            made_by=None,
            note=note,
            same=now,
        )
        if version.seed is not None:
            versions.set_making(added.pk, model=version.model, seed=version.seed, prompt=version.prompt)
        making.carry(version, added)  # the same bytes were made from the same
        made_with.carry(version, added)
        consents.carry(version, added)  # and show the same people
    return added


def _require_undoable(version: Version, latest: Version) -> None:
    if latest.number != version.number + 1:
        raise Overtaken(
            _(
                "Not undone: version %(number)s was added since. To go back to version %(wanted)s all the "
                "same, choose Restore beside it."
            )
            % {"number": latest.number, "wanted": version.number}
        )
    if latest.approval != Approval.DRAFT:
        raise Overtaken(
            _(
                "Not undone: version %(number)s was sent to review since. To go back to version %(wanted)s "
                "all the same, choose Restore beside it."
            )
            % {"number": latest.number, "wanted": version.number}
        )


@contextmanager
def _storing(path: Path, *, brand: Brand, sha256: str, suffix: str, staged: str | None) -> Iterator[None]:
    """The file is in storage while its rows are made, and goes when that fails and nobody else needs it."""
    key = storage.key_for(brand_id=brand.pk, sha256=sha256, suffix=suffix)
    fresh = not storage.exists(key)  # a released file that comes back is stored already
    if fresh and staged is None:
        disk_space.require(path.stat().st_size)
    try:
        stored = storage.put(path, brand_id=brand.pk, suffix=suffix, sha256=sha256, staged=staged)
    except OSError as problem:
        if problem.errno in storage.FULL:
            raise FileRefused("disk_full") from problem
        raise
    try:
        yield
    except BaseException:
        if fresh:
            # Where database or storage is gone too, the cleanup finds it; what is told is what went wrong.
            with suppress(DatabaseError, storage.Unavailable), transaction.atomic():
                stored_files.drop(stored, brand_id=brand.pk)
        raise


def _write(
    stored: Stored,
    *,
    brand: Brand,
    user: User,
    filename: str,
    title: str,
    origin: Origin,
    info: MediaInfo,
    content_type: str,
    search_words: str,
    asset: Asset | None,
    made_from: Mapping[UUID, Relation],
    made_by: Weights | None,
    note: str = "",
    same: Version | None = None,
) -> Version:
    replaced = None
    if asset is None:
        asset = Asset.objects.create(
            brand=brand,
            title=title,
            description=metadata_mapping.description(info, origin=origin),
            search_words=search_words,
            origin=origin,
            created_by=user,
        )
        values.apply_defaults(asset, kind=info.kind)
    else:
        replaced = versions.latest_locked(asset.pk)
        asset = replaced.asset
        if asset.trashed_at is not None:
            raise NoTarget("no_asset", _("The clip is in the trash. Restore it, then add the version."))
        next_versions.require_kind(info.kind, was=replaced.kind)
        _add_words(asset, search_words)
    version = Version.objects.create(
        asset=asset,
        brand=brand,
        number=replaced.number + 1 if replaced else 1,
        origin=origin,
        declared_origin=same.declared_origin if same else "",
        sha256=stored.sha256,
        size=stored.size,
        content_type=content_type,
        filename=filename,
        search_words=search_words,
        storage_key=stored.key,
        created_by=user,
        note=note,
        media_info=storable_json(info.to_json()),
        kind=info.kind,
        **_columns(info),
    )
    Asset.objects.filter(pk=asset.pk).update(latest=version)
    asset.latest = version
    if replaced is not None:
        making.before_carrying(replaced)
    if made_from:
        making.hold_alone(brand.pk)  # as before_carrying does, before the rights are written
    RightsRecord.objects.create(version=version, **statements.carried(replaced, same=same))
    if replaced is not None:
        making.carry(replaced, version)
        consents.carry(replaced, version)
        if made_by is None:
            made_with.carry(replaced, version)
    if made_by is not None:
        standings.record(version, made_by)
    making.record_all(version, made_from, by=user)
    metadata_mapping.suggest(version, info)
    fulltext.refresh(asset)
    facts: dict[str, object] = {"filename": filename, "sha256": stored.sha256, "size": stored.size}
    if made_from:
        facts["made_from"] = sorted(map(str, made_from))
    if info.warnings:
        facts["warnings"] = list(info.warnings)
    verb = Verb.ASSET_GENERATED if origin == Origin.GENERATED else Verb.ASSET_UPLOADED
    if replaced is not None:
        for name in ON_REPLACE:
            import_string(name)(replaced, by=user, newer=version)
        verb, facts = Verb.VERSION_ADDED, {**facts, "number": version.number, "origin": origin}
        facts |= {"note": note} if note else {}
        facts |= {"restored": same.number} if same and same.asset_id == asset.pk else {}
        events.publish(brand_id=brand.pk, name=f"version-{replaced.pk}")
    trail.record(verb, brand=brand, target=asset.title, actor=user, asset_id=asset.pk, data=facts)
    steps.begin(version)
    events.publish(brand_id=brand.pk, name="library")
    return version


def _columns(info: MediaInfo) -> dict[str, object]:
    """What the version's columns say of the file: of a still no length, of sound no picture."""
    if info.kind is Kind.SOUND:
        return {"duration_ms": info.duration_ms, "colours": []}
    size = {"width": info.width, "height": info.height}
    if info.kind is Kind.STILL:
        return {**size}
    return {
        **size,
        "frame_count": info.frame_count,
        "rate_numerator": info.frame_rate.numerator,
        "rate_denominator": info.frame_rate.denominator,
        "duration_ms": info.duration_ms,
    }


def _add_words(asset: Asset, words: str) -> None:
    """Find the asset by the new version's words too; once it is released, only by those it was released with.

    Whoever sees released work alone would else find it by the words of a draft.
    """
    if words and asset.released_id is None and words not in asset.search_words:
        asset.search_words = f"{asset.search_words}\n{words}".strip()
        asset.save(update_fields=["search_words"])
