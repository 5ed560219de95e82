"""HLS of a master: its rungs made by FFmpeg, and the playlist that offers them.

A rung is one file and a playlist of ranges in it, so a stream of hours has as many files as one of a minute.
The review proxy has the size and the quality of one of them: where it keeps to that rung's rate its pictures
are taken as they are, and only the others are encoded.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils.translation import gettext as _

from dam.core import sandbox
from dam.media import budgets, commands, ffmpeg, printed, runner, specs
from dam.media.errors import FileRefused, MediaFailed
from dam.media.probe import MediaInfo
from dam.media.runner import Told
from dam.media.specs import Rung, Stream

log = logging.getLogger(__name__)

KIND = "stream"  # of dam.media.specs; the playlists of its rungs lie below it
HEAD_BYTES = 64 * 1024  # in which a file's codecs are named
_SEGMENT = re.compile(r"^#EXTINF:([0-9.]+),[^\n]*\n#EXT-X-BYTERANGE:(\d+)@\d+$", re.MULTILINE)


@dataclass(frozen=True)
class MadeRung:
    """A rung as it was made: its files, its size in pixels, and what a player wants to know of it."""

    playlist: Path
    file: Path
    width: int
    height: int
    peak: int  # bits a second, of its largest segment
    average: int
    codecs: str  # RFC 6381


class NotStreamed(Exception):
    """There is no stream of such a master; the message says why, for people."""


def write(
    path: Path,
    folder: Path,
    *,
    info: MediaInfo,
    spec: Stream = specs.STREAM,
    proxy: Path | None = None,
    told: Told | None = None,
) -> tuple[Path, list[MadeRung]]:
    """Write the playlist and its rungs into the folder, with the help of the review proxy where there is one.

    Raises FileRefused or MediaFailed, and NotStreamed for a master of which one picture is held for long: a
    segment would last as long.
    """
    if info.held_frames:
        raise NotStreamed(_("A picture of this clip stands still for long, so it has no adaptive stream."))
    sizes = [size for _rung, size in specs.ladder(info, spec)]
    with (
        runner.readable(path, info=info) as film,
        TemporaryDirectory(prefix=".making-", dir=folder.resolve()) as inside,
    ):
        served = _of_proxy(film, proxy, Path(inside), folder, info=info, spec=spec) if proxy else {}
        if len(served) < len(sizes):
            _encode(film, Path(inside), info=info, spec=spec, without=next(iter(served), None), told=told)
        rungs = [
            served.get(number) or _taken(Path(inside), number, folder, size)
            for number, size in enumerate(sizes)
        ]
    facts = [_probed(rung.file) for rung in rungs]
    if len({each.frame_count for each in facts}) != 1:
        raise MediaFailed(_("The sizes of the stream don't show the same frames."))
    playlist = folder / "stream.m3u8"
    playlist.write_text(master_playlist(rungs, rate=facts[0].frame_rate))
    return playlist, rungs


def master_playlist(rungs: Sequence[MadeRung], *, rate: Fraction) -> str:
    """The playlist that a player is given: each rung, by an address relative to this one. Pure."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for rung in rungs:
        lines += [
            f"#EXT-X-STREAM-INF:BANDWIDTH={rung.peak},AVERAGE-BANDWIDTH={rung.average},"
            f'CODECS="{rung.codecs}",RESOLUTION={rung.width}x{rung.height},FRAME-RATE={float(rate):.3f}',
            f"{KIND}/{rung.playlist.name}",
        ]
    return "\n".join(lines) + "\n"


def rates(playlist: str) -> tuple[int, int]:
    """Bits a second of its largest segment, and of all. Raises MediaFailed where it has none. Pure."""
    segments = _segments(playlist)
    seconds = sum(each for each, _bits in segments)
    if not seconds:
        raise MediaFailed(_("FFmpeg finished without writing the file."))
    peak = max(bits / each for each, bits in segments if each)
    return round(peak), round(sum(bits for _each, bits in segments) / seconds)


def can_be(playlist: str, rung: Rung, *, info: MediaInfo, spec: Stream = specs.STREAM) -> bool:
    """Whether what wasn't encoded for this rung has the segments that the others have, and keeps to its rate.

    Pure.
    """
    segments, length = _segments(playlist), specs.segment_frames(info, spec)
    whole, rest = divmod(info.frame_count, length)
    wanted = [*[length] * whole, *([rest] if rest else [])]
    if [round(seconds * info.frame_rate) for seconds, _bits in segments] != wanted:
        return False
    over, room = 0.0, commands.BUFFER_SECONDS * rung.most_kbps * 1000
    for seconds, bits in segments:
        over = max(0.0, over + bits - (rung.most_kbps + spec.audio_kbps * info.has_audio) * 1000 * seconds)
        if over > room:
            return False
    return True


