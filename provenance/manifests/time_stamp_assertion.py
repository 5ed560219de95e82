"""The assertion `c2pa.time-stamp`: an authority's word for signatures that were made before. Pure, but for
the file that it is written into.

It maps the names of manifests to tokens of RFC 3161, as bytes. Definitions of manifests are JSON, which has
none, so the library writes texts of the same length in their place; `fill` puts the tokens there and sets
the assertion's hash in the claim right. Nothing is moved, and the claim must be signed anew afterwards.
"""

import hashlib
import secrets
from collections.abc import Mapping
from pathlib import Path

from provenance.manifests import cose
from provenance.manifests.cose import NoRoom

LABEL = "c2pa.time-stamp"
BOX, DESCRIPTION = b"jumb", b"jumd"
_BEFORE_LABEL = 8 + 8 + 16 + 1  # both boxes' heads, what kind it is, and its toggles


def stand_in(token: bytes) -> str:
    """A text as long as the token, which nothing else contains."""
    return secrets.token_hex(len(token) // 2 + 1)[: len(token)]


def fill(path: Path, tokens: Mapping[str, bytes], to_be_signed: bytes) -> bytes:
    """Put each token where its stand-in is; what is to be signed then, in the place of `to_be_signed`.

    Raises NoRoom where the file has them in pieces; it may then hold anything.
    """
    places = {cose.only(path, text.encode()): token for text, token in tokens.items()}
    start, box = _box(path, min(places))
    before = hashlib.sha256(box).digest()
    if to_be_signed.count(before) != 1:
        raise NoRoom
    claimed = cose.only(path, before)
    for place, token in places.items():
        head = cose.head_of_bytes(len(token))
        at = place - len(head) - start
        if at < 0 or box[at : at + len(head)] != cose.head_of_text(len(token)):
            raise NoRoom
        box = box[:at] + head + token + box[place - start + len(token) :]
    after = hashlib.sha256(box).digest()
    cose.write(path, cose.Place(start=start, held=b""), box)
    cose.write(path, cose.Place(start=claimed, held=before), after)
    return to_be_signed.replace(before, after)


def _box(path: Path, inside: int) -> tuple[int, bytes]:
    """Where the content of the assertion's box begins, and that: what its hash is over."""
    before = max(0, inside - cose.LARGEST_ROOM)
    with path.open("rb") as file:
        file.seek(before)
        lead = file.read(inside - before)
        label = lead.rfind(f"{LABEL}\0".encode())
        head = lead[label - _BEFORE_LABEL :] if label >= _BEFORE_LABEL else b""
        if head[4:8] != BOX or head[12:16] != DESCRIPTION:
            raise NoRoom
        start = before + label - _BEFORE_LABEL + 8
        file.seek(start)
        return start, file.read(int.from_bytes(head[:4]) - 8)
