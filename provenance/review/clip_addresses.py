"""Addresses of clips in what people write: where they stand, and what they name. Pure.

Whether there is such a clip, and who may know of it, is asked by provenance.review.linking.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs
from uuid import UUID

LONGEST_DAY_MS = 86_400_000
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
# The page of a clip and no page below it. What a sentence goes on with after it isn't part of it.
_ADDRESS = re.compile(
    rf"(?<![\w/:@.?=&%-])(?P<site>https?://[\w.:\[\]-]{{1,260}})"
    rf"(?P<path>/b/[-\w]{{1,100}}/assets/(?P<asset>{_UUID})/?(?![\w/-]))"
    r"(?:\?(?P<query>[\w.~%&=+,:;-]{0,300}))?(?:#[\w-]{0,100})?",
    re.IGNORECASE,
)
_SECONDS = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
_NUMBER = re.compile(r"[0-9]{1,6}")
_GOES_ON = ".,:;"


@dataclass(frozen=True)
class ClipAddress:
    """One of them: `start` and `end` count in the text; `at_ms` is the moment, None where none is named."""

    start: int
    end: int
    asset: UUID
    number: int | None  # of the version
    at_ms: int | None


def find(text: str, *, site: str) -> Iterator[ClipAddress]:
    """Those of this site ("https://dam.example"), in their order. Addresses of other hosts are words."""
    for found in _of_clips(text):
        if found["site"].lower() != site.lower():
            continue
        query = found["query"] or ""
        kept = query.rstrip(_GOES_ON) if found.end() == found.end("query") else query
        asked = parse_qs(kept)
        end = found.end() - (len(query) - len(kept))
        yield ClipAddress(
            found.start(),
            end,
            UUID(found["asset"]),
            number=int(typed) if _NUMBER.fullmatch(typed := asked.get("version", [""])[-1]) else None,
            at_ms=_milliseconds(asked.get("t", [""])[-1]),
        )


def moved(text: str, *, came_from: str, site: str) -> str:
    """With addresses of clips as a reader of `came_from` copies them put under the site's own name."""
    if came_from.lower() == site.lower():
        return text
    pieces, last = [], 0
    for found in _of_clips(text):
        if found["site"].lower() == came_from.lower():
            pieces += [text[last : found.start()], site]
            last = found.end("site")
    return "".join([*pieces, text[last:]])


def without(text: str, *, site: str) -> str:
    """The words around them, for search: nobody looks for a key."""
    pieces, last = [], 0
    for each in find(text, site=site):
        pieces.append(text[last : each.start])
        last = each.end
    return "".join([*pieces, text[last:]]).strip() if pieces else text


def _of_clips(text: str) -> Iterator[re.Match[str]]:
    return _ADDRESS.finditer(text) if "/assets/" in text else iter(())


def _milliseconds(seconds: str) -> int | None:
    """ "4.5" → 4500; None for anything that is no time."""
    if not _SECONDS.fullmatch(seconds):
        return None
    return min(round(float(seconds) * 1000), LONGEST_DAY_MS)
