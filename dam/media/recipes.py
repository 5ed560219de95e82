"""How each rendition of `specs.RENDITIONS` is made: from a master's path to files in a folder."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from dam.core.language import number
from dam.media import kept_frames, one_pass, previews, runner, specs, streams, waveforms
from dam.media.frames import Frame
from dam.media.kept_frames import Footage
from dam.media.probe import Kind, MediaInfo
from dam.media.runner import Told

# In a version's media_info: {"sha256", "count"} of its pictures (dam.media.decoded_hash, stills.decoded).
DECODED = "decoded"


@dataclass(frozen=True)
class MadeFile:
    path: Path
    content_type: str
    name: str = ""  # in its address, for a part: "segment-1.m4s"


@dataclass(frozen=True)
class Made:
    """A finished rendition: the file that is asked for first, and the parts that this file names."""

    file: MadeFile
    size: tuple[int, int] | None = None  # width and height in pixels
    parts: tuple[MadeFile, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)
    frame_count: int | None = None  # of the review timeline, where people step through this one
    warnings: tuple[str, ...] = ()  # of the master: what making this one showed
    facts: dict[str, Any] = field(default_factory=dict)  # of the master, to be kept among those of its probe
    remark: str = ""  # for people


def poster(
    master: Path, folder: Path, *, info: MediaInfo, chosen: int | None = None, told: Told | None = None
) -> Made:
    """The chosen frame, else the most telling; of sound its waveform."""
    out = folder / "poster.webp"
    if info.kind is Kind.SOUND:
        size = waveforms.write(master, out, info=info)
        return Made(MadeFile(out, specs.POSTER.content_type), size)
    return _as_poster(out, *previews.poster(master, out, info=info, chosen=chosen, told=told))


def picture(master: Path, folder: Path, *, info: MediaInfo) -> Made:
    out = folder / "picture.webp"
    size = previews.picture(master, out, info=info)
    return Made(MadeFile(out, specs.PICTURE.content_type), size)


def sound(master: Path, folder: Path, *, info: MediaInfo) -> Made:
    """The sound as every browser plays it."""
    out = folder / "sound.m4a"
    runner.convert_sound(master, out, info=info, spec=specs.LISTEN)
    return Made(MadeFile(out, specs.LISTEN.content_type))


def sprite(master: Path, folder: Path, *, info: MediaInfo, told: Told | None = None) -> Made:
    out = folder / "sprite.webp"
    return _as_sprite(out, *previews.sprite(master, out, info=info, told=told))


def frames(master: Path, folder: Path, *, info: MediaInfo, told: Told | None = None) -> Made:
    """The frames that search looks at, and the shots: working material."""
    out = folder / "frames.zip"
    return _as_frames(out, kept_frames.write(master, out, info=info, told=told))


def in_one_pass(
    master: Path,
    folder: Path,
    *,
    info: MediaInfo,
    chosen: int | None = None,
    told: Told | None = None,
) -> dict[str, Made]:
    """The kinds of dam.media.one_pass, each as its own recipe makes it, by one decoding."""
    wishes = one_pass.wishes(info, chosen=chosen)
    taken: dict[str, list[Frame]] = {what: [] for what in wishes}
    out = folder / "frames.zip"
    footage = kept_frames.write(
        master,
        out,
        info=info,
        told=told,
        wishes=wishes,
        take=lambda asked: taken[asked.what].append(asked.frame),
    )
    made = {"frames": _as_frames(out, footage)}
    if "poster" in wishes:
        out = folder / "poster.webp"
        made["poster"] = _as_poster(out, *previews.write_poster(taken["poster"], out))
    if "sprite" in wishes:
        out = folder / "sprite.webp"
        made["sprite"] = _as_sprite(out, *previews.write_sprite(taken["sprite"], out))
    return made


def _as_poster(out: Path, size: tuple[int, int], frame: int) -> Made:
    return Made(MadeFile(out, specs.POSTER.content_type), size, details={"frame": frame})


def _as_sprite(out: Path, size: tuple[int, int], grid: dict[str, Any]) -> Made:
    return Made(MadeFile(out, specs.SPRITE.content_type), size, details=grid)


def _as_frames(out: Path, footage: Footage) -> Made:
    remark = ""
    if footage.gap_ms:
        remark = _(
            "This clip is long and changes often: %(frames)s of its frames are searched, at most "
            "one every %(gap_ms)s seconds."
        ) % {"frames": len(footage.frames), "gap_ms": f"{footage.gap_ms / 1000:.0f}"}
    facts = {DECODED: asdict(footage.decoded)} if footage.decoded else {}
    return Made(MadeFile(out, specs.FRAMES_TYPE), details=footage.to_json(), remark=remark, facts=facts)


def stream(
    master: Path,
    folder: Path,
    *,
    info: MediaInfo,
    spec: specs.Stream = specs.STREAM,
    proxy: Path | None = None,
    told: Told | None = None,
) -> Made:
    """HLS: a playlist that names those of the rungs, of which each names ranges of its one file.

    One of them can be the review `proxy` (dam.media.streams).
    """
    playlist, rungs = streams.write(master, folder, info=info, spec=spec, proxy=proxy, told=told)
    parts = [
        part
        for rung in rungs
        for part in (
            MadeFile(rung.playlist, spec.content_type, rung.playlist.name),
            MadeFile(rung.file, specs.PROXY.content_type, rung.file.name),
        )
    ]
    size = sum(part.path.stat().st_size for part in parts)
    heights = [[rung.width, rung.height] for rung in rungs]
    return Made(
        MadeFile(playlist, spec.content_type),
        (rungs[-1].width, rungs[-1].height),
        tuple(parts),
        details={"bytes": size, "sizes": heights},
    )


def better_proxy(master: Path, folder: Path, *, info: MediaInfo, told: Told | None = None) -> Made:
    """The review proxy at a higher rate, for a master that the usual one doesn't do justice to."""
    return proxy(master, folder, info=info, spec=specs.BETTER_PROXY, told=told)


def proxy(
    master: Path,
    folder: Path,
    *,
    info: MediaInfo,
    spec: specs.Movie = specs.PROXY,
    told: Told | None = None,
) -> Made:
    """The review proxy. Where the end of a damaged file can't be decoded, people review what they see."""
    out = folder / "proxy.mp4"
    facts = runner.proxy(master, out, info=info, spec=spec, told=told)
    shown, warnings = round(info.frame_rate * facts.duration_ms / 1000), facts.warnings
    if shown < info.frame_count - 1:
        warnings = (
            (
                _("Only %(shown)s of %(frame_count)s frames could be decoded.")
                % {"shown": number(shown), "frame_count": number(info.frame_count)}
            ),
            *warnings,
        )
    else:
        shown = info.frame_count
    return Made(
        MadeFile(out, specs.PROXY.content_type),
        (facts.width, facts.height),
        frame_count=shown,
        warnings=warnings,
        remark=" ".join((*warnings, *info.warnings)),
    )
