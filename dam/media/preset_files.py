"""Making a file of a download preset by FFmpeg, in the sandbox: how far it is, and what it said."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from django.utils.translation import gettext as _

from dam.core import sandbox, storage
from dam.core.sandbox import Completed, Limits
from dam.media import (
    budgets,
    colour,
    commands,
    ffmpeg,
    letters,
    loudness,
    overlay,
    presets,
    printed,
    runner,
    sniffer,
    subrip,
    watermark_filters,
)
from dam.media.errors import MediaFailed
from dam.media.invisible_watermark import Mark
from dam.media.presets import Captions, Format, Medium, Recipe
from dam.media.probe import Kind, MediaInfo

LOG_TAIL = 4000  # characters
UNDRAWN = "failed to find any fallback with glyph"  # libass, of a letter that no font has
BY_MEASURE = 0.05  # of the way: the first pass over the sound


@dataclass(frozen=True)
class Made:
    """What there is to know of a finished file. Loudness in LUFS, None where nothing was levelled."""

    width: int
    height: int
    log: str = ""
    loudness_before: float | None = None
    loudness: float | None = None


@dataclass(frozen=True, kw_only=True)
class Request:
    """A recipe and what it uses of this clip: the focus in thousandths, captions, a still's frame."""

    recipe: Recipe
    focus: tuple[int, int] = (500, 500)
    captions: Sequence[overlay.Cue] = ()
    language: str = "und"  # of the captions, as ISO 639-2 has it
    frame: int = 0
    better: bool = False  # a second try, at a higher rate
    aigc: str = ""  # China's metadata field, among the container's own tags
    mark: Mark | None = None  # the invisible watermark that its pictures get


