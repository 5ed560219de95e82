import json

import pytest

from dam.media import quality
from dam.media.errors import MediaFailed
from dam.media.quality import Score


def report(*scores: float) -> str:
    frames = [{"frameNum": place, "metrics": {"vmaf": score}} for place, score in enumerate(scores)]
    return json.dumps({"frames": frames})


def test_a_score_has_the_mean_and_what_all_but_the_worst_reach() -> None:
    assert quality.read(report(*[90.0] * 95, *[50.0] * 5)) == Score(mean=88.0, low=90.0, frames=100)


@pytest.mark.parametrize("text", ["", "{}", '{"frames": []}', '{"frames": [{"metrics": {}}]}', "[1]"])
def test_a_report_without_scores_is_refused(text: str) -> None:
    with pytest.raises(MediaFailed):
        quality.read(text)
