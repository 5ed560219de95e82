from dataclasses import replace

import pytest

from dam.media import one_pass
from dam.media.probe import Kind, MediaInfo

from .test_probe import INFO

HD = replace(INFO, width=1920, height=1080, frame_count=1680)


@pytest.mark.parametrize(
    ("info", "kinds"),
    [
        (HD, ("poster", "sprite", "frames")),
        (replace(HD, frame_count=5000), ("sprite", "frames")),
        (replace(HD, frame_count=9000), ()),
        (replace(HD, frame_count=20_000, width=320, height=180), ()),
        (
            replace(HD, frame_count=20_000, width=320, height=180, counted=True),
            ("poster", "sprite", "frames"),
        ),
        (replace(HD, kind=Kind.STILL, frame_count=1), ()),
    ],
    ids=["a minute", "the poster seeks", "people would wait", "both seek", "nothing to seek by", "a still"],
)
def test_what_goes_through_all_pictures_is_made_in_one_pass(info: MediaInfo, kinds: tuple[str, ...]) -> None:
    assert one_pass.kinds(info) == kinds


def test_the_poster_is_made_of_the_chosen_frame() -> None:
    assert one_pass.wishes(HD, chosen=7)["poster"][1] == [7]
    assert one_pass.wishes(HD, chosen=10_000)["poster"][1] == [1679]
    assert len(one_pass.wishes(HD, chosen=None)["poster"][1]) == 5
    assert list(one_pass.wishes(replace(HD, frame_count=5000), chosen=7)) == ["sprite"]
