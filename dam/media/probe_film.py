"""Reading the facts of films and sounds with PyAV. Runs in the decoder process alone (decoder_process.py)."""

import itertools
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer

from dam.core.language import gettext as _
from dam.media import (
    boxes,
    budgets,
    colour,
    completeness,
    first_picture,
    frames,
    packets,
    timing,
    transfers,
)
from dam.media.errors import FileRefused, require_length, require_size
from dam.media.probe import Kind, MediaInfo
from dam.media.sniffer import (
    AIFF,
    APNG,
    ASF,
    AVI,
    AVIF_SEQUENCE,
    FLAC,
    FLV,
    GIF,
    M4A,
    MATROSKA,
    MPEG_PS,
    MPEG_TS,
    MXF,
    RF64,
    WAV,
    WEBM,
    FileKind,
)

# HEVC keeps it in a second layer, which the decoder passes over. A message in the header announces it: prefix
# SEI (NAL type 39), payload 165, alpha_channel_info.
HEVC_ALPHA = bytes.fromhex("4e01a5")
SOUNDS_THAT_SAY_THEIR_LENGTH = (WAV, RF64, AIFF, FLAC, M4A)  # of others it is worked out of their size
COVER = 1 << 10  # AV_DISPOSITION_ATTACHED_PIC


def read_info(path: Path, kind: FileKind) -> tuple[MediaInfo, Mapping[str, str]]:
    """The facts about a film or a sound, and what its container says by name. Raises FileRefused."""
    try:
        return _read_all(path, kind)
    except FileRefused as refused:
        if refused.code != "no_frames" or not kind.boxes:
            raise
    # Nothing is left by an edit list that means nothing; its pictures are there all the same.
    info, said = _read_all(path, kind, ignore_editlist="1")
    note = _("The file's edit list leaves nothing to show and is ignored.")
    return replace(info, edits_ignored=True, warnings=(*info.warnings, note)), said


def _read_all(path: Path, kind: FileKind, **options: str) -> tuple[MediaInfo, Mapping[str, str]]:
    try:
        with frames.open_media(path, kind.demuxer, **options) as container:
            info = _read(container, path, kind, **options)
            said = dict(container.metadata)
            if kind.demuxer == "ogg":  # which has them with its streams
                for stream in container.streams:
                    said = {**stream.metadata, **said}
    except av.error.FFmpegError as problem:
        raise _explain(problem, path, kind) from problem
    return info, said


