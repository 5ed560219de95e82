"""Everything of a brand in one ZIP file: files, rows as JSON Lines, and the chain of events with its head.

Written to a scratch file piece by piece, so that memory doesn't grow with the brand. Secrets aren't in it:
what lets somebody in is kept as a hash here, and not even that leaves.
"""

import json
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import BinaryField
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.access import brand_tables
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand, BrandExport
from dam.accounts.principals import Member
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.core import errors, failures, storage, tasks
from dam.core.language import noop

BLOCK = 1024 * 1024
SECRET = (
    "digest",
    "prefix",
    "password",
    "secret",
    "claim",
)  # columns that have a part of these in their names
LONGEST = timedelta(days=2)  # an export that has not ended by then was lost with its worker
_UNWRITTEN = noop("The export couldn't be written: %(why)s.")
_LOST = noop("The worker that made this export stopped. Start another one.")
FOLDER = "exports"  # below the brand's own: it goes with the brand


class ExportRefused(errors.Refused):
    """No export can be made now."""

    code = "export_refused"


def request(brand: Brand, *, by: Member) -> BrandExport:
    """Ask a worker for it. Raises ExportRefused while one is being made, PermissionDenied."""
    if not by.runs_installation:
        by.require(Capability.MANAGE_BRAND, brand=brand)
    lost = BrandExport.objects.filter(brand=brand, ended_at=None)
    lost = lost.filter(requested_at__lt=timezone.now() - LONGEST)
    lost.update(ended_at=timezone.now(), problem=_LOST)
    try:
        with transaction.atomic():
            export = BrandExport.objects.create(brand=brand, requested_by=by.user)
    except IntegrityError as problem:
        raise ExportRefused(_("An export is being made already.")) from problem
    tasks.enqueue("transcode.export_brand", export_id=export.pk)
    return export


def run(export_id: int) -> None:
    """Make it, unless that was done; the same message may come twice."""
    export = (
        BrandExport.objects.select_related("brand")
        .filter(pk=export_id, ended_at=None, brand__deleted_at=None)
        .first()
    )
    if export is None:
        return
    BrandExport.objects.filter(pk=export.pk).update(began_at=timezone.now())
    problem = ""
    try:
        with storage.scratch() as folder:
            path = Path(folder) / "export.zip"
            write(export.brand, path, at=timezone.now())
            key = f"{export.brand.pk}/{FOLDER}/{export.pk}.zip"
            with path.open("rb") as file:
                storage.keep(file, key=key)
            export.storage_key, export.size = key, path.stat().st_size
    except OSError as failed:
        problem = (_UNWRITTEN % {"why": failed.strerror or type(failed).__name__})[:300]
    except Exception as failed:  # noqa: BLE001 - logged there; without an end it would forbid every other
        problem = failures.sentence(failed, of=f"Export {export.pk}")
    with trail.recording():
        export.problem, export.ended_at = problem, timezone.now()
        export.save(update_fields=["problem", "ended_at", "storage_key", "size"])
        if not problem:
            data = {"size": export.size}
            person = export.requested_by
            trail.record(
                Verb.BRAND_EXPORTED, brand=export.brand, target=export.brand.name, actor=person, data=data
            )


def write(brand: Brand, path: Path, *, at: datetime) -> None:
    """The ZIP file (ZIP64 where it is large). A file that is gone from storage is named in missing.txt."""
    missing: list[str] = []
    with zipfile.ZipFile(path, "w", allowZip64=True) as archive:
        for model in brand_tables.paths():
            _lines(archive, f"rows/{model._meta.label_lower}.jsonl", _rows(model, brand))
        events = Event.objects.filter(brand=brand).order_by("sequence")
        _lines(
            archive, "events.jsonl", (_plain(dict(row)) for row in events.values().iterator(chunk_size=500))
        )
        last = events.last()
        head = {
            "brand": brand.pk,
            "name": brand.name,
            "exported_at": at.isoformat(),
            "events": last.sequence if last else 0,
            "head": last.hash if last else "",
        }
        archive.writestr("export.json", json.dumps(head, indent=2))
        for entry in storage.entries(str(brand.pk)):
            name = entry.key.partition("/")[2]
            if not name.startswith(f"{FOLDER}/") and not _file(archive, f"files/{name}", entry.key):
                missing.append(name)
        if missing:
            archive.writestr("missing.txt", "\n".join(missing))


def _rows(model: Any, brand: Brand) -> Iterator[dict[str, Any]]:
    names = [
        field.attname
        for field in model._meta.concrete_fields
        if not any(part in field.name for part in SECRET)
    ]
    # Numbers that can be made again, which JSON can't say either: a clip's fingerprint among them.
    binary = {field.attname for field in model._meta.concrete_fields if isinstance(field, BinaryField)}
    names = [name for name in names if name not in ("vector", "embedding", "tokens", *binary)]
    for row in brand_tables.rows(model, brand).order_by("pk").values(*names).iterator(chunk_size=500):
        yield _plain(row)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(row, cls=DjangoJSONEncoder, default=None, skipkeys=True))
    return plain


def _lines(archive: zipfile.ZipFile, name: str, rows: Iterator[dict[str, Any]]) -> None:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(info, "w", force_zip64=True) as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


def _file(archive: zipfile.ZipFile, name: str, key: str) -> bool:
    try:
        source = storage.open_file(key)
    except FileNotFoundError:
        return False
    with source, archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as out:
        while block := source.read(BLOCK):
            out.write(block)
    return True
