"""What a hub of models offers, and how its files are asked for. It speaks as Hugging Face does.

For commands and workers: nothing is asked where something is imported, nor in the web process. The hub is
settings.MODEL_HUB.
"""

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import PurePosixPath
from typing import Any, cast
from urllib.parse import quote

from django.conf import settings

from dam.core import errors, licences
from dam.core.deadlines import Deadline

SILENCE_SECONDS = 30.0
ANSWER_SECONDS = 60.0  # until an answer has begun, or is whole where it is a description
LARGEST_DESCRIPTION = 32 * 1024 * 1024
AWAY = (urllib.error.URLError, HTTPException, OSError)


class NotFetched(errors.Refused):
    """A model can't be had from the hub; the sentence says what to do."""

    code = "not_fetched"


@dataclass(frozen=True)
class RemoteFile:
    name: str  # path within the model's folder
    url: str
    size: int
    sha256: str = ""  # of a large file
    blob: str = ""  # of a small one: the SHA-1 that git gives it


@dataclass(frozen=True)
class Offer:
    """What the hub has: shown to people before anything is fetched."""

    repository: str
    revision: str  # a commit, so that what was offered is what is fetched
    licence: str  # SPDX, or empty where the hub doesn't say
    page: str
    files: tuple[RemoteFile, ...]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


def look_up(repository: str, *, wanted: Iterable[str], revision: str = "main") -> Offer:
    """What the hub offers of a repository: the files that match one of the patterns. Raises NotFetched."""
    address = f"{_hub()}/api/models/{quote(repository)}/revision/{quote(revision)}?blobs=true"
    try:
        with Deadline(ANSWER_SECONDS) as until, open_file(address, until=until) as response:
            text = response.read(LARGEST_DESCRIPTION + 1)
            until.check()
        if len(text) > LARGEST_DESCRIPTION:
            raise ValueError("the answer is too large")
        said: dict[str, Any] = json.loads(text)
    except urllib.error.HTTPError as error:
        raise NotFetched(refused(repository, error.code)) from error
    except (*AWAY, ValueError) as error:
        raise NotFetched(f"{_hub()} can't be reached ({reason(error)}).") from error
    try:
        commit = str(said["sha"])
        listed = [_file(repository, commit, each) for each in said.get("siblings", ())]
    except (KeyError, TypeError, ValueError) as error:
        raise NotFetched(f"What {_hub()} says about {repository} can't be read: {error!r}.") from error
    patterns = tuple(wanted)
    return Offer(
        repository=repository,
        revision=commit,
        licence=_licence(said.get("cardData") or {}),
        page=f"{_hub()}/{repository}",
        files=tuple(file for file in listed if any(fnmatch(file.name, each) for each in patterns)),
    )


def _file(repository: str, commit: str, listed: dict[str, Any]) -> RemoteFile:
    name = PurePosixPath(str(listed["rfilename"]))
    if name.is_absolute() or ".." in name.parts:
        raise ValueError(f"{name} leads out of the folder")
    large = listed.get("lfs") or {}
    return RemoteFile(
        name=str(name),
        url=f"{_hub()}/{quote(repository)}/resolve/{commit}/{quote(str(name))}",
        size=int(large.get("size", listed.get("size", 0))),
        sha256=str(large.get("sha256", "")),
        blob="" if large else str(listed.get("blobId", "")),
    )


def _licence(card: dict[str, Any]) -> str:
    said = card.get("license")
    name = said[0] if isinstance(said, list) and said else said
    if name in (None, "other"):
        name = card.get("license_name")
    return licences.from_hub(str(name or ""))


def open_file(address: str, headers: dict[str, str] | None = None, *, until: Deadline) -> HTTPResponse:
    """Begin to read what lies at an address; a connection that is used meanwhile ends with the deadline.

    Raises AWAY, of which HTTPError has a status.
    """
    request = urllib.request.Request(address, headers={"User-Agent": "reelproof", **(headers or {})})
    if settings.MODEL_HUB_TOKEN and address.startswith(f"{_hub()}/"):
        # Not redirected: where the hub keeps its files is no business of the token's.
        request.add_unredirected_header("Authorization", f"Bearer {settings.MODEL_HUB_TOKEN}")
    opener = urllib.request.build_opener(_OnlyAsSafe, _Plain(until), _Secure(until))
    try:
        response: HTTPResponse = opener.open(request, timeout=SILENCE_SECONDS)
    except urllib.error.HTTPError:
        raise
    except AWAY:
        until.check()
        raise
    return response


class _Plain(urllib.request.HTTPHandler):
    def __init__(self, until: Deadline) -> None:
        super().__init__()
        self.until = until

    def http_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(_watched(HTTPConnection, self.until), req)


class _Secure(urllib.request.HTTPSHandler):
    def __init__(self, until: Deadline) -> None:
        super().__init__()
        self.until = until

    def https_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(_watched(HTTPSConnection, self.until), req)


def _watched(kind: type[HTTPConnection], until: Deadline) -> Any:
    def made(*args: Any, **named: Any) -> HTTPConnection:
        connection: Any = kind(*args, **named)
        connection._create_connection = _connected
        return cast(HTTPConnection, connection)

    def _connected(address: tuple[str, int], timeout: float, _source: Any) -> socket.socket:
        opened = until.connect(until.resolve(*address))
        opened.settimeout(timeout)
        return opened

    return made


class _OnlyAsSafe(urllib.request.HTTPRedirectHandler):
    """A hub sends on to where its files lie, but never from an encrypted connection to a plain one."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        if req.full_url.startswith("https:") and not newurl.startswith("https:"):
            raise OSError(f"sent on to {newurl}, which isn't encrypted")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _hub() -> str:
    return str(settings.MODEL_HUB).rstrip("/")


def refused(what: str, status: int) -> str:
    """A sentence for a status that means no."""
    if status in (401, 403):
        return f"The hub gives {what} only to people who have signed in there and agreed to its licence."
    if status == 404:
        return f"The hub has no {what}."
    return f"The hub doesn't give {what} (status {status})."


def reason(error: Exception) -> str:
    """Why something didn't come, in a few words."""
    return str(getattr(error, "reason", None) or error) or type(error).__name__