def _read(container: InputContainer, path: Path, kind: FileKind, **options: str) -> MediaInfo:
    video, audio = _choose_video(container, kind), _choose_audio(container)
    if video is None:
        return _read_sound(container, audio, path, kind, **options)
    blanks = boxes.empty_edits(path, video.id) if kind.boxes and not options else ()
    passed = packets.read(container, video, stated_end=_stated_end(container, kind), blanks=blanks)
    if not passed.pts:
        raise FileRefused("no_frames")
    require_size(video.codec_context.width, video.codec_context.height)
    warnings = _check_whole(container, video, path, kind, passed)
    picture = first_picture.read(path, kind, video.index, **options)
    if audio is not None and (audio.index not in passed.sounds):
        audio = None
    # What was mended is known by no time stamp of the file's.
    decodable = passed.pts if passed.mended_pictures else passed.shown_from(picture.pts)
    facts: dict[str, Any] = {
        "time_base": video.time_base,
        "declared": _declared(video, kind),
        "last_duration": passed.last_duration,
        "sound": None if audio is None else passed.sounds[audio.index],
    }
    timeline = timing.measure(decodable, **facts)
    if passed.mended_pictures and (timeline.gaps is None or timeline.closed):
        timeline = timing.measure(timing.evenly(decodable), **facts)
    # Where packets tell of no other order than their own, the decoder may know better: H.264 in AVI.
    placed = timeline.gaps is not None and not timeline.closed
    unordered = placed and (kind is AVI or len(passed.delays) == 1) and video.codec_context.has_b_frames
    counted = bool(passed.mended_pictures) or bool(
        unordered and first_picture.is_out_of_order(path, kind, video.index, **options)
    )
    found = (
        completeness.check_stamps(passed.mended_pictures, passed.mended_sounds),
        completeness.check_beginning(len(passed.pts) - len(decodable), pictures=len(passed.pts)),
        completeness.check_times(len(decodable), frames=timeline.pictures_shown),
    )
    warnings = (*warnings, *filter(None, found))
    if not picture.transparent and HEVC_ALPHA in (video.codec_context.extradata or b""):
        warnings = (
            *warnings,
            _("The transparency of this HEVC file can't be read, so the video is shown opaque."),
        )
    if kind.boxes and boxes.changes_speed(path):
        warnings = (
            *warnings,
            _("Part of this file is set to play faster or slower. Reelproof shows it at normal speed."),
        )
    require_length(timeline.duration)
    across = picture.rotation in (90, 270)
    aspect = video.sample_aspect_ratio or Fraction(1)
    if not Fraction(1, 4) <= aspect <= 4:
        aspect = Fraction(1)  # no camera makes such pixels: a damaged header
    info = MediaInfo(
        container=kind.label,
        video_codec=frames.codec_name(video),
        video_index=video.index,
        width=picture.height if across else picture.width,
        height=picture.width if across else picture.height,
        rotation=picture.rotation,
        mirrored=picture.mirrored,
        pixel_aspect=1 / aspect if across else aspect,
        pixel_format=picture.pixel_format,
        transfer=transfers.name_of(picture.colour_transfer),
        interlaced=picture.interlaced,
        **timeline.facts,
        blanks=blanks,
        counted=counted,
        gaps=(timeline.gaps or ()) if counted else (),
        warnings=warnings,
        bit_depth=picture.bit_depth,
        transparent=picture.transparent,
        colour_matrix=picture.colour_matrix,
        colour_primaries=picture.colour_primaries,
        colour_transfer=picture.colour_transfer,
        colour_range=picture.colour_range,
    )
    if colour.is_matrix_unknown(info):
        unknown = _("The file names colours in a way that can't be read. They may look different here.")
        info = replace(info, warnings=(*info.warnings, unknown))
    if audio is None:
        return info
    if not _can_be_heard(path, kind, audio.index, **options):
        unheard = _("The audio can't be decoded, so previews have no sound.")
        return replace(info, warnings=(*info.warnings, unheard))
    return replace(
        info,
        audio_codec=frames.codec_name(audio),
        audio_index=audio.index,
        audio_channels=audio.codec_context.channels,
        audio_rate=audio.codec_context.sample_rate,
        audio_start=passed.sounds[audio.index].start,
    )


def _stated_end(container: InputContainer, kind: FileKind) -> Fraction | None:
    """When everything ends, in seconds on the file's clock, where its header says so."""
    if kind not in (MATROSKA, WEBM, FLV, AVI, ASF) or not container.duration:
        return None
    return Fraction((container.start_time or 0) + container.duration, av.time_base)


def _declared(video: Any, kind: FileKind) -> list[Fraction]:
    """The rates that the file states, most trusted first. FFmpeg guesses one of time stamps; of those that
    are in milliseconds, as in Flash Video, it makes 120 where the header says 119.88."""
    rates = [video.guessed_rate, video.average_rate, video.base_rate]
    if kind is FLV:
        rates[:2] = video.average_rate, video.guessed_rate
    return [rate for rate in rates if rate]


def _read_sound(
    container: InputContainer, audio: Any | None, path: Path, kind: FileKind, **options: str
) -> MediaInfo:
    """The facts about a file that is only heard; a cover is no film."""
    if audio is None:
        raise FileRefused("unknown_codec")
    heard = packets.read(container, None).sounds.get(audio.index)
    if heard is None or heard.end <= heard.start or not _can_be_heard(path, kind, audio.index, **options):
        raise FileRefused("damaged")
    if heard.end - heard.start > budgets.MAX_SECONDS:
        raise FileRefused("too_long")
    warning = ""
    if kind in SOUNDS_THAT_SAY_THEIR_LENGTH and container.duration:
        stated = Fraction(container.duration, av.time_base)
        warning = completeness.check_seconds(start=heard.start, end=heard.end, stated=stated)
    return MediaInfo(
        container=kind.label,
        video_codec="",
        video_index=-1,
        width=0,
        height=0,
        rotation=0,
        mirrored=False,
        pixel_aspect=Fraction(1),
        pixel_format="",
        transfer="sdr",
        interlaced=False,
        frame_rate=Fraction(1),
        variable_rate=False,
        frame_count=0,
        duration_ms=max(1, round((heard.end - heard.start) * 1000)),
        first_pts=heard.start,
        audio_codec=frames.codec_name(audio),
        audio_index=audio.index,
        audio_channels=audio.codec_context.channels,
        audio_rate=audio.codec_context.sample_rate,
        audio_start=heard.start,
        warnings=(warning,) if warning else (),
        kind=Kind.SOUND,
    )


