"""Reading a file's facts. Runs in the decoder process alone (decoder_process.py).

PyAV is loaded for what moves or sounds, Pillow for pictures: each takes longer than reading most files does.
"""

from dataclasses import replace
from pathlib import Path

from dam.media.errors import require_kind
from dam.media.probe import MediaInfo
from dam.media.sniffer import AVIF, AVIF_SEQUENCE, HEAD_BYTES, WEBP, FileKind, brands


def read_info(path: Path) -> MediaInfo:
    """The facts about a file. Raises FileRefused for one that can't be taken."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    kind = require_kind(head)
    if kind.demuxer and not kind.decoder:
        return _read_film(path, kind)
    from dam.media import stills

    if kind is AVIF and b"avis" in brands(head) and stills.moves(path, kind):
        kind = AVIF_SEQUENCE
    if kind is WEBP:
        from dam.media import animations

        if (animation := animations.read(path)) is not None:
            return animations.read_info(path, animation)
    if not kind.demuxer or (kind.decoder and not stills.moves(path, kind)):
        return stills.read_info(path, kind)
    return _read_film(path, kind)


def _read_film(path: Path, kind: FileKind) -> MediaInfo:
    from dam.media import probe_film

    info, said = probe_film.read_info(path, kind)
    if kind.decoder:
        from dam.media import stills

        return replace(info, embedded=stills.read_embedded(path, kind))
    from dam.media import metadata_extraction

    return replace(info, embedded=metadata_extraction.of_film(path, kind, tags=said))