def _segments(playlist: str) -> list[tuple[float, int]]:
    """Seconds and bits of each."""
    return [(float(seconds), 8 * int(size)) for seconds, size in _SEGMENT.findall(playlist)]


def codecs(head: bytes) -> str:
    """What a fragmented MP4 that begins with these bytes holds, as RFC 6381 names it. Pure.

    >>> codecs(b"....avcC" + bytes([1, 0x64, 0x00, 0x1F]) + b"....mp4a....")
    'avc1.64001f,mp4a.40.2'
    """
    place = head.find(b"avcC")
    if place < 0 or len(head) < place + 8:
        raise MediaFailed(_("FFmpeg finished without writing the file."))
    picture = f"avc1.{head[place + 5 : place + 8].hex()}"
    return f"{picture},mp4a.40.2" if b"mp4a" in head else picture


def _of_proxy(
    film: Path, proxy: Path, made: Path, folder: Path, *, info: MediaInfo, spec: Stream
) -> dict[int, MadeRung]:
    """The rung that the review proxy can be, by its number; none where it is of another size or kind."""
    size = specs.fit(info, specs.PROXY.longest_side)
    for number, (rung, fitted) in enumerate(specs.ladder(info, spec)):
        if fitted != size:
            continue
        proxy = proxy.resolve()
        command = commands.copy_rung(
            film, proxy, made, number=number, info=info, spec=spec, binary=ffmpeg.binary()
        )
        try:
            _run(command, made, reads=[film, proxy], info=info, told=None)
            taken = _taken(made, number, folder, size)
            facts = _probed(taken.file)
        except MediaFailed as problem:  # it was made again meanwhile, say
            log.info("The review proxy can't be a part of the stream: %s", problem)
            return {}
        # One of an earlier release has frames in another order: it would begin later than the others.
        fits = (facts.width, facts.height) == size and not facts.first_pts
        if fits and can_be(taken.playlist.read_text(), rung, info=info, spec=spec):
            return {number: taken}
    return {}


def _encode(
    film: Path, made: Path, *, info: MediaInfo, spec: Stream, without: int | None, told: Told | None
) -> None:
    command = commands.make_stream(film, made, info=info, spec=spec, binary=ffmpeg.binary(), without=without)
    ffmpeg.give_table(info, made)
    _run(command, made, reads=[film], info=info, told=told)


def _run(
    command: list[str], made: Path, *, reads: Sequence[Path], info: MediaInfo, told: Told | None
) -> None:
    limits = budgets.stream(
        frames=info.frame_count,
        seconds=info.duration_ms / 1000 if info.has_audio else 0,
        pixels=info.width * info.height,
    )
    with sandbox.start(commands.told(command), limits=limits, reads=reads, folder=made) as process:
        for frame in printed.frames(process.stdout):
            if told is not None:
                told(min(1.0, frame / max(1, info.frame_count)))
        completed = process.finish()
    ffmpeg.require(completed, limits)


def _taken(made: Path, number: int, folder: Path, size: tuple[int, int]) -> MadeRung:
    name = str(max(size))
    file, playlist = folder / f"{name}.mp4", folder / f"{name}.m3u8"
    ffmpeg.take(made / str(number), file)
    ffmpeg.take(made / f"{number}.m3u8", playlist)
    text = _named(playlist.read_text(), str(number), file.name)
    playlist.write_text(text)
    peak, average = rates(text)
    with file.open("rb") as start:
        found = codecs(start.read(HEAD_BYTES))
    return MadeRung(playlist, file, *size, peak, average, found)


def _named(playlist: str, made: str, name: str) -> str:
    """FFmpeg's playlist with the file's lasting name, and with the promise that each segment stands alone."""
    lines = []
    for line in playlist.splitlines():
        if line == made:
            lines.append(name)
        else:
            lines.append(line.replace(f'URI="{made}"', f'URI="{name}"'))
        if line.startswith("#EXT-X-VERSION"):
            lines.append("#EXT-X-INDEPENDENT-SEGMENTS")
    return "\n".join(lines) + "\n"


def _probed(file: Path) -> MediaInfo:
    try:
        return runner.probe(file)
    except FileRefused as refused:
        if refused.code == "disk_full":
            raise
        raise MediaFailed(_("No frames could be decoded.")) from refused
