"""Why a file is not taken: a word for programs, a sentence for people that says how to go on. Pure."""

from dam.core.errors import Refused
from dam.core.language import gettext as _
from dam.core.language import noop
from dam.media import sniffer
from dam.media.sniffer import FileKind, Medium

TITLES = {
    "empty": noop("Empty file"),
    "not_a_video": noop("Not a video"),
    "playlist": "A playlist, not a video",
    "picture": noop("An image, not a video"),
    "not_a_picture": noop("Not an image"),
    "audio_only": noop("Audio only"),
    "cover_art": noop("Audio only"),
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
            "Reelproof can't read this file as a video. Upload MP4, MOV or WebM. "
            "Matroska, AVI, MXF, MPEG and some older formats work too."
        )
    ),
    "playlist": noop("This is a playlist, which only links to other files. Upload the video file itself."),
    "picture": noop("This is a still image. Upload a video file."),
    "not_a_picture": noop("Reelproof can't read this file as an image. Save it as JPEG or PNG."),
    "audio_only": noop("This file has audio but no video. Export it again with its video track."),
    "cover_art": noop("This is an audio file with cover art. Upload the video instead."),
    "damaged": noop("The file is damaged and can't be read. Export it again or upload the original."),
    "truncated": noop("Part of the file is missing. Export it again or upload the original."),
    "no_frames": noop("No frames can be read from this file. Export it again or upload the original."),
    "unknown_codec": noop("Reelproof can't read this codec. Export it as H.264, HEVC, AV1, VP9 or ProRes."),
    "too_wide": noop("The resolution is too high. Export it at a lower resolution."),
    "too_long": noop("The video is too long. Split it into parts."),
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


# Why a kind of file is no video.
NOT_VIDEO = {Medium.PLAYLIST: "playlist", Medium.PICTURE: "picture", Medium.SOUND: "audio_only"}


def require_container(head: bytes) -> FileKind:
    """The kind of video file with these first bytes. Raises FileRefused for what is not a video."""
    kind = sniffer.recognise(head)
    if kind is not None and kind.demuxer:
        return kind
    if not head:
        raise FileRefused("empty")
    if sniffer.is_animated_webp(head):
        raise FileRefused("picture", _("Reelproof can't read animated WebP. Export it as MP4 or GIF."))
    raise FileRefused(NOT_VIDEO.get(kind.medium, "not_a_video") if kind else "not_a_video")
