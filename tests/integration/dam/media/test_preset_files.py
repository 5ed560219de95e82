"""Every format of a download preset, made by the real FFmpeg."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dam.media import encoders, ffmpeg, preset_files, presets, runner, sniffer
from dam.media.errors import MediaFailed
from dam.media.invisible_watermark import Mark
from dam.media.preset_files import Made, Request
from dam.media.presets import FORMATS, Captions, Format, Medium, Recipe, Shape
from dam.media.probe import Kind
from tests.media_factory import movie

CUES = [(0, 400, "Hello {there}"), (500, 900, "Grüße")]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return movie(tmp_path_factory.mktemp("film") / "film.mp4", width=256, height=160, frames=25, sound=True)


def make(source: Path, folder: Path, recipe: Recipe, **fields: object) -> tuple[Path, Made, list[float]]:
    told: list[float] = []
    out = folder / f"made{recipe.spec.suffix}"
    request = Request(recipe=recipe, **fields)  # type: ignore[arg-type]
    made = preset_files.make(source, out, info=runner.probe(source), request=request, told=told.append)
    return out, made, told


def streams_of(path: Path) -> str:
    done = subprocess.run([ffmpeg.binary(), "-hide_banner", "-i", path], capture_output=True, check=False)
    return done.stderr.decode()


OF_FILMS = [each for each in Format if FORMATS[each].medium is not Medium.SOUND]
STILLS = [each for each in Format if FORMATS[each].medium is Medium.STILL]
SOUNDS = [each for each in Format if FORMATS[each].medium is Medium.SOUND]


@pytest.mark.parametrize("format", OF_FILMS)
def test_each_format_is_made_cropped_and_labelled(film: Path, tmp_path: Path, format: Format) -> None:
    recipe = Recipe(format=format, shape=Shape.SQUARE, longest_side=128, label="Draft")
    out, made, told = make(film, tmp_path, recipe)
    kind = sniffer.read(out)
    assert kind is not None
    assert kind.content_type == FORMATS[format].kind.content_type
    assert (made.width, made.height) == (128, 128)
    assert told == sorted(told)
    if recipe.spec.medium is not Medium.VIDEO:
        with Image.open(out) as picture:
            assert picture.size == (128, 128)
            assert (getattr(picture, "n_frames", 1) > 5) is (recipe.spec.medium is Medium.ANIMATION)
        return
    info = runner.probe(out)
    assert (info.width, info.height, info.frame_count, info.has_audio) == (128, 128, 25, True)


def test_the_focus_says_what_stays(tmp_path: Path) -> None:
    wide = tmp_path / "wide.png"
    picture = np.zeros((160, 320, 3), np.uint8)
    picture[:, :160] = (255, 0, 0)
    Image.fromarray(picture).save(wide)
    source = tmp_path / "wide.mp4"
    subprocess.run(
        [ffmpeg.binary(), "-v", "error", "-loop", "1", "-i", wide, "-t", "1", "-r", "25", source], check=True
    )
    recipe = Recipe(format=Format.PNG, shape=Shape.PORTRAIT)
    for focus, red in ((100, True), (900, False)):
        out, _made, _told = make(source, tmp_path, recipe, focus=(focus, 500))
        with Image.open(out) as made:
            assert bool(np.asarray(made.convert("RGB"))[..., 0].mean() > 128) is red


@pytest.mark.parametrize("target", [-14, -23])
def test_the_loudness_is_levelled_and_measured(film: Path, tmp_path: Path, target: int) -> None:
    _out, made, _told = make(film, tmp_path, Recipe(loudness=target))
    assert made.loudness is not None
    assert abs(made.loudness - target) < 0.7


def test_silence_stays_silence(tmp_path: Path) -> None:
    source = tmp_path / "silent.mp4"
    graph = ["-f", "lavfi", "-i", "testsrc2=s=128x80:r=25:d=1", "-f", "lavfi", "-i", "anullsrc"]
    command: list[str | Path] = [
        ffmpeg.binary(),
        "-v",
        "error",
        *graph,
        "-shortest",
        "-c:v",
        "libx264",
        "-c:a",
        "aac",
        source,
    ]
    subprocess.run(command, check=True)
    out, made, _told = make(source, tmp_path, Recipe(loudness=-14))
    assert made.loudness is None
    assert runner.probe(out).has_audio


def test_captions_become_a_track_of_their_own(film: Path, tmp_path: Path) -> None:
    recipe = Recipe(captions=Captions.TRACK)
    out, _made, _told = make(film, tmp_path, recipe, captions=CUES, language="eng")
    assert "Stream #0:2[0x3](eng): Subtitle: mov_text" in streams_of(out)
    assert [text for _start, _end, text in runner.subtitles(out, info=runner.probe(out))][1] == "Grüße"


def test_captions_are_drawn_into_the_picture(film: Path, tmp_path: Path) -> None:
    burnt = Recipe(format=Format.PNG, captions=Captions.BURNT_IN)
    drawn, _made, _told = make(film, tmp_path, burnt, captions=CUES, frame=2)
    with Image.open(drawn) as picture:
        with_words = np.asarray(picture.convert("RGB")).astype(int)
    plain, _made, _told = make(film, tmp_path, Recipe(format=Format.PNG), frame=2)
    with Image.open(plain) as picture:
        without = np.asarray(picture.convert("RGB")).astype(int)
    changed = np.abs(with_words - without).max(axis=2) > 40
    assert changed[80:].sum() > 100
    assert not changed[:60].any()


def test_a_bitrate_limit_keeps_the_file_small(tmp_path: Path) -> None:
    source = tmp_path / "busy.mp4"
    noise = ["-f", "lavfi", "-i", "nullsrc=s=320x180:r=25:d=2,geq=random(1)*255:128:128"]
    subprocess.run([ffmpeg.binary(), "-v", "error", *noise, "-c:v", "libx264", source], check=True)
    for format in (Format.H264, Format.HEVC, Format.AV1, Format.VP9):
        capped, _made, _told = make(source, tmp_path, Recipe(format=format, most_kbps=1500))
        # Of two seconds a buffer's worth may come on top; without a limit it is three times as much.
        assert capped.stat().st_size * 8 / 2 < 2 * 1_500_000, format


def test_a_long_clip_is_no_gif(film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presets, "LONGEST_ANIMATION_MS", 500)
    with pytest.raises(MediaFailed, match="up to 0 seconds"):
        make(film, tmp_path, Recipe(format=Format.GIF))


def test_what_told_raises_ends_the_work(film: Path, tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def told(done: float) -> None:
        raise Enough

    out = tmp_path / "made.mp4"
    with pytest.raises(Enough):
        preset_files.make(film, out, info=runner.probe(film), request=Request(recipe=Recipe()), told=told)
    assert not out.exists()


def test_the_bundled_ffmpeg_can_make_every_format() -> None:
    assert set(encoders.of_formats().values()) == {()}
    assert encoders.version()


def test_an_encoder_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "_have", lambda binary: frozenset({"libx264", "aac"}))
    assert encoders.missing(Recipe(format=Format.HEVC, label="x", loudness=-14)) == (
        "libx265",
        "ass",
        "loudnorm",
    )
    assert encoders.missing(Recipe()) == ()


@pytest.mark.parametrize("marked", [False, True])
@pytest.mark.parametrize(
    "format", [Format.PNG, Format.WEBP, Format.GIF, Format.AVIF, Format.STILL_WEBP, Format.STILL_AVIF]
)
@pytest.mark.parametrize("codec", ["libvpx-vp9", "qtrle"])
def test_what_is_transparent_stays_so_where_the_format_can(
    codec: str, format: Format, marked: bool, tmp_path: Path
) -> None:
    master = tmp_path / ("a.webm" if codec == "libvpx-vp9" else "a.mov")
    source = "color=red:s=64x48:d=0.4:r=10,format=rgba,geq=r=220:g=20:b=20:a='255*lt(X,32)'"
    pixels = "yuva420p" if codec == "libvpx-vp9" else "argb"
    command = ["-f", "lavfi", "-i", source, "-c:v", codec, "-pix_fmt", pixels, str(master)]
    subprocess.run([ffmpeg.binary(), "-v", "error", "-y", *command], check=True)
    info = runner.probe(master)
    assert info.transparent
    recipe = Recipe(format=format)
    out = tmp_path / f"out{recipe.spec.suffix}"
    mark = Mark(key=bytes(32), identifier=5) if marked else None
    preset_files.make(
        master, out, info=info, request=Request(recipe=recipe, mark=mark), told=lambda done: None
    )
    with Image.open(out) as made:
        for place in range(getattr(made, "n_frames", 1)):
            made.seek(place)
            shown = np.asarray(made.convert("RGBA")).astype(int)
            assert shown[:, :28, 3].min() == 255
            assert shown[:, 36:, 3].max() == 0
            assert np.abs(shown[20:28, 8:24, :3].mean((0, 1)) - [220, 20, 20]).max() < 16


def read_back(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Of the first picture of a film: its colours as 16 bit RGB, and its alpha, each from 0 to 1."""
    command = ["-i", str(path), "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgba64le", "-"]
    done = subprocess.run([ffmpeg.binary(), "-v", "error", *command], check=True, capture_output=True)
    pixels = np.frombuffer(done.stdout, "<u2").reshape(48, 64, 4) / 65535
    return pixels[..., :3], pixels[..., 3]


