"""Which file formats are taken, recognised by their first bytes. Pure.

Nothing is opened before its bytes are on this list: a playlist, a script or a picture never reaches
FFmpeg, which would follow what it names; and FFmpeg is told the one demuxer to use.
"""

from dataclasses import dataclass

HEAD_BYTES = 4096


@dataclass(frozen=True)
class Container:
    """A file format: its name for people, FFmpeg's demuxer, content type, the suffix it is stored with."""

    label: str
    demuxer: str
    content_type: str
    suffix: str


MP4 = Container("MP4", "mov", "video/mp4", ".mp4")
QUICKTIME = Container("QuickTime", "mov", "video/quicktime", ".mov")
WEBM = Container("WebM", "matroska", "video/webm", ".webm")
MATROSKA = Container("Matroska", "matroska", "video/x-matroska", ".mkv")
AVI = Container("AVI", "avi", "video/x-msvideo", ".avi")
MPEG_TS = Container("MPEG-TS", "mpegts", "video/mp2t", ".ts")
MPEG_PS = Container("MPEG-PS", "mpeg", "video/mpeg", ".mpg")
MXF = Container("MXF", "mxf", "application/mxf", ".mxf")
FLV = Container("Flash Video", "flv", "video/x-flv", ".flv")
ASF = Container("Windows Media", "asf", "video/x-ms-asf", ".wmv")
OGG = Container("Ogg", "ogg", "video/ogg", ".ogv")
REAL = Container("RealMedia", "rm", "application/vnd.rn-realmedia", ".rm")
DV = Container("DV", "dv", "video/dv", ".dv")

ALL = (MP4, QUICKTIME, WEBM, MATROSKA, AVI, MPEG_TS, MPEG_PS, MXF, FLV, ASF, OGG, REAL, DV)
BY_LABEL = {container.label: container for container in ALL}

# Boxes an ISO base media or QuickTime file may start with; without `ftyp` it is an old QuickTime file.
_FIRST_BOXES = {b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp"}
_STILL_BRANDS = {b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis"}

_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_PLAYLISTS = (b"#EXTM3U", b"ffconcat", b"<MPD", b"[playlist]", b"<smil", b"<asx", b"<ASX")
_SOUNDS = (b"ID3", b"fLaC", b"\xff\xfb", b"\xff\xf3", b"\xff\xf1")


def recognise(head: bytes) -> Container | None:
    """The container whose first bytes these are (give HEAD_BYTES of them), or None."""
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _STILL_BRANDS:
            return None
        return QUICKTIME if brand == b"qt  " else MP4
    if head[4:8] in _FIRST_BOXES:
        return QUICKTIME
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return WEBM if b"webm" in head[:64] else MATROSKA
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return AVI
    if head.startswith(b"\x06\x0e\x2b\x34\x02\x05\x01\x01"):
        return MXF
    if head.startswith(b"FLV\x01"):
        return FLV
    if head.startswith(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"):
        return ASF
    if head.startswith(b"OggS"):
        return OGG
    if head.startswith(b".RMF"):
        return REAL
    if head.startswith(b"\x1f\x07\x00"):
        return DV
    if head.startswith(b"\x00\x00\x01\xba"):
        return MPEG_PS
    if _is_transport_stream(head):
        return MPEG_TS
    return None


def _is_transport_stream(head: bytes) -> bool:
    """Sync bytes every 188 bytes (192 on Blu-ray, after a time stamp of four)."""
    for start, step in ((0, 188), (4, 192)):
        marks = head[start::step][:8]
        if len(marks) >= 3 and set(marks) == {0x47}:
            return True
    return False


def is_picture(head: bytes) -> bool:
    return (
        head.startswith(_PICTURES)
        or (head.startswith(b"RIFF") and head[8:12] == b"WEBP")
        or (head[4:8] == b"ftyp" and head[8:12] in _STILL_BRANDS)
    )


def is_playlist(head: bytes) -> bool:
    text = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    return text.startswith(_PLAYLISTS) or (text.startswith(b"<?xml") and b"<MPD" in text)


def is_sound(head: bytes) -> bool:
    return head.startswith(_SOUNDS) or (head.startswith(b"RIFF") and head[8:12] == b"WAVE")