def make(
    source: Path, out: Path, *, info: MediaInfo, request: Request, told: Callable[[float], None]
) -> Made:
    """Write the file. `told` hears now and then how much is done, 0 to 1; what it raises ends the work.

    Raises MediaFailed, with what FFmpeg said in `log`, and FileRefused when the disk is full.
    """
    recipe, source = request.recipe, source.resolve()
    if recipe.spec.medium is Medium.ANIMATION and info.duration_ms > presets.LONGEST_ANIMATION_MS:
        raise MediaFailed(
            _("%(format)s is for clips of up to %(seconds)s seconds. Choose a video format for this one.")
            % {"format": _(recipe.spec.title), "seconds": presets.LONGEST_ANIMATION_MS // 1000}
        )
    measured = _measured(source, info=info, recipe=recipe)
    told(BY_MEASURE)
    if recipe.spec.medium is Medium.SOUND:
        return _made_sound(source, out, info=info, recipe=recipe, measured=measured)
    limits = _limits(info, recipe)
    with shown(source, info=info) as (film, info), ffmpeg.making(out) as made:
        env = put_aside(made.parent, info=info, request=request)
        command = commands.make_preset(
            film,
            made,
            info=info,
            recipe=recipe,
            focus=request.focus,
            binary=ffmpeg.binary(),
            words=bool(env),
            captions=request.language if _is_track(request) else "",
            loudness=measured,
            frame=request.frame,
            better=request.better,
            aigc=request.aigc,
            marked=request.mark is not None,
        )
        frames = _frames(info, recipe)
        with sandbox.start(
            command, limits=limits, reads=[film], folder=made.parent, stdin=b"", env=env
        ) as process:
            for frame in printed.frames(process.stdout):
                told(BY_MEASURE + (1 - BY_MEASURE) * min(1.0, frame / frames))
            completed = process.finish()
        log = _tail(completed, made.parent, film)
        try:
            ffmpeg.require(completed, limits)
        except MediaFailed as failed:
            failed.log = log
            raise
    if recipe.notices and UNDRAWN in completed.stderr:
        raise MediaFailed(_("The words of the label can't be drawn on this machine: its fonts lack them."))
    width, height = _checked(out, info=info, recipe=recipe)
    after = _measured(out, info=runner.probe(out), recipe=recipe) if measured else None
    return Made(
        width,
        height,
        log,
        loudness_before=float(measured["input_i"]) if measured else None,
        loudness=float(after["input_i"]) if after else None,
    )


@contextmanager
def shown(source: Path, *, info: MediaInfo) -> Iterator[tuple[Path, MediaInfo]]:
    """What FFmpeg reads, and the facts about it: of an image a PNG, upright and in sRGB."""
    if info.kind is not Kind.STILL:
        with runner.readable(source, info=info) as film:
            yield film, info
        return
    with storage.scratch() as folder:
        drawn = folder.resolve() / "drawn.png"
        runner.convert_still(source, drawn)
        facts = runner.probe(drawn)
        pixels = "rgba" if facts.transparent else "rgb24"
        yield drawn, replace(facts, video_codec="png", pixel_format=pixels, frame_rate=Fraction(25))


def _made_sound(
    source: Path, out: Path, *, info: MediaInfo, recipe: Recipe, measured: dict[str, str] | None
) -> Made:
    limits = budgets.converted_sound(seconds=info.duration_ms / 1000, lossless=recipe.format is Format.WAV)
    with ffmpeg.making(out) as made:
        command = commands.make_preset_sound(
            source, made, info=info, recipe=recipe, binary=ffmpeg.binary(), loudness=measured
        )
        completed = sandbox.run(command, limits=limits, reads=[source], folder=made.parent)
        log = _tail(completed, made.parent, source)
        try:
            ffmpeg.require(completed, limits)
        except MediaFailed as failed:
            failed.log = log
            raise
    _require_kind(out, recipe)
    facts = runner.probe(out)
    if facts.kind is not Kind.SOUND:
        raise MediaFailed(_("FFmpeg wrote a different kind of file than was asked for."))
    after = _measured(out, info=facts, recipe=recipe) if measured else None
    return Made(
        0,
        0,
        log,
        loudness_before=float(measured["input_i"]) if measured else None,
        loudness=float(after["input_i"]) if after else None,
    )


def put_aside(folder: Path, *, info: MediaInfo, request: Request) -> dict[str, str]:
    """What FFmpeg reads beside the film; the environment it needs for drawing words, empty without any."""
    recipe = request.recipe
    picture = colour.of(info)
    if not picture.is_plain:
        letters.write(folder / commands.TABLE, colour.table(picture))
    if request.mark is not None:
        width, height = presets.size(info, recipe)
        watermark_filters.put_aside(folder, request.mark, width=width, height=height)
    if _is_track(request):
        letters.write(folder / commands.CAPTIONS, subrip.write(request.captions))
    burnt = request.captions if recipe.captions is Captions.BURNT_IN else ()
    if not recipe.label and not burnt and not recipe.notices:
        return {}
    width, height = presets.size(info, recipe)
    script = overlay.script(
        width=width, height=height, label=recipe.label, notices=recipe.notices, captions=burnt
    )
    return letters.lay(folder, script)


def _is_track(request: Request) -> bool:
    recipe = request.recipe
    return recipe.captions is Captions.TRACK and recipe.spec.captions and bool(request.captions)


def _measured(path: Path, *, info: MediaInfo, recipe: Recipe) -> dict[str, str] | None:
    """How loud the sound is, as the second pass wants to know it; None where there is nothing to level."""
    if (
        recipe.loudness is None
        or not info.has_audio
        or recipe.spec.medium not in (Medium.VIDEO, Medium.SOUND)
    ):
        return None
    most = 2 if recipe.spec.medium is Medium.VIDEO else recipe.spec.most_channels
    # Silence stays silence.
    return loudness.first_pass(path, info=info, target=recipe.loudness, most_channels=most)


def _limits(info: MediaInfo, recipe: Recipe) -> Limits:
    frames = info.frame_count - info.held_frames
    pixels = info.width * info.height
    base = budgets.transcode(
        frames=frames, seconds=info.duration_ms / 1000 if info.has_audio else 0, pixels=pixels
    )
    written = 256 * 1024**2 + int(frames * max(pixels, 1_000_000) * recipe.spec.bytes_per_pixel)
    wall = min(base.wall_seconds * recipe.spec.cost, 5 * 3600)
    return replace(
        base, wall_seconds=wall, cpu_seconds=int(wall * 8), file_bytes=max(base.file_bytes, written)
    )


def _frames(info: MediaInfo, recipe: Recipe) -> int:
    if recipe.spec.medium is Medium.STILL:
        return 1
    return max(1, round(info.frame_count * presets.rate(info, recipe) / info.frame_rate))


def _checked(out: Path, *, info: MediaInfo, recipe: Recipe) -> tuple[int, int]:
    """The file as it came out. Raises MediaFailed where it is not what was asked for."""
    _require_kind(out, recipe)
    wanted = presets.size(info, recipe)
    if recipe.spec.medium is not Medium.VIDEO:
        return wanted
    facts = runner.probe(out)
    if (facts.width, facts.height) != wanted or not facts.frame_count:
        raise MediaFailed(_("The result doesn't have the size that was asked for."))
    return facts.width, facts.height


def _require_kind(out: Path, recipe: Recipe) -> None:
    kind = sniffer.read(out)
    if kind is None or kind.content_type != recipe.spec.kind.content_type:
        raise MediaFailed(_("FFmpeg wrote a different kind of file than was asked for."))


def _tail(completed: Completed, folder: Path, source: Path) -> str:
    """The last of what FFmpeg printed, without the places of the server."""
    text = completed.stderr.replace(str(folder), "…").replace(str(source), "release")
    text = text.replace(str(source.parent), "…")
    return "".join(each for each in text if each.isprintable() or each == "\n")[-LOG_TAIL:]
