"""Where each brand's chain had come to, written down outside the database.

A chain from which the newest events were cut off, or that somebody made anew from its beginning, is intact
in itself. The anchors say otherwise: one line for each quarter of an hour in which something happened, kept
in storage and sealed like an event.
"""

import hmac
import io
import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import transaction

from dam.accounts.models import Brand
from dam.audit import seals, trail
from dam.audit.models import Event
from dam.core import locks, storage

log = logging.getLogger(__name__)

FOLDER = "audit-anchors"
_ALL_OF_NEWEST = 2000
MOST_AT_ONCE = 5000  # events that a page reads


@dataclass(frozen=True)
class Anchor:
    """Event number `sequence` of a brand had this hash at that time (ISO 8601)."""

    brand: int
    sequence: int
    hash: str
    at: str
    sealed_with: str
    seal: str = ""

    def sealed(self, seal: seals.Seal) -> str:
        return seal.over(f"{self.brand}/{self.sequence}/{self.hash}/{self.at}".encode())


@dataclass(frozen=True)
class Broken:
    """What does not hold: from which event on, and whether events at the end are missing."""

    sequence: int
    cut_off: bool = False


def check(brand: Brand) -> Broken | None:
    """The first place where the brand's chain does not hold, by itself or against its anchors.

    Raises trail.UnknownSeal, storage.Unavailable.
    """
    broken = trail.first_broken(brand)
    if broken is not None:
        return Broken(broken.sequence)
    return _against(brand, list(_kept(brand.pk)))


@dataclass(frozen=True)
class Glance:
    """What a look in bounded time found. Events up to `since` were held against their anchors alone."""

    broken: Broken | None
    since: int
    count: int


def glance(brand: Brand) -> Glance:
    """The anchors' hashes, and every event since the newest anchor, of which there are few.

    Raises trail.UnknownSeal, storage.Unavailable.
    """
    known = list(_kept(brand.pk))
    last = Event.objects.filter(brand=brand).order_by("-sequence").first()
    count = last.sequence if last else 0
    anchored = max((anchor.sequence for anchor in known), default=0)
    since = max(anchored, count - MOST_AT_ONCE, 0)
    broken = _against(brand, known)
    if broken is None and since == 0:
        event = trail.first_broken(brand)
        broken = Broken(event.sequence) if event else None
    elif broken is None:
        start = Event.objects.filter(brand=brand, sequence=since).first()
        event = trail.first_broken_after(start) if start else None
        broken = Broken(event.sequence) if event else None if start else Broken(since)
    return Glance(broken, since, count)


def _against(brand: Brand, known: list[Anchor]) -> Broken | None:
    """The first anchor that the chain doesn't come by."""
    hashes = dict(
        Event.objects.filter(brand=brand, sequence__in=[anchor.sequence for anchor in known]).values_list(
            "sequence", "hash"
        )
    )
    for anchor in known:
        if anchor.sequence not in hashes:
            last = Event.objects.filter(brand=brand).order_by("-sequence").first()
            return Broken((last.sequence if last else 0) + 1, cut_off=True)
        if hashes[anchor.sequence] != anchor.hash:
            return Broken(anchor.sequence)
    return None


def anchor_all() -> int:
    """Anchor every brand whose chain has grown; how many were.

    One that does not hold, or can't be checked here, is logged instead and keeps no other from its anchor.
    """
    return sum(_anchor(brand) for brand in Brand.objects.order_by("pk").iterator())