def test_prores_4444_keeps_what_is_transparent_in_a_film(tmp_path: Path) -> None:
    master = tmp_path / "a.mov"
    source = "color=red:s=64x48:d=0.4:r=10,format=rgba,geq=r=220:g=20:b=20:a='if(lt(X,32),255,64)'"
    command = ["-f", "lavfi", "-i", source, "-c:v", "qtrle", "-pix_fmt", "argb", str(master)]
    subprocess.run([ffmpeg.binary(), "-v", "error", "-y", *command], check=True)
    out, _made, _told = make(master, tmp_path, Recipe(format=Format.PRORES_4444))
    assert runner.probe(out).transparent
    colours, alpha = read_back(out)
    assert alpha[:, :28].min() > 0.99
    assert np.abs(alpha[:, 36:] - 64 / 255).max() < 0.01
    assert np.abs(colours[20:28, 8:24].mean((0, 1)) * 255 - [220, 20, 20]).max() < 6
    plain, _made, _told = make(master, tmp_path, Recipe(format=Format.PRORES_4444, label="Draft"))
    assert not runner.probe(plain).transparent  # words stay readable on whatever ground


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "avif", "tiff", "svg"])
@pytest.mark.parametrize("format", STILLS)
def test_images_are_made_in_every_still_format(format: Format, suffix: str, tmp_path: Path) -> None:
    source = tmp_path / f"a.{suffix}"
    if suffix == "svg":
        source.write_text(
            '<svg xmlns="http://www.w3.org/2000/svg" width="161" height="91">'
            '<rect width="80" height="91" fill="#dc1414"/></svg>'
        )
    else:
        seen = np.zeros((91, 161, 4), np.uint8)
        seen[:, :80] = (220, 20, 20, 255)
        picture = Image.fromarray(seen)
        picture.convert("RGB" if suffix == "jpg" else "RGBA").save(source, quality=95)
    out, made, _told = make(source, tmp_path, Recipe(format=format))
    size = (2048, 1158) if suffix == "svg" else (161, 91)  # nothing is scaled by a pixel
    assert (made.width, made.height) == size
    with Image.open(out) as picture:
        assert picture.size == size
        shown = np.asarray(picture.convert("RGBA").resize((161, 91))).astype(int)
    assert np.abs(shown[10:80, 10:70, :3].mean((0, 1)) - [220, 20, 20]).max() < 8
    kept = suffix != "jpg" and format is not Format.JPEG
    assert shown[10:80, 90:150, 3].max() == (0 if kept else 255)


