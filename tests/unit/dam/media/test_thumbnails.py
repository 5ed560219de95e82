import numpy as np

from dam.media import specs, thumbnails
from dam.media.frames import Frame


def frame(index: int, value: int, *, width: int = 160, height: int = 90) -> Frame:
    return Frame(index, index * 40, np.full((height, width, 3), value, np.uint8))


def test_the_poster_is_the_frame_with_the_most_to_see() -> None:
    busy = Frame(3, 120, np.random.default_rng(0).integers(0, 255, (90, 160, 3), np.uint8))
    assert thumbnails.choose_poster([frame(0, 0), busy, frame(9, 255)]) is busy


def test_a_tiny_frame_makes_a_poster_of_decent_size() -> None:
    assert thumbnails.draw_poster(frame(0, 9, width=128, height=80), specs.POSTER).size == (320, 200)


def test_a_thin_frame_does_not_become_a_tower() -> None:
    picture = thumbnails.draw_poster(frame(0, 9, width=2, height=640), specs.POSTER)
    assert picture.height <= 4 * specs.POSTER.least_width


def test_the_sprite_lays_tiles_out_row_by_row() -> None:
    picture, grid = thumbnails.draw_sprite([frame(n * 2, n * 10) for n in range(7)], specs.SPRITE)
    assert grid == {
        "columns": 5,
        "rows": 2,
        "tile_width": 160,
        "tile_height": 90,
        "frames": [0, 2, 4, 6, 8, 10, 12],
    }
    assert picture.size == (800, 180)
    assert picture.getpixel((170, 100)) == (60, 60, 60)


def test_a_clip_of_two_frames_has_a_sprite_of_two_tiles() -> None:
    picture, grid = thumbnails.draw_sprite([frame(0, 1), frame(1, 2)], specs.SPRITE)
    assert (picture.size, grid["columns"], grid["rows"]) == ((320, 90), 2, 1)
