"""Why a file is not taken: a word for programs, a sentence for people that says how to go on. Pure."""

from dam.core.errors import Refused
from dam.media import sniffer
from dam.media.sniffer import FileKind, Medium

TITLES = {
    "empty": "Empty file",
    "not_a_video": "Not a video",
    "playlist": "A playlist, not a video",
    "picture": "An image, not a video",
    "not_a_picture": "Not an image",
    "audio_only": "Audio only",
    "cover_art": "Audio only",
    "damaged": "Damaged file",
    "truncated": "Incomplete file",
    "no_frames": "No readable frames",
    "unknown_codec": "Unsupported codec",
    "too_wide": "Resolution too high",
    "too_long": "Too long",
    "too_costly": "Too complex to process",
    "too_large": "File too large",
    "disk_full": "Server is full",
    "not_checked": "Couldn't be checked",
}

MESSAGES = {
    "empty": "The file is empty (0 bytes). Export it again or choose another file.",
    "not_a_video": (
        "Reelproof can't read this file as a video. Upload MP4, MOV or WebM. "
        "Matroska, AVI, MXF, MPEG and some older formats work too."
    ),
    "playlist": "This is a playlist, which only links to other files. Upload the video file itself.",
    "picture": "This is a still image. Upload a video file.",
    "not_a_picture": "Reelproof can't read this file as an image. Save it as JPEG or PNG.",
    "audio_only": "This file has audio but no video. Export it again with its video track.",
    "cover_art": "This is an audio file with cover art. Upload the video instead.",
    "damaged": "The file is damaged and can't be read. Export it again or upload the original.",
    "truncated": "Part of the file is missing. Export it again or upload the original.",
    "no_frames": "No frames can be read from this file. Export it again or upload the original.",
    "unknown_codec": "Reelproof can't read this codec. Export it as H.264, HEVC, AV1, VP9 or ProRes.",
    "too_wide": "The resolution is too high. Export it at a lower resolution.",
    "too_long": "The video is too long. Split it into parts.",
    "too_costly": (
        "Reading this file takes more time or memory than a single file is allowed. "
        "Export it again in a common format."
    ),
    "too_large": "The file is too large for this installation. Export it with a lower bit rate.",
    "disk_full": "The server is out of disk space. Ask your administrator to free some, then try again.",
    "not_checked": "The file couldn't be checked. Upload it again or contact your administrator.",
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
        raise FileRefused("picture", "Reelproof can't read animated WebP. Export it as MP4 or GIF.")
    raise FileRefused(NOT_VIDEO.get(kind.medium, "not_a_video") if kind else "not_a_video")