def test_an_image_is_cropped_and_turned_upright(tmp_path: Path) -> None:
    source = tmp_path / "turned.jpg"
    seen = np.zeros((160, 320, 3), np.uint8)
    seen[:, :160] = (255, 0, 0)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise: what is left comes to the top
    Image.fromarray(seen).save(source, quality=95, exif=exif)
    recipe = Recipe(format=Format.PNG, shape=Shape.SQUARE, longest_side=100)
    out, made, _told = make(source, tmp_path, recipe, focus=(500, 0))
    assert (made.width, made.height) == (100, 100)
    with Image.open(out) as picture:
        assert np.asarray(picture)[..., 0].mean() > 200
    labelled, _made, _told = make(source, tmp_path, Recipe(format=Format.JPEG, label="Internal use only"))
    with Image.open(labelled) as picture:
        assert np.asarray(picture)[:40, :, 1].max() > 150  # white words


@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize("format", SOUNDS)
def test_sound_is_made_in_every_format(format: Format, channels: int, tmp_path: Path) -> None:
    source = tmp_path / "a.wav"
    command = ["-f", "lavfi", "-i", "sine=330:d=4,volume=0.2", "-ac", str(channels), str(source)]
    subprocess.run([ffmpeg.binary(), "-v", "error", "-y", *command], check=True)
    out, made, _told = make(source, tmp_path, Recipe(format=format))
    info = runner.probe(out)
    assert (info.kind, made.loudness) == (Kind.SOUND, None)
    assert info.audio_channels == (channels if format is Format.WAV else min(channels, 2))
    assert abs(info.duration_ms - 4000) < 100
    _out, levelled, _told = make(source, tmp_path, Recipe(format=format, loudness=-16))
    assert levelled.loudness == pytest.approx(-16, abs=0.7)
