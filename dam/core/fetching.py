"""Files of a model from a hub, into a folder: resumed, checked, and there as a whole or not at all.

For commands and workers, as dam.core.model_hub.
"""

import fcntl
import hashlib
import shutil
import time
import urllib.error
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from pathlib import Path

from dam.core import model_hub
from dam.core.deadlines import Deadline
from dam.core.model_hub import NotFetched, Offer, RemoteFile

PIECE = 1024 * 1024
TRIES = 5
WINDOW_SECONDS, SLOWEST = 60.0, 2048  # a server that sends fewer bytes a second for so long is away
SPARE_BYTES = 1024**3  # what stays free on the disk beside a model

Progress = Callable[[int, int], None]
"""Is told the bytes that are there and the bytes in all."""


def fetch(
    offer: Offer,
    folder: Path,
    *,
    finish: Callable[[Path], None] | None = None,
    on_progress: Progress | None = None,
    wait: Callable[[float], object] = time.sleep,
) -> Path:
    """Fetch all files of an offer into `folder`, which then holds them all; what was begun is continued.

    `finish` may add to the folder, before it gets its name. Raises NotFetched.
    """
    if folder.exists():
        raise NotFetched(f"{folder} is there already. Delete it to fetch it anew.")
    unfinished = folder.with_name(f".{folder.name}@{offer.revision[:12]}")
    with _alone(folder):
        unfinished.mkdir(parents=True, exist_ok=True)
        _make_room(offer, unfinished)
        told = _Told(offer, unfinished, on_progress)
        for file in offer.files:
            _fetch_file(file, unfinished / file.name, told=told, wait=wait)
        if finish:
            finish(unfinished)
        unfinished.rename(folder)
    return folder


class _Told:
    def __init__(self, offer: Offer, folder: Path, on_progress: Progress | None) -> None:
        self._offer, self._folder, self._say = offer, folder, on_progress

    def tell(self) -> None:
        if self._say:
            self._say(_there(self._offer, self._folder), self._offer.size)


def _fetch_file(file: RemoteFile, to: Path, *, told: _Told, wait: Callable[[float], object]) -> None:
    if to.is_file():
        return told.tell()
    part = to.with_name(to.name + ".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    for tried in range(1, TRIES + 1):
        try:
            _continue(file, part, told=told)
            break
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code != 429:
                raise NotFetched(model_hub.refused(file.name, error.code)) from error
            problem: Exception = error
        except model_hub.AWAY as error:
            problem = error
        if tried == TRIES:
            raise NotFetched(
                f"{file.name} broke off ({model_hub.reason(problem)}). Try again: what has come is kept."
            ) from problem
        wait(2.0**tried)
    if not _is_right(file, part):
        part.unlink()
        raise NotFetched(f"{file.name} came with other contents than the hub promised, and was deleted.")
    part.rename(to)


def _continue(file: RemoteFile, part: Path, *, told: _Told) -> None:
    """Append what is missing. Raises OSError where the connection ends early."""
    have = part.stat().st_size if part.exists() else 0
    if have > file.size:
        part.unlink()
        have = 0
    if have == file.size and have:
        return
    with Deadline(model_hub.ANSWER_SECONDS) as until:
        headers = {"Range": f"bytes={have}-"} if have else {}
        response = model_hub.open_file(file.url, headers, until=until)
    with response:
        goes_on = bool(have) and response.status == 206
        with part.open("ab" if goes_on else "wb") as out:
            for piece in _at_a_pace(response):
                out.write(piece)
                out.flush()
                told.tell()
                if out.tell() > file.size:
                    break  # more than was promised: its sum will not be right
    if part.stat().st_size < file.size:
        raise OSError("the connection ended early")


def _at_a_pace(response: HTTPResponse) -> Iterator[bytes]:
    """What comes, in pieces of some size. Raises OSError where hardly anything does."""
    began, came, piece = time.monotonic(), 0, bytearray()
    while some := response.read1(PIECE):
        came += len(some)
        piece += some
        passed = time.monotonic() - began
        if passed > WINDOW_SECONDS:
            if came / passed < SLOWEST:
                raise OSError("it comes too slowly")
            began, came = time.monotonic(), 0
        if len(piece) >= PIECE:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)


def _is_right(file: RemoteFile, part: Path) -> bool:
    if part.stat().st_size != file.size:
        return False
    if file.sha256:
        with part.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest() == file.sha256
    if not file.blob:
        return not file.name.endswith(".safetensors")  # nobody says what weights should be
    blob = hashlib.sha1(f"blob {file.size}\0".encode(), usedforsecurity=False)
    with part.open("rb") as opened:
        while piece := opened.read(PIECE):
            blob.update(piece)
    return blob.hexdigest() == file.blob


def _make_room(offer: Offer, folder: Path) -> None:
    missing = offer.size - _there(offer, folder) + SPARE_BYTES
    free = shutil.disk_usage(folder).free
    if free < missing:
        raise NotFetched(
            f"{offer.repository} needs {missing / 1e9:.1f} GB, and {folder.parent} has {free / 1e9:.1f} free."
        )


def _there(offer: Offer, folder: Path) -> int:
    """Bytes of the offer that have come."""
    places = ((folder / file.name, folder / f"{file.name}.part") for file in offer.files)
    return sum(next((path.stat().st_size for path in both if path.is_file()), 0) for both in places)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else on this machine fetches into this folder meanwhile."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f".{folder.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NotFetched(f"{folder.name} is being fetched already.") from error
        yield
