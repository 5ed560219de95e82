"""Two files that anybody may have compared: kept until they are read, what was found for an hour.

Each is judged as a file that comes alone (public_checks), and counts as one. Then their pictures are compared
(dam.media.copy_changes), of frames that the decoder process reads within its limits.
"""

import json
import logging
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files import File
from django.utils import timezone

from dam.core import sandbox, storage
from dam.core.tasks import offer, send
from dam.media import budgets, copy_changes, runner
from dam.media.copy_changes import Seen
from dam.media.embedded_metadata import EmbeddedMetadata
from dam.media.errors import FileRefused, MediaFailed
from dam.media.probe import Kind, MediaInfo
from dam.media.sniffer import ANIMATED_WEBP
from provenance.manifests import public_checks
from provenance.manifests.public_checks import CHECKING, DONE, FAILED, LOST, WAITING, PublicCheck

log = logging.getLogger(__name__)

CANCELLED = "cancelled"
OVER = (DONE, LOST, FAILED, CANCELLED)
LONGEST = timedelta(minutes=10)


@dataclass(frozen=True)
class Pair:
    """Two files on their way: `found` is a Found in JSON form once `state` is "done"."""

    id: str
    files: tuple[str, str]  # ids of public_checks
    at: datetime
    state: str = WAITING
    found: dict[str, Any] | None = None
    interruptions: int = 0


@dataclass(frozen=True)
class Looked:
    """What is known of a file's pictures: `problem` says why they weren't compared (NO_PICTURES and others),
    `until_ms` how far they were looked at where that isn't the end."""

    info: dict[str, Any] | None = None
    problem: str = ""
    until_ms: int | None = None


# Why pictures weren't compared.
NO_PICTURES, UNREAD, TOO_LONG = "no_pictures", "unread", "too_long"
DAMAGED = "damaged"  # after `until_ms`


def submit(files: "tuple[tuple[File[bytes], str], tuple[File[bytes], str]]") -> Pair:
    """Keep both files with their names for the worker, and ask for a comparison. Raises ChecksAway."""
    checks = [(public_checks.of_file(file, filename=name), file) for file, name in files]
    ids = checks[0][0].id, checks[1][0].id
    pair = Pair(id=secrets.token_urlsafe(24), files=ids, at=timezone.now())
    try:
        with public_checks.at_hand():
            for check, file in checks:
                public_checks.receive(check, file)
            _keep(pair)
            send("verify.pair", pair_id=pair.id)
    except public_checks.ChecksAway:
        with suppress(Exception):
            _drop(pair)
        raise
    return pair


def compare(pair_id: str) -> None:
    """The worker's part: judge both, compare them, keep that, delete them. Twice is harmless."""
    pair = _kept(pair_id)
    if pair is None or pair.state in OVER:
        if pair is not None:
            _drop(pair)
        return
    checks = [public_checks.kept(each) for each in pair.files]
    pair = replace(pair, state=CHECKING)
    _keep(pair)
    try:
        found = _found(pair, [check for check in checks if check is not None])
    except Exception as problem:
        if _is_cancelled(pair_id):
            _drop(pair)
            return
        if _ask_again(pair, problem):
            return
        _keep(replace(pair, state=FAILED))
        _drop(pair)
        raise
    if not _is_cancelled(pair_id):
        _keep(replace(pair, state=DONE, found=found))
    _drop(pair)


def _found(pair: Pair, checks: list[PublicCheck]) -> dict[str, Any]:
    """{changes, looked}: copy_changes.Changes, or None where pictures weren't compared, and two Looked."""
    one, two = checks
    with (
        storage.local_copy(public_checks.key_of(one.id)) as first,
        storage.local_copy(public_checks.key_of(two.id)) as second,
    ):
        paths = (first, second)
        judged = [public_checks.judge(check, path) for check, path in zip(checks, paths, strict=True)]
        same = judged[0].sha256 == judged[1].sha256
        for check, path in [(one, first)] if same else [(one, first), (two, second)]:
            _require_wanted(pair.id)
            with suppress(Exception):  # the verdict stands
                public_checks.look_up(check.id, path)
        if same:
            with suppress(Exception):
                public_checks.look_up_as(two.id, same=one.id)
            return {"changes": None, "looked": [asdict(_probed(first)[0])] * 2}
        _require_wanted(pair.id)
        seen = [_look(path) for path in paths]
    changes = None
    if seen[0][1] is not None and seen[1][1] is not None:
        changes = asdict(copy_changes.compare(seen[0][1], seen[1][1]))
    found = {"changes": changes, "looked": [asdict(each) for each, _seen in seen]}
    plain: dict[str, Any] = json.loads(json.dumps(found))
    return plain


