"""Copies are known again by what they look like; others are not."""

import io
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from dam.media import fingerprints
from dam.media.fingerprints import Fingerprint

WIDTH, HEIGHT, FRAMES = 320, 180, 25
SCENES = 12
Pictures = list[Image.Image]


def scene(seed: int, *, shown: range = range(FRAMES)) -> Pictures:
    """Shapes that move before a ground, as a generator of clips might draw them."""
    chance = np.random.default_rng(seed)
    ground = Image.fromarray(chance.integers(0, 255, (4, 6, 3), np.uint8)).resize(
        (WIDTH, HEIGHT), Image.Resampling.BICUBIC
    )
    shapes = [
        (
            chance.uniform(0, WIDTH, 2),
            chance.uniform(-4, 4, 2),
            chance.uniform(15, 60),
            chance.integers(0, 255, 3),
        )
        for _ in range(7)
    ]
    pictures = []
    for number in shown:
        picture = ground.copy()
        pen = ImageDraw.Draw(picture)
        for place, way, size, colour in shapes:
            x, y = place + way * number
            pen.ellipse((x - size, y - size / 2, x + size, y + size / 2), fill=tuple(map(int, colour)))
        pictures.append(picture)
    return pictures


def encoded(pictures: Pictures, path: Path, *, crf: int) -> Pictures:
    """As they look after a round through an encoder."""
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=Fraction(25), options={"crf": str(crf)})
        stream.width, stream.height = (side // 2 * 2 for side in pictures[0].size)
        stream.pix_fmt = "yuv420p"
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")))
        container.mux(stream.encode(None))
    with av.open(str(path)) as container:
        return [Image.fromarray(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


def cropped(left: float, top: float, right: float, bottom: float) -> Callable[[Image.Image], Image.Image]:
    return lambda one: one.crop(
        (round(left * one.width), round(top * one.height), round((1 - right) * one.width),
         round((1 - bottom) * one.height))
    )  # fmt: skip


def tile(picture: Image.Image) -> NDArray[np.float32]:
    """Small and grey, through the WebP of a sprite."""
    small, kept = picture.convert("L"), io.BytesIO()
    small.thumbnail((160, 160), Image.Resampling.BOX)
    small.save(kept, "WEBP", quality=72)
    return np.asarray(Image.open(kept).convert("L"), np.float32)


def look(pictures: Pictures, *, every_ms: int = 40) -> Fingerprint | None:
    frames = [(place * every_ms, tile(picture)) for place, picture in enumerate(pictures)]
    return fingerprints.of(frames, length_ms=every_ms * len(pictures))


def print_of(pictures: Pictures) -> Fingerprint:
    found = look(pictures)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def known() -> list[Fingerprint]:
    return [print_of(scene(seed)) for seed in range(SCENES)]


COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "encoded anew": lambda picture: picture,
    "half as large": lambda picture: picture.resize((WIDTH // 2, HEIGHT // 2)),
    "5 % cropped": cropped(0.025, 0.025, 0.025, 0.025),
    "5 % cropped on each side": cropped(0.05, 0.05, 0.05, 0.05),
    "5 % cropped on the left": cropped(0.05, 0, 0, 0),
    "5 % cropped below": cropped(0, 0, 0, 0.05),
    "brighter": lambda picture: picture.point(lambda value: min(255, round(value * 1.1 + 8))),
}


@pytest.mark.parametrize("change", COPIES)
def test_copies_are_found_by_the_index_and_confirmed_whichever_came_first(
    known: list[Fingerprint], change: str, tmp_path: Path
) -> None:
    missed = []
    for seed, original in enumerate(known):
        copy = print_of(encoded([COPIES[change](each) for each in scene(seed)], tmp_path / "a.mp4", crf=32))
        ways = ((original, copy), (copy, original))
        shared = [len(set(one.asked("7")) & set(other.tokens("7"))) for one, other in ways]
        if min(shared) < 2 or not fingerprints.is_near(fingerprints.likeness(original, copy)):
            missed.append((seed, shared, fingerprints.likeness(original, copy)))
    assert not missed


def test_no_two_scenes_are_taken_for_one_another(known: list[Fingerprint]) -> None:
    pairs = [(one, other) for place, one in enumerate(known) for other in known[place + 1 :]]
    assert max(fingerprints.likeness(one, other) for one, other in pairs) < 0.2
    assert max(len(set(one.asked("7")) & set(other.tokens("7"))) for one, other in pairs) < 2


def test_black_frames_tell_nothing() -> None:
    black = [Image.new("RGB", (WIDTH, HEIGHT))] * 6
    one, other = print_of([*black, *scene(1)[6:]]), print_of([*black, *scene(2)[6:]])
    assert fingerprints.likeness(one, other) < 0.2
    assert fingerprints.likeness(one, print_of(scene(1))) > 0.9
    assert look([Image.new("RGB", (WIDTH, HEIGHT))] * FRAMES) is None


def test_a_clip_that_ends_sooner_is_known_again() -> None:
    shorter = look(scene(3, shown=range(FRAMES - 5)))
    assert shorter is not None
    assert fingerprints.is_near(fingerprints.likeness(print_of(scene(3)), shorter))


def test_what_is_cut_to_less_than_half_is_not_known_again() -> None:
    whole, half = (print_of(scene(3, shown=range(count))) for count in (24, 12))
    assert half.length_ms == fingerprints.SHORTEST * whole.length_ms
    less = replace(half, length_ms=half.length_ms - 1)
    for one, other in ((whole, half), (half, whole)):
        assert fingerprints.is_near(fingerprints.likeness(one, other))
    assert fingerprints.likeness(whole, less) == fingerprints.likeness(less, whole) == 0


def test_a_clip_of_two_frames_is_known_again() -> None:
    one, again, other = (print_of(scene(seed, shown=range(2))) for seed in (7, 7, 8))
    assert fingerprints.likeness(one, again) == 1
    assert not fingerprints.is_near(fingerprints.likeness(one, other))


def test_another_frame_rate_is_the_same_clip() -> None:
    slower = look(scene(4, shown=range(0, FRAMES, 2)), every_ms=80)
    assert slower is not None
    assert fingerprints.is_near(fingerprints.likeness(print_of(scene(4)), slower))


def test_a_still_is_compared_by_its_one_picture() -> None:
    still = fingerprints.of([(0, tile(scene(5)[0]))], length_ms=0)
    again = fingerprints.of([(0, tile(scene(5)[0].resize((200, 112))))], length_ms=0)
    other = fingerprints.of([(0, tile(scene(6)[0]))], length_ms=0)
    assert still is not None
    assert again is not None
    assert other is not None
    assert fingerprints.likeness(still, again) == 1
    assert fingerprints.likeness(still, other) == 0


def test_it_is_kept_as_bytes(known: list[Fingerprint]) -> None:
    again = Fingerprint.from_bytes(known[0].to_bytes(), length_ms=known[0].length_ms)
    assert fingerprints.likeness(known[0], again) == 1
    assert again.tokens("7") == known[0].tokens("7")
    assert len(known[0].to_bytes()) < 3000


def test_brands_share_no_token(known: list[Fingerprint]) -> None:
    assert not set(known[0].asked("7")) & set(known[0].tokens("8"))


def test_the_nearest_frames_of_two_are_named_by_their_times() -> None:
    chance = np.random.default_rng(3)
    pictures = [chance.uniform(0, 255, (60, 80)).astype(np.float32) for _ in range(6)]
    times = [500, 1500, 2500, 3500, 4500, 5500]
    one = fingerprints.of(list(zip(times, pictures, strict=True)), length_ms=6000)
    others = [chance.uniform(0, 255, (60, 80)).astype(np.float32) for _ in range(6)]
    others[2] = pictures[2]
    other = fingerprints.of(list(zip(times, others, strict=True)), length_ms=6000)
    assert one is not None
    assert other is not None
    assert fingerprints.closest(one, other) == (416, 416)
    nothing = replace(other, places=other.places[:0], whole=other.whole[:0])
    assert fingerprints.closest(one, nothing) is None
