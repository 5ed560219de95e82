"""What a file is, by its first bytes: names are chosen by the sender. The one table of kinds. Pure.

Nothing is opened before its bytes are on this list: a playlist, a script or a picture never reaches
FFmpeg, which would follow what it names; FFmpeg is told the one demuxer to use, and the C2PA library the
one content type.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

HEAD_BYTES = 4096


class Medium(StrEnum):
    VIDEO = "video"
    PICTURE = "picture"
    SOUND = "sound"
    PLAYLIST = "playlist"  # names other files
    DOCUMENT = "document"


class CredentialSupport(StrEnum):
    """What becomes of a C2PA manifest in files of a kind."""

    SIGNED = "signed"  # read, and embedded by us
    READ = "read"
    NONE = "none"  # there is no place for one


@dataclass(frozen=True)
class FileKind:
    """A kind of file: its name for people, content type, the suffix it is stored with.

    `demuxer` is FFmpeg's, for the kinds that are taken as video or sound, pictures if they move; `decoder`
    Pillow's, for those taken as still pictures (of SVG `dam.media.drawings`); `boxes` says that it is made of
    ISO base media boxes.
    """

    label: str
    medium: Medium
    content_type: str
    suffix: str
    credentials: CredentialSupport = CredentialSupport.NONE
    demuxer: str = ""
    decoder: str = ""
    boxes: bool = False


def _video(
    label: str,
    demuxer: str,
    content_type: str,
    suffix: str,
    credentials: CredentialSupport = CredentialSupport.NONE,
) -> FileKind:
    boxes = demuxer == "mov"
    return FileKind(label, Medium.VIDEO, content_type, suffix, credentials, demuxer=demuxer, boxes=boxes)


def _picture(
    label: str, name: str, credentials: CredentialSupport = CredentialSupport.READ, *, decoder: str = ""
) -> FileKind:
    suffix, boxes = f".{name.partition('+')[0]}", decoder == "AVIF"
    return FileKind(label, Medium.PICTURE, f"image/{name}", suffix, credentials, decoder=decoder, boxes=boxes)


def _sound(
    label: str,
    name: str,
    suffix: str,
    demuxer: str,
    credentials: CredentialSupport = CredentialSupport.SIGNED,
) -> FileKind:
    return FileKind(label, Medium.SOUND, f"audio/{name}", suffix, credentials, demuxer=demuxer)


MP4 = _video("MP4", "mov", "video/mp4", ".mp4", CredentialSupport.SIGNED)
QUICKTIME = _video("QuickTime", "mov", "video/quicktime", ".mov", CredentialSupport.SIGNED)
WEBM = _video("WebM", "matroska", "video/webm", ".webm")
MATROSKA = _video("Matroska", "matroska", "video/x-matroska", ".mkv")
AVI = _video("AVI", "avi", "video/x-msvideo", ".avi", CredentialSupport.READ)
MPEG_TS = _video("MPEG-TS", "mpegts", "video/mp2t", ".ts")
MPEG_PS = _video("MPEG-PS", "mpeg", "video/mpeg", ".mpg")
MXF = _video("MXF", "mxf", "application/mxf", ".mxf")
FLV = _video("Flash Video", "flv", "video/x-flv", ".flv")
ASF = _video("Windows Media", "asf", "video/x-ms-asf", ".wmv")
OGG = _video("Ogg", "ogg", "video/ogg", ".ogv")
REAL = _video("RealMedia", "rm", "application/vnd.rn-realmedia", ".rm")
DV = _video("DV", "dv", "video/dv", ".dv")
VIDEOS = (MP4, QUICKTIME, WEBM, MATROSKA, AVI, MPEG_TS, MPEG_PS, MXF, FLV, ASF, OGG, REAL, DV)

JPEG = _picture("JPEG", "jpeg", CredentialSupport.SIGNED, decoder="JPEG")
PNG = _picture("PNG", "png", CredentialSupport.SIGNED, decoder="PNG")
# Of those that may move, only their pictures say whether they do.
APNG = FileKind(
    "Animated PNG",
    Medium.PICTURE,
    "image/png",
    ".apng",
    CredentialSupport.READ,
    demuxer="apng",
    decoder="PNG",
)
GIF = FileKind(
    "GIF", Medium.PICTURE, "image/gif", ".gif", CredentialSupport.READ, demuxer="gif", decoder="GIF"
)
TIFF = _picture("TIFF", "tiff", CredentialSupport.SIGNED, decoder="TIFF")
# Its offsets have 64 bits, which the C2PA library and our writing of XMP don't count on.
BIG_TIFF = FileKind("BigTIFF", Medium.PICTURE, "image/tiff", ".btf", decoder="TIFF")
WEBP = _picture("WebP", "webp", CredentialSupport.SIGNED, decoder="WEBP")
AVIF = _picture("AVIF", "avif", CredentialSupport.SIGNED, decoder="AVIF")
# Whether an AVIF moves only its pictures say (dam.media.probe_file), not its first bytes.
AVIF_SEQUENCE = FileKind(
    "Animated AVIF", Medium.PICTURE, "image/avif", ".avifs", CredentialSupport.READ, demuxer="mov", boxes=True
)
# Whether a WebP moves only its pictures say. What is read in its place is Matroska (dam.media.animations).
ANIMATED_WEBP = FileKind(
    "Animated WebP",
    Medium.PICTURE,
    "image/webp",
    ".webps",
    CredentialSupport.READ,
    demuxer="matroska",
    decoder="WEBP",
)
HEIC = _picture("HEIC", "heic")
HEIF = _picture("HEIF", "heif")
JPEG_XL = _picture("JPEG XL", "jxl")
SVG = _picture("SVG", "svg+xml", CredentialSupport.SIGNED, decoder="SVG")
BMP = _picture("BMP", "bmp", CredentialSupport.NONE)
# The C2PA library puts a tag of MP3 before it.
FLAC = _sound("FLAC", "flac", ".flac", "flac", CredentialSupport.READ)
MP3 = _sound("MP3", "mpeg", ".mp3", "mp3")
WAV = _sound("WAV", "wav", ".wav", "wav")
# The same beyond 4 GB; no manifest is embedded there.
RF64 = _sound("WAV (RF64)", "wav", ".rf64", "wav", CredentialSupport.NONE)
AIFF = _sound("AIFF", "aiff", ".aiff", "aiff", CredentialSupport.NONE)
AAC = _sound("AAC", "aac", ".aac", "aac", CredentialSupport.NONE)
# Whether there is a film in it only its tracks say.
M4A = FileKind(
    "MPEG-4 sound", Medium.SOUND, "audio/mp4", ".m4a", CredentialSupport.SIGNED, demuxer="mov", boxes=True
)
PDF = FileKind("PDF", Medium.DOCUMENT, "application/pdf", ".pdf", CredentialSupport.READ)
PLAYLIST = FileKind("Playlist", Medium.PLAYLIST, "text/plain", ".txt")

ALL = (
    *VIDEOS,
    *(
        JPEG,
        PNG,
        APNG,
        GIF,
        TIFF,
        BIG_TIFF,
        WEBP,
        ANIMATED_WEBP,
        AVIF,
        AVIF_SEQUENCE,
        HEIC,
        HEIF,
        JPEG_XL,
        SVG,
        BMP,
    ),
    *(FLAC, MP3, WAV, RF64, AIFF, AAC, M4A, PDF, PLAYLIST),
)
BY_LABEL = {kind.label: kind for kind in ALL}

STARTS = (
    (b"\x06\x0e\x2b\x34\x02\x05\x01\x01", MXF),
    (b"FLV\x01", FLV),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", ASF),
    (b"OggS", OGG),
    (b".RMF", REAL),
    (b"\x1f\x07\x00", DV),
    (b"\x00\x00\x01\xba", MPEG_PS),
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG", PNG),
    (b"GIF8", GIF),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"II+\x00", BIG_TIFF),
    (b"MM\x00+", BIG_TIFF),
    (b"\x00\x00\x00\x0cJXL ", JPEG_XL),
    (b"ID3", MP3),
    (b"\xff\xfb", MP3),
    (b"\xff\xf3", MP3),
    (b"\xff\xfa", MP3),
    (b"\xff\xf2", MP3),
    (b"\xff\xe3", MP3),  # MPEG-2.5
    (b"\xff\xe2", MP3),
    (b"\xff\xf1", AAC),
    (b"\xff\xf9", AAC),
    (b"fLaC", FLAC),
    (b"%PDF-", PDF),
)
RIFF = {b"AVI ": AVI, b"WEBP": WEBP, b"WAVE": WAV}
FORMS = {b"RF64WAVE": RF64, b"BW64WAVE": RF64, b"FORMAIFF": AIFF, b"FORMAIFC": AIFF}
BRANDS = {
    b"qt  ": QUICKTIME,
    b"M4A ": M4A,
    b"avif": AVIF,
    b"avis": AVIF,
    b"heic": HEIC,
    b"heix": HEIC,
    b"mif1": HEIF,
    b"msf1": HEIF,
}
# Boxes an ISO base media or QuickTime file may start with; without `ftyp` it is an old QuickTime file.
FIRST_BOXES = {b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp"}
STILLS_BRANDS, AVIF_BRANDS = {b"mif1", b"msf1"}, {b"avif", b"avis"}
DIB_SIZES = {12, 16, 40, 52, 56, 64, 108, 124}  # bytes of what follows a bitmap's header
# Before a drawing there may be comments, and a type, which says nothing that is obeyed here. A comment ends
# at its first end: looking for a later one takes for ever where there are many.
_SVG = re.compile(rb"(?:\s|<\?xml[^>]*>|(?><!--.*?-->))*(?:<!doctype\s+svg\b|<svg\b)", re.DOTALL)
PLAYLISTS = (b"#extm3u", b"ffconcat", b"<mpd", b"[playlist]", b"<smil", b"<asx")


def read(path: Path) -> FileKind | None:
    """The kind of this file, or None for one that is not on the list. Raises OSError."""
    with path.open("rb") as file:
        return recognise(file.read(HEAD_BYTES))


def recognise(head: bytes) -> FileKind | None:
    """The kind of file whose first bytes these are (give HEAD_BYTES of them), or None."""
    if head[4:8] == b"ftyp":
        if head[8:12] in STILLS_BRANDS and brands(head) & AVIF_BRANDS:
            return AVIF
        return BRANDS.get(head[8:12], MP4)
    if head[4:8] in FIRST_BOXES:
        return QUICKTIME
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return WEBM if b"webm" in head[:64] else MATROSKA
    if head.startswith(b"RIFF"):
        return RIFF.get(head[8:12])
    if head[:4] + head[8:12] in FORMS:
        return FORMS[head[:4] + head[8:12]]
    if _is_bitmap(head):
        return BMP
    for start, kind in STARTS:
        if head.startswith(start):
            return APNG if kind is PNG and _is_animated_png(head) else kind
    return _recognise_text(head) or (MPEG_TS if _is_transport_stream(head) else None)


def brands(head: bytes) -> set[bytes]:
    """What an ISO base media file says it is, the first and those that it is compatible with."""
    end = min(int.from_bytes(head[:4]), len(head))
    return {head[8:12], *(head[place : place + 4] for place in range(16, end - 3, 4))}


def _is_bitmap(head: bytes) -> bool:
    """Two letters are many a text's beginning: a bitmap goes on with sizes and zeros."""
    return (
        head.startswith(b"BM")
        and head[6:10] == bytes(4)
        and int.from_bytes(head[14:18], "little") in DIB_SIZES
    )


def _is_animated_png(head: bytes) -> bool:
    """The chunk that says so comes before the first picture."""
    return b"acTL" in head.partition(b"IDAT")[0]


def _recognise_text(head: bytes) -> FileKind | None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16
        head = head.decode("utf-16", "ignore").encode()
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith(PLAYLISTS) or (text.startswith(b"<?xml") and b"<mpd" in text):
        return PLAYLIST
    if _SVG.match(text) or (text.startswith(b"<?xml") and b"<svg" in text):
        return SVG
    return None


def _is_transport_stream(head: bytes) -> bool:
    """Sync bytes every 188 bytes (192 on Blu-ray, after a time stamp of four)."""
    for start, step in ((0, 188), (4, 192)):
        marks = head[start::step][:8]
        if len(marks) >= 3 and set(marks) == {0x47}:
            return True
    return False