def _look(path: Path) -> tuple[Looked, Seen | None]:
    """Some frames of it, small, as far as they can be decoded within the limits."""
    looked, info = _probed(path)
    if info is None or looked.problem:
        return looked, None
    frames, why = _frames(path, info)
    if not frames or (why and len(frames) < copy_changes.LEAST):  # one frame of a film is no image
        return replace(looked, problem=TOO_LONG if why == TOO_LONG else UNREAD), None
    length = 0 if info.kind is Kind.STILL else info.duration_ms
    until = frames[-1][0] if why and length else None
    problem = DAMAGED if why == DAMAGED and until else ""
    return replace(looked, problem=problem, until_ms=until), Seen(until or length, tuple(frames))


def _probed(path: Path) -> tuple[Looked, MediaInfo | None]:
    try:
        info = runner.probe(path, limits=budgets.ASKED)
    except (FileRefused, MediaFailed) as problem:
        log.info("%s can't be compared: %r", path.name, problem)
        return Looked(problem=UNREAD), None
    why = NO_PICTURES if info.kind is Kind.SOUND else UNREAD if info.format is ANIMATED_WEBP else ""
    facts = replace(info, embedded=EmbeddedMetadata()).to_json()  # what it says of itself may be long
    return Looked(facts, why), info


def _frames(path: Path, info: MediaInfo) -> tuple[list[tuple[int, copy_changes.Rgb]], str]:
    """Frames with their times, and why these aren't all that were wanted, where they aren't."""
    if info.kind is Kind.STILL:
        try:
            return [(0, runner.still(path, max_side=copy_changes.SIDE))], ""
        except (FileRefused, MediaFailed) as problem:
            log.info("%s can't be compared: %r", path.name, problem)
            return [], UNREAD
    every_ms = copy_changes.every_ms(info.duration_ms)
    frames = []
    try:
        for frame in runner.sample_frames(
            path, info=info, every_ms=every_ms, max_side=copy_changes.SIDE, limits=budgets.ASKED
        ):
            frames.append((frame.time_ms, frame.rgb))
    except (FileRefused, MediaFailed) as problem:
        log.info("%s was compared in part: %r", path.name, problem)
        costly = isinstance(problem, FileRefused) and problem.code == "too_costly"
        return frames, TOO_LONG if costly else DAMAGED
    return frames, ""


def find(pair_id: str, *, at: datetime) -> Pair | None:
    """How it stands; None when it is unknown or forgotten. Raises ChecksAway."""
    with public_checks.at_hand():
        pair = _kept(pair_id)
        if pair is None or pair.state in OVER:
            return pair
        patience = public_checks.PATIENCE if pair.state == WAITING else LONGEST
        if at - pair.at > patience:
            pair = replace(pair, state=LOST)
            _keep(pair)
            _drop(pair)
        return pair


def checks_of(pair: Pair) -> list[PublicCheck]:
    """Both files as they stand; fewer where they are forgotten. Raises ChecksAway."""
    with public_checks.at_hand():
        found = [public_checks.kept(each) for each in pair.files]
    return [check for check in found if check is not None]


def cancel(pair_id: str) -> Pair | None:
    """Delete both files now, and compare them no more; what is over stays as it is. Raises ChecksAway."""
    with public_checks.at_hand():
        pair = _kept(pair_id)
        if pair is None or pair.state in OVER:
            return pair
        pair = replace(pair, state=CANCELLED)
        _keep(pair)
        _drop(pair)
        return pair


class _NotWanted(Exception):
    pass


def _require_wanted(pair_id: str) -> None:
    if _is_cancelled(pair_id):
        raise _NotWanted


def _is_cancelled(pair_id: str) -> bool:
    pair = _kept(pair_id)
    return pair is not None and pair.state == CANCELLED


def _ask_again(pair: Pair, problem: Exception) -> bool:
    """As for one file: a reader that was stopped from outside says nothing about it."""
    stopped = isinstance(problem, sandbox.Interrupted)
    if not stopped or pair.interruptions >= public_checks.MOST_INTERRUPTIONS:
        return False
    again = replace(pair, state=WAITING, at=timezone.now(), interruptions=pair.interruptions + 1)
    _keep(again)
    return offer("verify.pair", pair_id=pair.id)


def _drop(pair: Pair) -> None:
    for each in pair.files:
        public_checks.drop(each)


def _cache_key(pair_id: str) -> str:
    return f"verify-pair:{pair_id}"


def _keep(pair: Pair) -> None:
    facts = {**asdict(pair), "at": pair.at.isoformat()}
    public_checks.cache.set(_cache_key(pair.id), facts, timeout=public_checks.KEPT_SECONDS)


def _kept(pair_id: str) -> Pair | None:
    if len(pair_id) > public_checks.LONGEST_ID:
        return None
    facts = public_checks.cache.get(_cache_key(pair_id))
    if not facts:
        return None
    files = facts["files"][0], facts["files"][1]
    # A newer release may have put more there.
    known = {each.name: facts[each.name] for each in fields(Pair) if each.name in facts}
    return Pair(**{**known, "files": files, "at": datetime.fromisoformat(facts["at"])})