@transaction.atomic
def _anchor(brand: Brand) -> bool:
    locks.hold(f"anchors:{brand.pk}")  # first: of two that run at once the later one must not see less
    last = Event.objects.filter(brand=brand).order_by("-sequence").first()
    if last is None:
        return False
    known = list(_kept(brand.pk))
    newest = known[-1] if known else None
    if newest is not None and newest.sequence == last.sequence and newest.hash == last.hash:
        return False
    try:
        holds = _holds(brand, newest)
    except trail.UnknownSeal as key:
        log.critical("The audit trail of %s was sealed with key %s, which is not here.", brand.slug, key)
        return False
    if not holds:
        log.critical("The audit trail of %s does not hold. See its Activity page.", brand.slug)
        return False
    seal = seals.current()
    anchor = Anchor(brand.pk, last.sequence, last.hash, last.at.isoformat(), seal.name)
    lines = [*_thinned(known), Anchor(**{**asdict(anchor), "seal": anchor.sealed(seal)})]
    text = "".join(json.dumps(asdict(line)) + "\n" for line in lines)
    storage.keep(io.BytesIO(text.encode()), key=_key(brand.pk))
    return True


def set_aside(stamp: str) -> int:
    """Keep every brand's anchors under another name, for a database that is put back to an earlier state.

    They would call what happened since cut off, and rightly. How many were set aside.
    """
    known = [entry.key for entry in storage.entries(FOLDER) if entry.key.count("/") == 1]
    for key in known:
        storage.copy(key, to=f"{FOLDER}/before-{stamp}/{key.rpartition('/')[2]}")
        storage.delete(key)
    return len(known)


def _holds(brand: Brand, newest: Anchor | None) -> bool:
    """Whether the chain holds from its last anchor on. Raises trail.UnknownSeal."""
    if newest is None:
        return trail.first_broken(brand) is None
    event = Event.objects.filter(brand=brand, sequence=newest.sequence, hash=newest.hash).first()
    return event is not None and trail.first_broken_after(event) is None


def _thinned(known: list[Anchor]) -> list[Anchor]:
    """All of the newest, one in eight of those before: what lies between is covered by the next one."""
    return known[:-_ALL_OF_NEWEST:8] + known[-_ALL_OF_NEWEST:] if len(known) > 2 * _ALL_OF_NEWEST else known


def copy_out(folder: Path) -> int:
    """Add to files in a folder the anchors that they lack; how many those were. None there is ever lost.

    The folder is best on another machine, where nobody who works on this one can write: what is cut off here
    and in storage still shows there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    added = 0
    for brand_id in Brand.objects.order_by("pk").values_list("pk", flat=True):
        path = folder / f"{brand_id}.jsonl"
        there = set(path.read_text().splitlines()) if path.exists() else set()
        new = [line for line in _lines(brand_id) if line not in there]
        if new:
            with path.open("a") as file:
                file.writelines(f"{line}\n" for line in new)
        added += len(new)
    return added


def check_elsewhere(brand: Brand, folder: Path) -> Broken | None:
    """The first anchor kept in the folder that the brand's chain doesn't come by."""
    path = folder / f"{brand.pk}.jsonl"
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    return _against(brand, list(_sealed(brand.pk, lines)))


def _kept(brand_id: int) -> Iterator[Anchor]:
    """The brand's anchors, oldest first; those that nobody with a key wrote are passed over and logged."""
    yield from _sealed(brand_id, _lines(brand_id))


def _lines(brand_id: int) -> list[str]:
    try:
        file = storage.open_file(_key(brand_id))
    except FileNotFoundError:
        return []
    with file:
        return file.read().decode(errors="replace").splitlines()


def _sealed(brand_id: int, lines: list[str]) -> Iterator[Anchor]:
    for line in lines:
        try:
            anchor = Anchor(**json.loads(line))
        except (ValueError, TypeError):
            log.error("A line among the anchors of brand %s can't be read.", brand_id)
            continue
        seal = seals.named(anchor.sealed_with)
        if (
            anchor.brand != brand_id
            or seal is None
            or not hmac.compare_digest(anchor.sealed(seal), anchor.seal)
        ):
            log.error("An anchor of brand %s was not written by this installation.", brand_id)
            continue
        yield anchor


def _key(brand_id: int) -> str:
    return f"{FOLDER}/{brand_id}.jsonl"
