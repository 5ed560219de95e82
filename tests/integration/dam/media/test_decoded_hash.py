"""A video is known by its decoded pictures, whatever its container and metadata; FFmpeg says the same.

So is an image, by its values.
"""

import hashlib
import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from dam.media import budgets, ffmpeg, kept_frames, runner
from dam.media.watching import Decoded
from tests import media_factory


def by_ffmpeg(path: Path) -> str:
    """What the command in dam.media.decoded_hash prints."""
    how = ["-map", "0:v:0", "-fps_mode", "passthrough", "-f", "hash", "-hash", "sha256", "-"]
    command = [ffmpeg.binary(), "-v", "error", "-noautorotate", "-i", str(path), *how]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip().split("=")[1]


def rewritten(path: Path, out: Path, *how: str) -> Path:
    subprocess.run([ffmpeg.binary(), "-v", "error", "-i", str(path), *how, str(out)], check=True)
    return out


FORMS = {
    "odd.mp4": ("-vf", "crop=101:67,format=yuv444p", "-c:v", "libx264"),
    "ten.mp4": ("-pix_fmt", "yuv420p10le", "-c:v", "libx265"),
    "vp9.webm": ("-c:v", "libvpx-vp9"),
    "prores.mov": ("-c:v", "prores_ks"),
    "rgb.mkv": ("-pix_fmt", "bgr0", "-c:v", "ffv1"),
    "grey.avi": ("-pix_fmt", "gray", "-c:v", "ffv1"),
    "turned.mp4": ("-c:v", "libx264", "-bf", "2"),
}


@pytest.mark.parametrize("name", FORMS)
def test_it_is_the_hash_that_ffmpeg_works_out(name: str, tmp_path: Path) -> None:
    path = rewritten(media_factory.clip(tmp_path / "clip.mp4"), tmp_path / name, *FORMS[name])
    if name == "turned.mp4":
        how = ("-c", "copy", "-metadata:s:v:0", "rotate=90")
        path = rewritten(path, tmp_path / "again.mp4", *how)
    found = runner.decoded(path, info=runner.probe(path))
    assert (found.sha256, found.count) == (by_ffmpeg(path), 17)
    assert runner.known_by(path) == found.sha256


def test_a_copy_without_its_metadata_in_another_container_has_the_same_pictures(tmp_path: Path) -> None:
    clip = media_factory.clip(tmp_path / "clip.mp4")
    copy = rewritten(clip, tmp_path / "copy.mkv", "-map_metadata", "-1", "-c", "copy")
    assert copy.read_bytes() != clip.read_bytes()
    assert runner.known_by(copy) == runner.known_by(clip) != ""


def test_one_pixel_of_one_frame_makes_another_hash(tmp_path: Path) -> None:
    frames = np.stack([media_factory.numbered(index) for index in range(5)])
    for name, value in (("one", 235), ("two", 16)):
        frames[3, :2, :2] = value
        runner.encode_frames(frames, frame_rate=Fraction(24), path=tmp_path / f"{name}.mp4")
    assert runner.known_by(tmp_path / "one.mp4") != runner.known_by(tmp_path / "two.mp4")


def test_what_is_looked_at_for_search_is_hashed_on_the_way(tmp_path: Path) -> None:
    clip = media_factory.clip(tmp_path / "clip.mp4")
    footage = kept_frames.write(clip, tmp_path / "frames.zip", info=runner.probe(clip))
    assert footage.decoded is not None
    assert (footage.decoded.sha256, footage.decoded.count) == (by_ffmpeg(clip), 17)


def test_a_long_film_of_which_pictures_are_passed_over_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = media_factory.clip(tmp_path / "clip.mp4")
    monkeypatch.setattr(budgets, "LONG", 0)
    assert runner.known_by(clip) == ""


def test_sound_and_damaged_files_have_none(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(media_factory.clip(tmp_path / "clip.mp4").read_bytes()[:300])
    assert runner.known_by(broken) == ""


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "image.png"
    values = np.random.default_rng(7).integers(0, 255, (300, 200, 3), np.uint8)
    Image.fromarray(values).save(path)
    return path


def test_an_image_has_the_hash_that_its_values_make(image: Path) -> None:
    with Image.open(image) as picture:
        wanted = hashlib.sha256(b"RGB 200x300\n" + picture.tobytes()).hexdigest()
    info = runner.probe(image)
    assert runner.known_by(image) == wanted
    assert runner.decoded(image, info=info) == Decoded(wanted, 1)
    assert Decoded(wanted, 1) in list(runner.watch(image, info=info, max_side=64))


def test_an_image_saved_anew_without_loss_or_stripped_of_metadata_has_the_same(
    image: Path, tmp_path: Path
) -> None:
    same = {runner.known_by(image)}
    with Image.open(image) as picture:
        exif = Image.Exif()
        exif[ExifTags.Base.ImageDescription], exif[ExifTags.Base.Orientation] = "Ours", 6
        picture.save(tmp_path / "told.png", exif=exif)
        picture.save(tmp_path / "anew.webp", lossless=True)
        picture.save(tmp_path / "anew.tiff")
        picture.convert("RGBA").save(tmp_path / "opaque.png")  # with a channel that says nothing
        picture.save(tmp_path / "lossy.jpg")
        clear = picture.convert("RGBA")
        clear.putpixel((3, 5), (0, 0, 0, 0))
        clear.save(tmp_path / "hole.png")
    for name in ("told.png", "anew.webp", "anew.tiff", "opaque.png"):
        same.add(runner.known_by(tmp_path / name))
    assert len(same) == 1
    assert not same & {runner.known_by(tmp_path / name) for name in ("lossy.jpg", "hole.png")}


def test_a_drawing_has_none_as_whoever_shows_it_draws_it(tmp_path: Path) -> None:
    path = tmp_path / "logo.svg"
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="4" height="4"/></svg>'
    )
    assert runner.known_by(path) == ""
