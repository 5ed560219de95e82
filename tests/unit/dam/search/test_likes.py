"""What a search compares with, as addresses say it."""

from uuid import UUID

import pytest

from dam.search import likes
from dam.search.likes import Box, Like

CLIP = UUID("00000000-0000-4000-8000-000000000001")


@pytest.mark.parametrize(
    "like",
    [
        Like(asset_id=CLIP),
        Like(asset_id=CLIP, time_ms=4500),
        Like(asset_id=CLIP, time_ms=0, box=Box(120, 80, 400, 300)),
        Like(picture="abcdefghijklmnop"),
    ],
)
def test_what_is_written_is_read_again(like: Like) -> None:
    assert likes.read(str(like)) == like


@pytest.mark.parametrize(
    "text",
    [
        *("", "red", "picture:short", "picture:../../etc/passwd-etc", "-" * 36),
        *(f"{CLIP}@", f"{CLIP}@x", f"{CLIP}:0,0,500,500"),
        *(f"{CLIP}@1:0,0,1001,10", f"{CLIP}@1:900,0,200,500", f"{CLIP}@1:0,0,5,5"),
    ],
)
def test_anything_else_is_no_address(text: str) -> None:
    assert likes.read(text) is None


def test_a_box_is_never_empty_in_pixels() -> None:
    assert Box(990, 990, 10, 10).in_pixels(20, 20) == (19, 19, 20, 20)
