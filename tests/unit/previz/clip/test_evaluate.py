"""The report on the encoder that comes with the project."""

import pytest

from generation.previz.clip import evaluate
from generation.previz.clip.train import WEIGHTS

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def report() -> dict[str, object]:
    return evaluate.report(WEIGHTS, clips=20)


def test_the_bundled_encoder_finds_clips_it_never_saw(report: dict[str, object]) -> None:
    recall = report["recall_at_5"]
    assert isinstance(recall, float)
    assert recall > 0.6  # chance: 0.25


def test_it_says_how_fast_it_is_and_of_whom_it_speaks(report: dict[str, object]) -> None:
    assert {"frame", "text"} <= set(report["milliseconds"])  # type: ignore[call-overload]
    assert "previz-clip" in str(report["model"])
