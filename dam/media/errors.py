"""Why a file is not taken: a word for programs, a sentence for people that says how to go on. Pure."""

from fractions import Fraction

from dam.core.errors import Refused
from dam.core.language import gettext as _
from dam.core.language import noop, number
from dam.media import budgets, sniffer
from dam.media.sniffer import FileKind, Medium

TITLES = {
    "empty": noop("Empty file"),
    "not_a_video": noop("Unsupported file"),
    "playlist": noop("Playlist"),
    "picture": noop("Unsupported image"),
    "not_a_picture": noop("Not an image"),
    "damaged": noop("Damaged file"),
    "truncated": noop("Incomplete file"),
    "no_frames": noop("No readable frames"),
    "unknown_codec": noop("Unsupported codec"),
    "too_wide": noop("Resolution too high"),
    "too_long": noop("Too long"),
    "too_costly": noop("Too complex to process"),
    "too_large": noop("File too large"),
    "disk_full": noop("Server is full"),
    "not_checked": noop("Couldn't be checked"),
}

MESSAGES = {
    "empty": noop("The file is empty (0 bytes). Export it again or choose another file."),
    "not_a_video": (
        noop(
            "Reelproof can't read this file as a video, an image or sound. Upload MP4, MOV or WebM; PNG, "
            "JPEG, WebP, AVIF, TIFF or SVG; WAV, MP3, FLAC or M4A. Matroska, AVI, MXF and some older formats "
            "work too."
        )
    ),
    "playlist": noop("This is a playlist, which only links to other files. Upload the files themselves."),
    "picture": noop(
        "Reelproof can't read this kind of image. Save it as PNG, JPEG, WebP, AVIF, TIFF or SVG."
    ),
    "not_a_picture": noop("Reelproof can't read this file as an image. Save it as JPEG or PNG."),
    "damaged": noop("The file is damaged and can't be read. Export it again or upload the original."),
    "truncated": noop("Part of the file is missing. Export it again or upload the original."),
    "no_frames": noop("No frames can be read from this file. Export it again or upload the original."),
    "unknown_codec": (
        noop(
            "Reelproof can't read this codec. Export video as H.264, HEVC, AV1, VP9 or ProRes, and sound "
            "as WAV, FLAC, MP3 or AAC."
        )
    ),
    "too_wide": noop("The resolution is too high. Export it at a lower resolution."),
    "too_long": noop("The recording is too long. Split it into parts."),
    "too_costly": (
        noop(
            "Reading this file takes more time or memory than a single file is allowed. "
            "Export it again in a common format."
        )
    ),
    "too_large": noop("The file is too large for this installation. Export it with a lower bit rate."),
    "disk_full": noop(
        "The server is out of disk space. Ask your administrator to free some, then try again."
    ),
    "not_checked": noop("The file couldn't be checked. Upload it again or contact your administrator."),
}


class FileRefused(Refused):
    """The file is not taken. `code` is a key of MESSAGES."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or MESSAGES[code], code=code, title=TITLES.get(code, ""))


# Why a kind of file is not taken.
NOT_TAKEN = {Medium.PLAYLIST: "playlist", Medium.PICTURE: "picture"}


def require_kind(head: bytes) -> FileKind:
    """The kind of file with these first bytes, if it can be taken. Raises FileRefused for what can't."""
    kind = sniffer.recognise(head)
    if not head:
        raise FileRefused("empty")
    if kind is not None and (kind.demuxer or kind.decoder):
        return kind
    raise FileRefused(NOT_TAKEN.get(kind.medium, "not_a_video") if kind else "not_a_video")


def animated(label: str) -> FileRefused:
    """A picture that moves, of a kind whose pictures can't be read one after the other."""
    return FileRefused(
        "picture", _("Reelproof can't read animated %(label)s. Export it as MP4 or GIF.") % {"label": label}
    )


def require_size(width: int, height: int) -> None:
    """Raises FileRefused for a picture with more pixels than are decoded."""
    if max(width, height) > budgets.MAX_SIDE or width * height > budgets.MAX_PIXELS:
        raise FileRefused(
            "too_wide",
            (
                _(
                    "The resolution is %(width)s × %(height)s pixels. The limit is %(max_side)s "
                    "pixels on a side and %(max_pixels)s megapixels. Export it at a lower resolution."
                )
                % {
                    "width": width,
                    "height": height,
                    "max_side": number(budgets.MAX_SIDE),
                    "max_pixels": budgets.MAX_PIXELS // 1000000,
                }
            ),
        )


def require_length(seconds: Fraction) -> None:
    """Raises FileRefused for a film that is longer than those that are taken."""
    if seconds > budgets.MAX_SECONDS:
        hours, most = float(seconds) / 3600, budgets.MAX_SECONDS // 3600
        raise FileRefused(
            "too_long",
            (
                _("The video is %(hours)s hours long. The limit is %(most)s. Split it into parts.")
                % {"hours": f"{hours:.1f}", "most": most}
            ),
        )


class MediaFailed(Refused):
    """FFmpeg or the decoder process could not do its work; the message says why, for people."""

    code = "media_failed"
    log = ""  # the last of what FFmpeg printed, for those who look after it
