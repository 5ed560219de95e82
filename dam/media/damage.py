"""What FFmpeg's own words say of damage inside a file that it could read all the same. Pure.

Decoders conceal what they can: such a clip plays, with blocks, smears or frozen frames.
"""

import re

from dam.core.language import noop

PICTURE = noop("Some frames are damaged. They may show errors, or the frame before them.")
SOUND = noop("Parts of the sound are damaged.")
# FFmpeg from 6.1 on says which stream's decoder speaks; before, only the stream's number.
_COMPLAINT = r"(corrupt decoded frame|Error submitting packet to decoder|Decoding error)"
_PICTURE = re.compile(rf"^\[vist#[^\n]*{_COMPLAINT}|^corrupt decoded frame in stream", re.MULTILINE)
_SOUND = re.compile(rf"^\[aist#[^\n]*{_COMPLAINT}", re.MULTILINE)
_UNKNOWN = re.compile(r"^Error while decoding stream #", re.MULTILINE)
RUN_IN = 2  # packets of sound that make no sense before its decoder has found its beginning


def of(words: str) -> tuple[str, ...]:
    """The damage that this log tells of, in sentences for people."""
    found = []
    if _PICTURE.search(words) or _UNKNOWN.search(words):
        found.append(PICTURE)
    if len(_SOUND.findall(words)) > RUN_IN:
        found.append(SOUND)
    return tuple(found)
