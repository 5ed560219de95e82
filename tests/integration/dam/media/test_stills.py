"""Pictures that stand still: what is taken of them, and what is refused."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from dam.media import kept_frames, previews, runner
from dam.media.errors import FileRefused
from dam.media.probe import Kind, MediaInfo
from tests import still_factory
from tests.still_factory import FORMATS, RED


def colour_of(path: Path, place: tuple[int, int]) -> tuple[int, int, int]:
    """The colour there of what is shown of the picture."""
    frame = next(iter(runner.sample_frames(path, count=1)))
    red, green, blue = (int(value) for value in frame.rgb[place[1], place[0]])
    return red, green, blue


def near(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(abs(a - b) <= 6 for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("suffix", [*FORMATS, "gif"])
def test_a_still_is_one_frame_of_no_length(tmp_path: Path, suffix: str) -> None:
    path = still_factory.still(tmp_path / f"logo.{suffix}")
    info = runner.probe(path)
    assert (info.kind, info.width, info.height, info.frame_count, info.duration_ms) == (
        Kind.STILL,
        96,
        64,
        1,
        0,
    )
    assert near(colour_of(path, (70, 50)), RED)
    assert near(colour_of(path, (5, 5)), (255, 255, 255))


def test_its_facts_are_the_same_after_the_database(tmp_path: Path) -> None:
    info = runner.probe(still_factory.still(tmp_path / "logo.png"))
    assert MediaInfo.from_json(info.to_json()) == info


def test_facts_from_before_there_were_stills_are_those_of_a_video(tmp_path: Path) -> None:
    kept = runner.probe(still_factory.still(tmp_path / "logo.png")).to_json()
    del kept["kind"]
    assert MediaInfo.from_json(kept).kind is Kind.VIDEO


def test_its_content_says_what_it_is_and_not_its_name(tmp_path: Path) -> None:
    path = still_factory.still(tmp_path / "logo.png")
    path.rename(tmp_path / "film.mp4")
    assert runner.probe(tmp_path / "film.mp4").container == "PNG"


def test_a_photo_is_turned_as_its_camera_was_held(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera's right side was down
    path = still_factory.still(tmp_path / "photo.jpg", exif=exif, quality=95)
    info = runner.probe(path)
    assert (info.width, info.height) == (64, 96)
    assert near(colour_of(path, (60, 5)), (255, 255, 255))


def test_a_wide_gamut_is_shown_as_its_profile_means_it(tmp_path: Path) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    plain = still_factory.still(tmp_path / "plain.png")
    own = still_factory.still(tmp_path / "own.png", icc_profile=lab)
    broken = still_factory.still(tmp_path / "broken.png", icc_profile=b"no profile" * 30)
    assert near(colour_of(own, (70, 50)), colour_of(plain, (70, 50)))
    assert near(colour_of(broken, (70, 50)), RED)


def test_sixteen_bits_are_not_burnt_out(tmp_path: Path) -> None:
    Image.fromarray(np.full((64, 96), 0x4000, np.uint16)).save(tmp_path / "deep.png")
    assert runner.probe(tmp_path / "deep.png").bit_depth == 16
    assert near(colour_of(tmp_path / "deep.png", (5, 5)), (64, 64, 64))


def test_print_colours_are_shown(tmp_path: Path) -> None:
    path = still_factory.still(tmp_path / "rgb.png")
    with Image.open(path) as picture:
        picture.convert("CMYK").save(tmp_path / "print.jpg", quality=95)
    red, green, blue = colour_of(tmp_path / "print.jpg", (70, 50))
    assert red > 150
    assert max(green, blue) < 80


def test_what_is_transparent_is_said_and_stands_on_white(tmp_path: Path) -> None:
    path = still_factory.still(tmp_path / "logo.png", colour=(200, 30, 40, 0))
    assert runner.probe(path).transparent
    assert colour_of(path, (70, 50)) == (255, 255, 255)
    opaque = still_factory.still(tmp_path / "opaque.png", colour=(200, 30, 40, 255))
    assert not runner.probe(opaque).transparent


def test_of_several_pages_the_first_is_shown_and_it_says_so(tmp_path: Path) -> None:
    with Image.open(still_factory.still(tmp_path / "one.png")) as page:
        page.save(tmp_path / "pages.tiff", save_all=True, append_images=[page, page])
    info = runner.probe(tmp_path / "pages.tiff")
    assert (info.kind, info.warnings) == (Kind.STILL, ("This file has 3 images. Only the first is shown.",))


def test_a_picture_with_more_pixels_than_are_decoded_is_refused_before_it_is(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        runner.probe(still_factory.bomb(tmp_path / "bomb.png"))
    assert refused.value.code == "too_wide"


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tiff"])
def test_a_picture_that_breaks_off_is_refused(tmp_path: Path, suffix: str) -> None:
    whole = still_factory.noise(tmp_path / f"whole.{suffix}", size=(256, 256)).read_bytes()
    (tmp_path / "cut").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileRefused) as refused:
        runner.probe(tmp_path / "cut")
    assert refused.value.code in ("truncated", "damaged", "not_a_picture")


def test_what_pages_and_search_see_of_it(tmp_path: Path) -> None:
    path = still_factory.still(tmp_path / "wide.png", size=(5000, 1000))
    info = runner.probe(path)
    assert previews.poster(path, tmp_path / "poster.webp", info=info) == ((640, 128), 0)
    assert previews.picture(path, tmp_path / "picture.webp", info=info) == (4096, 819)
    footage = kept_frames.write(path, tmp_path / "frames.zip", info=info)
    assert [frame[:2] for frame in footage.frames] == [(0, 0)]
    assert runner.frame_at(path, info=info, time_ms=0, max_side=500).rgb.shape == (100, 500, 3)


def cut_out(path: Path, *, mode: str) -> Path:
    """Red, and nothing in its right half."""
    picture = Image.new("RGBA", (40, 20), (0, 0, 0, 0))
    picture.paste((*RED, 255), (0, 0, 20, 20))
    picture.convert(mode).save(path)
    return path


@pytest.mark.parametrize(
    ("suffix", "mode"), [("gif", "RGBA"), ("png", "RGBA"), ("png", "LA"), ("webp", "RGBA")]
)
def test_a_picture_made_for_release_keeps_what_is_transparent(tmp_path: Path, suffix: str, mode: str) -> None:
    path = cut_out(tmp_path / f"logo.{suffix}", mode=mode)
    assert colour_of(path, (30, 10)) == (255, 255, 255)  # previews stand on white
    runner.convert_still(path, tmp_path / "release.png")
    with Image.open(tmp_path / "release.png") as made:
        assert (made.mode, made.size) == ("RGBA", (40, 20))
        alpha = np.asarray(made)[10, :, 3]
    assert (alpha[5], alpha[30]) == (255, 0)


@pytest.mark.parametrize("suffix", ["gif", "jpg"])
def test_a_picture_made_for_release_has_no_channel_that_says_nothing(tmp_path: Path, suffix: str) -> None:
    path = still_factory.still(tmp_path / f"logo.{suffix}")
    runner.convert_still(path, tmp_path / "release.png")
    with Image.open(tmp_path / "release.png") as made:
        assert (made.mode, made.size) == ("RGB", (96, 64))
        pixel = made.getpixel((70, 50))
    assert isinstance(pixel, tuple)
    assert near(pixel, RED)


def test_a_picture_made_for_release_is_as_large_as_its_master(tmp_path: Path) -> None:
    path = still_factory.still(tmp_path / "banner.gif", size=(9000, 20))
    runner.convert_still(path, tmp_path / "release.png")
    with Image.open(tmp_path / "release.png") as made:
        assert made.size == (9000, 20)
