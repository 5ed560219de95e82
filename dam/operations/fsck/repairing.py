"""Repairs what a check of storage found, each thing in a small transaction: safe to do twice.

A file comes back from a backup; what is made from a master is made again. Bytes that aren't what they should
be are set aside before others take their place. Nothing here deletes a file.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from dam.accounts.models import Brand
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import stored_files
from dam.catalog.models import Rendition, RenditionPart
from dam.core import storage
from dam.ingest import steps
from dam.operations.fsck import looking
from dam.operations.models import Repair, StorageCheck, StorageFinding

BATCH = 100
_DIGEST = re.compile(r"/([0-9a-f]{64})[^/]*$")
Way = Callable[[StorageFinding], Repair]


def run(check: StorageCheck, *, copies: Path | None = None) -> None:
    """Masters first: from one that is not right nothing is made.

    `copies` is where a backup keeps its files, by their keys.
    """
    if copies is not None:
        folder = copies
        _each(check, lambda finding: _from_backup(finding, folder))
    _each(check, _made_again)


def _each(check: StorageCheck, way: Way) -> None:
    last = 0
    open_ = check.findings.filter(repair=Repair.NONE).order_by("pk")
    while batch := list(open_.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        for finding in batch:
            finding.repair = way(finding)
        _keep([finding for finding in batch if finding.repair])


def _keep(done: Sequence[StorageFinding]) -> None:
    """Write down what was repaired, together with the event that says so in each brand."""
    if not done:
        return
    by_brand: dict[int | None, list[StorageFinding]] = defaultdict(list)
    for finding in done:
        if finding.repair != Repair.NOTHING:
            by_brand[finding.brand_id].append(finding)
    with trail.recording():
        StorageFinding.objects.bulk_update(done, ["repair"])
        for brand in Brand.objects.filter(pk__in=[key for key in by_brand if key is not None]):
            found = by_brand[brand.pk]
            data = {**Counter(str(finding.repair) for finding in found)}
            keys = [finding.key for finding in found]
            target = "1 file" if len(found) == 1 else f"{len(found)} files"
            trail.record(Verb.FILES_REPAIRED, brand=brand, target=target, data={**data, "files": keys})


def _from_backup(finding: StorageFinding, copies: Path) -> Repair:
    told = _DIGEST.search(finding.key)
    copy = copies / finding.key
    if told is None or not copy.is_file():
        return Repair.NONE
    if _is_right(finding, digest=told[1]):
        return Repair.NOTHING
    with copy.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != told[1]:
            return Repair.NONE
        file.seek(0)
        _set_aside(finding.key)
        storage.keep(file, key=finding.key)
    return Repair.FROM_BACKUP


def _is_right(finding: StorageFinding, *, digest: str) -> bool:
    """Whether its bytes are what its name says (again)."""
    try:
        return looking.digest(finding.key) == digest
    except FileNotFoundError:
        return False


def _made_again(finding: StorageFinding) -> Repair:
    """Send off the step that makes it; every rendition that has the file, if there are several."""
    # Two queries, each by an index: asked in one, all renditions would be read with all their parts.
    whole = Rendition.objects.filter(storage_key=finding.key).values_list("pk", flat=True)
    in_parts = RenditionPart.objects.filter(storage_key=finding.key).values_list("rendition_id", flat=True)
    found = list(Rendition.objects.filter(pk__in={*whole, *in_parts}).select_related("version"))
    if not found:
        return Repair.NONE if stored_files.is_named(finding.key) else Repair.NOTHING
    masters = [each.version.storage_key for each in found]
    wrong = StorageFinding.objects.filter(check_run=finding.check_run_id, key__in=masters)
    lost = wrong.exclude(repair__in=[Repair.FROM_BACKUP, Repair.NOTHING])
    if lost.exists():
        return Repair.NONE
    begun = [steps.make_lost_again(each.version_id, each.kind) for each in found]
    return Repair.MADE_AGAIN if all(begun) else Repair.NONE


def _set_aside(key: str) -> None:
    if storage.exists(key):
        storage.copy(key, to=stored_files.aside(key))
