"""What somebody may do to a signed file, as a table: a name, and the bytes that come of it. Pure.

The regions are found by their names in the bytes, so that the table holds for any MP4 that is signed here.
Flips are spread over a region evenly: the same in each run.
"""

from collections.abc import Callable, Iterator

Attack = Callable[[bytes], bytes]
FLIPS = 6  # of a region
C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


def flip(content: bytes, at: int, bit: int = 0) -> bytes:
    return content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :]


def box(kind: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4) + kind + content


def boxes(content: bytes) -> dict[bytes, tuple[int, int]]:
    """Where each box of the file itself begins and ends, by its name."""
    found, at = {}, 0
    while at + 8 <= len(content):
        length = int.from_bytes(content[at : at + 4])
        found[content[at + 4 : at + 8]] = (at, at + length)
        at += length
    return found


def labelled(content: bytes, label: bytes, kind: bytes = b"cbor") -> tuple[int, int]:
    """Where the content of the last part with this label is: the active manifest's."""
    named = content.rindex(label + b"\0")
    at = content.index(kind, named)
    return at + 4, at - 4 + int.from_bytes(content[at - 4 : at])


def flips(content: bytes, name: str, span: tuple[int, int]) -> Iterator[tuple[str, bytes]]:
    start, end = span
    for number in range(FLIPS):
        at = start + (end - start) * (2 * number + 1) // (2 * FLIPS)
        yield f"bit {number} of {name}", flip(content, at, number)


def without_manifest(content: bytes) -> bytes:
    start, end = boxes(content)[b"uuid"]
    return content[:start] + content[end:]


def changed_bits(content: bytes) -> Iterator[tuple[str, bytes]]:
    """`content` is a release of a generated clip, both signed here."""
    top = boxes(content)
    claim, signature = labelled(content, b"c2pa.claim.v2"), labelled(content, b"c2pa.signature")
    # The key and the certificates are in front, the signature itself at the end, and between them is room
    # that isn't signed, for a timestamp.
    room = content.index(b"cpad", signature[0])
    ingredient = content.index(b"c2pa.claim.v2\0")
    regions = {
        "the film": (top[b"mdat"][0] + 8, top[b"mdat"][1]),
        "its index": (top[b"moov"][0] + 8, top[b"moov"][1]),
        "the claim": claim,
        "the certificates": (signature[0], room),
        "the signature": (signature[1] - 64, signature[1]),
        "the actions": labelled(content, b"c2pa.actions.v2"),
        "the review": labelled(content, b"app.reelproof.review"),
        "the content's hash": labelled(content, b"c2pa.hash.bmff.v3"),
        "the ingredient": labelled(content, b"c2pa.ingredient.v3"),
        "the ingredient's claim": (ingredient + 20, ingredient + 300),
    }
    for name, span in regions.items():
        yield from flips(content, name, span)


def rearranged(content: bytes, other: bytes) -> Iterator[tuple[str, bytes]]:
    """`other` is another signed file."""
    bare, top = without_manifest(content), boxes(content)
    store = content[slice(*top[b"uuid"])]
    theirs = other[slice(*boxes(other)[b"uuid"])]
    head = top[b"uuid"][0]
    yield "stripped", bare
    yield "another's manifest", bare[:head] + theirs + bare[head:]
    yield (
        "another's film below it",
        other[: boxes(other)[b"uuid"][0]] + store + without_manifest(other)[head:],
    )
    yield "both manifests", content[:head] + theirs + content[head:]
    yield "its manifest twice", content[:head] + store + content[head:]
    for kind in (b"free", b"skip", b"abcd", b"mdat", b"moov", b"meta", b"udta", b"wide"):
        yield f"{kind.decode()} after its end", content + box(kind, bytes(4096))
        yield f"{kind.decode()} in front of the film", _before(content, b"mdat", box(kind, bytes(64)))
    yield (
        "XMP after its end",
        content + box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + b"<x/>"),
    )
    yield "zeros after its end", content + bytes(1000)
    yield "letters after its end", content + b"GET / HTTP/1.1\r\n\r\n"
    for share in (1, 2, 5, 9):
        yield f"{share} of 10 parts alone", content[: len(content) * share // 10]
    yield "all but its last byte", content[:-1]
    for purpose in (b"original", b"updated", b"merkle", b"garbage"):
        yield f"said to be {purpose.decode()}", _retagged(content, purpose)
    yield "a negative length", flip(content, head, 7)
    yield "a length of nothing", content[:head] + bytes(4) + content[head + 4 :]
    yield "a length of all there is", content[:head] + b"\xff\xff\xff\xff" + content[head + 4 :]


def _before(content: bytes, kind: bytes, added: bytes) -> bytes:
    start, _end = boxes(content)[kind]
    return content[:start] + added + content[start:]


def _retagged(content: bytes, purpose: bytes) -> bytes:
    """The box with the manifest under another purpose, which is a word that ends with a zero byte."""
    start, end = boxes(content)[b"uuid"]
    within = content[start + 8 : end]
    assert within[:16] == C2PA
    assert within[20:29] == b"manifest\0"
    return content[:start] + box(b"uuid", within[:20] + purpose + b"\0" + within[29:]) + content[end:]


def monsters() -> Iterator[tuple[str, bytes]]:
    """Files made to keep a reader busy, or to bring it down."""
    head = box(b"ftyp", b"isom\0\0\2\0isomiso2")
    for kind in (b"moov", b"meta", b"uuid", b"jumb"):
        inside = b""
        for _ in range(10_000):
            inside = box(kind, (C2PA if kind == b"uuid" else b"") + inside)
        yield f"10,000 {kind.decode()} in each other", head + inside
    yield "100,000 empty boxes", head + box(b"free", b"") * 100_000
    yield "one box of 2^63 bytes", head + b"\0\0\0\1mdat" + b"\x7f" + b"\xff" * 7
    store = box(b"jumb", box(b"jumd", b"c2pa" + bytes(12) + b"\3c2pa\0"))
    yield "an empty manifest", head + box(b"uuid", C2PA + bytes(4) + b"manifest\0" + bytes(8) + store)
    yield (
        "a manifest of noise",
        head + box(b"uuid", C2PA + bytes(4) + b"manifest\0" + bytes(8) + bytes(range(256)) * 4096),
    )
    yield (
        "a manifest that promises 4 GB",
        head + box(b"uuid", C2PA + bytes(4) + b"manifest\0" + bytes(8) + b"\xff\xff\xff\xffjumb" + store),
    )