def _choose_video(container: InputContainer, kind: FileKind) -> Any | None:
    """The stream that is shown: the best by FFmpeg's own choice that is no cover and has a decoder.

    None where there is nothing to see and something to hear.
    """
    moving = [stream for stream in container.streams.video if not int(stream.disposition) & COVER]
    readable = [stream for stream in moving if stream.codec_context is not None]
    if readable and kind is AVIF_SEQUENCE:  # the still beside it is its first picture
        return max(readable, key=lambda stream: stream.frames)
    if readable:
        best = container.streams.best("video")
        return best if best in readable else readable[0]
    if moving:
        raise FileRefused("unknown_codec")
    if container.streams.audio:
        return None
    raise FileRefused("not_a_video")


def _choose_audio(container: InputContainer) -> Any | None:
    decodable = [stream for stream in container.streams.audio if stream.codec_context is not None]
    best = container.streams.best("audio")
    return best if best in decodable else next(iter(decodable), None)


def _check_whole(
    container: InputContainer, video: Any, path: Path, kind: FileKind, summary: packets.Summary
) -> tuple[str, ...]:
    """What is missing, for people. Raises FileRefused for a file that holds clearly less than it says."""
    if kind.demuxer == "matroska" and (warning := completeness.check_segment(path)):
        return (warning,)
    if kind is ASF and (warning := completeness.check_asf(path)):
        return (warning,)
    warning = completeness.check_end(path) if kind in (AVI, GIF, APNG) else ""
    if not warning and kind in (GIF, APNG):
        warning = completeness.check_read(summary.last_byte, size=path.stat().st_size)
    if warning:
        return (warning,)
    if kind.boxes and video.frames > 0:
        present = summary.video_packets
        if present < video.frames:
            present = max(present, _count_unedited(path, kind, video.index))
        warning = completeness.check_frames(present, stated=video.frames)
    elif kind.boxes:
        present = len(summary.pts)
        backwards = completeness.check_times(present + summary.passed_over, frames=present)
        warning = completeness.CUT_OFF if _is_cut_off(path) else backwards
    # The frames that others state may be empty ones, which only say that the picture before stays.
    elif container.duration and not (summary.mended_pictures and kind in (MPEG_TS, MPEG_PS)):
        start = Fraction(container.start_time or 0, av.time_base)
        stated = Fraction(container.duration, av.time_base)
        unnoticed = completeness.SOME_FRAMES if kind is MXF else completeness.SOME_SECONDS
        warning = completeness.check_seconds(start=start, end=summary.end, stated=stated, unnoticed=unnoticed)
    return (warning,) if warning else ()


def _count_unedited(path: Path, kind: FileKind, index: int) -> int:
    """The video's packets in the file, those that an edit list hides too."""
    with frames.open_media(path, kind.demuxer, ignore_editlist="1") as container:
        return packets.read(container, frames.stream_at(container, index)).video_packets


def _is_cut_off(path: Path) -> bool:
    """Whether the last box of a fragmented MP4 reaches beyond the end."""
    with path.open("rb") as file:
        last = deque(itertools.islice(boxes.top_level(file), boxes.MOST), maxlen=1)
    return bool(last) and last[0].end > path.stat().st_size


def _can_be_heard(path: Path, kind: FileKind, index: int, **options: str) -> bool:
    with frames.open_media(path, kind.demuxer, **options) as container:
        try:
            return next(frames.decode(container, frames.stream_at(container, index)), None) is not None
        except av.error.FFmpegError:
            return False


def _explain(problem: av.error.FFmpegError, path: Path, kind: FileKind) -> FileRefused:
    if isinstance(problem, MemoryError):
        return FileRefused("too_costly")
    if isinstance(problem, av.error.DecoderNotFoundError):
        return FileRefused("unknown_codec")
    if kind.boxes and _index_is_missing(path):
        return FileRefused("truncated")
    return FileRefused("damaged")


def _index_is_missing(path: Path) -> bool:
    """Whether an MP4 breaks off: a box at its top level reaches beyond the end, or `moov` never came."""
    with path.open("rb") as file:
        outermost = list(itertools.islice(boxes.top_level(file), 1000))
    kinds = {box.kind for box in outermost}
    known = {b"ftyp", b"free", b"skip", b"wide", b"mdat", b"moov", b"uuid"}
    return bool(outermost) and outermost[-1].end > path.stat().st_size and kinds <= known
