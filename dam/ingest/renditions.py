"""The work of every rendition's step: have its recipe make it, keep its files, then its rows."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from django.db import DatabaseError, InterfaceError, transaction
from django.utils.module_loading import import_string

from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import stored_files, versions
from dam.catalog.models import Version
from dam.catalog.versions import StoredPart
from dam.core import database, storage
from dam.core.storage import Stored
from dam.ingest import disk_space
from dam.media import specs
from dam.media.probe import MediaInfo
from dam.media.recipes import Made, MadeFile
from dam.media.runner import Told

log = logging.getLogger(__name__)


def make(
    version: Version,
    kind: str,
    *,
    recipe: str = "",
    wishes: Mapping[str, Any] | None = None,
    told: Told | None = None,
    require: Callable[[], None] = lambda: None,
) -> str:
    """Make the version's rendition of this kind; made again, it takes the earlier one's place.

    By another `recipe` than the usual one where that is given, with the `wishes` that it knows. `told` hears
    now and then how much is done, 0 to 1, where the recipe can say. `require` is called in the transaction
    that keeps the file, and raises where that must not be kept. Returns a remark for people. On any failure
    no file stays that no row names.
    """
    spec = specs.find(kind)
    if spec is None:
        raise LookupError(f"There is no rendition named {kind!r}.")
    given = {**(wishes or {}), **({"told": told} if told and spec.tells else {})}
    with ExitStack() as copies:
        given |= {other: _copy_of(version, other, copies) for other in spec.uses}
        master, folder, info = copies.enter_context(opened(version))
        made: Made = import_string(recipe or spec.recipe)(master, folder, info=info, **given)
        keep(version, kind, made, require=require)
    return made.remark


@contextmanager
def opened(version: Version) -> Iterator[tuple[Path, Path, MediaInfo]]:
    """Its master, a folder to make files in, and what is known of it. Raises FileRefused of a full disk."""
    disk_space.require_work(0)
    with storage.local_copy(version.storage_key) as master, storage.scratch() as folder:
        database.release()
        yield master, folder, MediaInfo.from_json(version.media_info)


def keep(version: Version, kind: str, made: Made, *, require: Callable[[], None] = lambda: None) -> None:
    """Store what a recipe made, and keep it in the place of an earlier one; `require` as in `make`."""
    with _storing(version) as stored:
        file = _put(version, made.file, stored)
        parts = [StoredPart(part.name, _put(version, part, stored), part.content_type) for part in made.parts]
        database.again(lambda: _keep(version, kind, made, file, parts, require))


def _copy_of(version: Version, kind: str, copies: ExitStack) -> Path | None:
    """Its file of that kind, as long as `copies` are kept; None where it has none, or where that is lost."""
    rendition = version.renditions.filter(kind=kind).first()
    if rendition is None:
        return None
    try:
        return copies.enter_context(storage.local_copy(rendition.storage_key))
    except FileNotFoundError:
        return None


def _put(version: Version, file: MadeFile, stored: list[Stored]) -> Stored:
    stored.append(storage.put(file.path, brand_id=version.brand_id, suffix=file.path.suffix))
    return stored[-1]


def _keep(
    version: Version,
    kind: str,
    made: Made,
    file: Stored,
    parts: list[StoredPart],
    require: Callable[[], None],
) -> None:
    width, height = made.size or (None, None)
    with trail.recording():
        require()
        versions.keep_rendition(
            version,
            kind,
            file,
            content_type=made.file.content_type,
            width=width,
            height=height,
            details=made.details,
            parts=parts,
        )
        if made.frame_count is not None:
            rate = MediaInfo.from_json(version.media_info).frame_rate
            versions.set_timeline(version.pk, frame_count=made.frame_count, frame_rate=rate)
        for name, fact in made.facts.items():
            versions.add_fact(version.pk, name, fact)
        if found := versions.add_warnings(version.pk, made.warnings):
            trail.record(
                Verb.VERSION_DAMAGE_FOUND,
                brand=version.brand,
                target=version.asset.title,
                asset_id=version.asset_id,
                data={"number": version.number, "warnings": found},
            )


@contextmanager
def _storing(version: Version) -> Iterator[list[Stored]]:
    """What the block has put into storage goes again when it fails, unless some row names it."""
    stored: list[Stored] = []
    try:
        yield stored
    except BaseException:
        for file in stored:
            try:
                with transaction.atomic():
                    stored_files.drop(file, brand_id=version.brand_id)
            except (DatabaseError, InterfaceError, OSError):
                log.warning("%s stays until the cleanup finds it.", file.key)
        raise
