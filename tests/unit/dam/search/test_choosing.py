"""Which tags are suggested, from what frames and tags mean to an encoder."""

import numpy as np

from dam.search.encoders.base import TextEmbedding
from dam.search.tagging import choosing

AXES = np.eye(12, dtype=np.float32)
NO_CLIPS = np.zeros((0, 0), np.float32)


def meanings(count: int, **unknown: tuple[str, ...]) -> choosing.Meanings:
    """Tags "0", "1", …: each means one axis."""
    return choosing.stack(
        [
            (
                str(place),
                TextEmbedding(tuple(AXES[place]), unknown.get(f"tag_{place}", ()), steepness=20, level=0.5),
            )
            for place in range(count)
        ]
    )


def names(frames: object, tags: choosing.Meanings, clips: object = NO_CLIPS) -> list[str]:
    return [
        each.name
        for each in choosing.choose(np.array(frames, np.float32), tags, clips=np.array(clips, np.float32))
    ]


def test_a_tag_is_chosen_with_the_frame_that_shows_it() -> None:
    (choice,) = choosing.choose(np.stack([AXES[5], AXES[1]]), meanings(3), clips=NO_CLIPS)
    assert (choice.name, choice.frame) == ("1", 1)
    assert choice.score > 0.9


def test_a_tag_with_an_unknown_word_is_left_out() -> None:
    assert names([AXES[1]], meanings(3, tag_1=("campaign",))) == []


def test_no_more_than_a_few_are_chosen() -> None:
    assert len(names([AXES[:8].sum(axis=0)], meanings(8))) <= choosing.MOST
    assert len(names(AXES[:8], meanings(8))) == choosing.MOST


def test_what_fits_every_clip_of_the_brand_is_no_news_of_this_one() -> None:
    both = AXES[0] + AXES[1]
    assert sorted(names([both], meanings(3))) == ["0", "1"]
    everywhere = np.stack([AXES[0]] * 30)
    assert names([both], meanings(3), everywhere) == ["1"]


def test_without_tags_or_frames_nothing_is_chosen() -> None:
    assert names([AXES[0]], choosing.stack([])) == []
    assert names(np.zeros((0, 12)), meanings(3)) == []
