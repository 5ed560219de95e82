"""Why a file is not taken: a word for programs, a sentence for people that says how to go on. Pure."""

from dam.core.errors import Refused
from dam.media import sniffer
from dam.media.sniffer import FileKind, Medium

TITLES = {
    "empty": "Empty file",
    "not_a_video": "Not a video",
    "playlist": "A playlist, not a video",
    "picture": "A picture, not a video",
    "audio_only": "No picture",
    "cover_art": "No picture",
    "damaged": "Damaged file",
    "truncated": "The file ends too early",
    "no_frames": "No frames",
    "unknown_codec": "Unknown codec",
    "too_wide": "Picture too large",
    "too_long": "Too long",
    "too_costly": "Takes too much to read",
    "too_large": "File too large",
    "disk_full": "No room left",
    "not_checked": "Couldn't be checked",
}

MESSAGES = {
    "empty": "The file is empty (0 bytes). Export it again, or choose another file.",
    "not_a_video": (
        "This file is not a video that Reelproof can read. Take MP4, MOV or WebM; "
        "Matroska, AVI, MXF, MPEG and a few older formats work too."
    ),
    "playlist": "This is a playlist that only names other files. Send the video file itself.",
    "picture": "This is a still picture. Send a video file.",
    "audio_only": "There is sound in this file but no picture. Export it again with its video track.",
    "cover_art": "The only picture in this file is its cover. Send the video, not the sound track.",
    "damaged": "The file is damaged and can't be read. Export it again, or send the original.",
    "truncated": "The file ends too early: part of it is missing. Export it again, or send the original.",
    "no_frames": "Not a single frame can be read from this file. Export it again, or send the original.",
    "unknown_codec": "Reelproof can't read this codec. Export it as H.264, HEVC, AV1, VP9 or ProRes.",
    "too_wide": "The picture is too large. Export it smaller.",
    "too_long": "The video is too long. Cut it into parts.",
    "too_costly": (
        "Reading this file takes more time or memory than one file may use. "
        "It may be damaged on purpose; export it again in a common format."
    ),
    "too_large": "The file is larger than this installation takes. Export it with a lower bit rate.",
    "disk_full": "There is no room left on the server for it. Tell your administrator, then try again.",
    "not_checked": "Checking the file failed. Send it again, or tell your administrator.",
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
    raise FileRefused(NOT_VIDEO.get(kind.medium, "not_a_video") if kind else "not_a_video")
