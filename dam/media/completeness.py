"""Whether a file holds what it says it holds. Pure.

Much missing is refused; a little missing, or doubt, is a warning. Like is compared with like: the packets
that are there with those that the index lists, shown or hidden by an edit list; and the end of what is
there with the stated length, which some programs count from zero and others from the first time stamp.
"""

from fractions import Fraction
from pathlib import Path

from dam.core.language import gettext as _
from dam.core.language import noop, number
from dam.media.errors import FileRefused

LEAST_FRAMES = Fraction(9, 10)
LEAST_SECONDS = Fraction(85, 100)
SOME_SECONDS = Fraction(1, 2)  # as much less than stated is worth a warning
SOME_FRAMES = Fraction(1, 10)  # seconds: the same where the length is stated in frames
SEGMENT = bytes.fromhex("18538067")  # Matroska: the element around everything but the first header
EBML = bytes.fromhex("1a45dfa3")
# Windows Media: the object that says how long everything is; the file's size comes after its name.
ASF_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
ASF_LIVE = 1  # a flag: sent as it was recorded, no size is known
UNKNOWN_LENGTH = 2**32 - 1 - 8
CUT_OFF = noop("The end of the file is missing.")
UNREAD = noop("Part of the file can't be read. The video may end too early.")
LEAST_READ = Fraction(95, 100)


def check_frames(present: int, *, stated: int) -> str:
    """A warning, or "". Raises FileRefused where clearly fewer frames are there than the index lists."""
    if present >= stated:
        return ""
    if present < LEAST_FRAMES * stated - 2:
        raise FileRefused(
            "truncated",
            (
                _(
                    "Part of the file is missing: it has %(present)s of %(stated)s frames. Export "
                    "it again or upload the original."
                )
                % {"present": number(present), "stated": number(stated)}
            ),
        )
    return _("Part of the file is missing: it has %(present)s of %(stated)s frames.") % {
        "present": number(present),
        "stated": number(stated),
    }


def check_seconds(
    *, start: Fraction, end: Fraction, stated: Fraction, unnoticed: Fraction = SOME_SECONDS
) -> str:
    """A warning, or "". Raises FileRefused where the file is clearly shorter than it says.

    `unnoticed`: by how many seconds a file of this kind may be wrong about its length.
    """
    present = max(end, end - start)
    missing = stated - present
    if present < LEAST_SECONDS * stated and missing > Fraction(1, 10):
        raise FileRefused(
            "truncated",
            (
                _(
                    "Part of the file is missing: it has %(present)s of %(stated)s seconds. Export "
                    "it again or upload the original."
                )
                % {"present": f"{float(present):.1f}", "stated": f"{float(stated):.1f}"}
            ),
        )
    if missing > unnoticed and missing > stated / 50:
        return _("The end of the file may be missing: it has %(present)s of %(stated)s seconds.") % {
            "present": f"{float(present):.1f}",
            "stated": f"{float(stated):.1f}",
        }
    return ""


def check_segment(path: Path) -> str:
    """A warning, or "", for Matroska: its outermost element says how many bytes follow.

    Raises FileRefused where clearly fewer are there.
    """
    with path.open("rb") as file:
        return _check_bytes(path.stat().st_size, stated=_segment_end(file.read(4096)))


def check_asf(path: Path) -> str:
    """The same for Windows Media, whose header says how many bytes the file has."""
    with path.open("rb") as file:
        _, name, properties = file.read(65_536).partition(ASF_PROPERTIES)
    if not name or len(properties) < 76 or properties[72] & ASF_LIVE:
        return ""
    return _check_bytes(path.stat().st_size, stated=int.from_bytes(properties[24:32], "little"))


def check_read(end: int, *, size: int) -> str:
    """A warning, or "", where pictures are found only up to byte `end`, long before the end of the file."""
    return UNREAD if 0 < end < LEAST_READ * size else ""


def _check_bytes(size: int, *, stated: int | None) -> str:
    if stated is None or size >= stated:
        return ""
    if size < LEAST_SECONDS * stated:
        raise FileRefused(
            "truncated",
            (
                _(
                    "Part of the file is missing: it has %(stated)s%% of its data. Export it again or upload "
                    "the original."
                )
                % {"stated": 100 * size // stated}
            ),
        )
    return CUT_OFF


def check_end(path: Path) -> str:
    """A warning, or "", for AVI, GIF and PNG: the first says how long it is, the others how they end."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        file.seek(max(0, size - 64))
        tail = file.read().rstrip(b"\0")
    if head.startswith(b"RIFF"):
        stated = int.from_bytes(head[4:8], "little")
        return CUT_OFF if stated < UNKNOWN_LENGTH and stated + 8 > size else ""
    if head.startswith(b"GIF8"):
        return "" if tail.endswith(b";") else CUT_OFF
    return "" if b"IEND" in tail else CUT_OFF


def check_times(pictures: int, *, frames: int) -> str:
    """A warning, or "", where many pictures come at the frames of others: pieces put together, say."""
    hidden = pictures - frames
    if hidden < 2 or hidden < pictures / 50:
        return ""
    return _("%(hidden)s of %(pictures)s frames come at the same time as others and are not shown.") % {
        "hidden": number(hidden),
        "pictures": number(pictures),
    }


def check_stamps(pictures: int, sounds: int) -> str:
    """A warning, or "", where time stamps are broken (dam.media.timing.mend)."""
    if pictures:
        return _("Some time stamps in this file are damaged. These frames are shown in their turn.")
    return _("Some time stamps of the sound are damaged and are ignored.") if sounds else ""


def check_beginning(undecodable: int, *, pictures: int) -> str:
    """A warning, or "", where many pictures lean on some before the beginning: a recording cut anywhere."""
    if undecodable < 5 or undecodable < pictures / 50:
        return ""
    return _("The first %(undecodable)s frames can't be decoded: what they build on is missing.") % {
        "undecodable": number(undecodable)
    }


def _segment_end(head: bytes) -> int | None:
    """Where the file ends by its own word; None where it doesn't say, as in a live recording."""
    header, width = _read_size(head[4:12])
    if header is None or not head.startswith(EBML):
        return None
    place = 4 + width + header
    size, width = _read_size(head[place + 4 : place + 12])
    if size is None or head[place : place + 4] != SEGMENT:
        return None
    return place + 4 + width + size


def _read_size(field: bytes) -> tuple[int | None, int]:
    """A number of Matroska's own kind, and its width in bytes; None for "unknown"."""
    if not field or not field[0]:
        return None, 0
    width = 9 - field[0].bit_length()
    if len(field) < width:
        return None, 0
    value = int.from_bytes(field[:width]) & ((1 << (7 * width)) - 1)
    return (None if value == (1 << (7 * width)) - 1 else value), width
