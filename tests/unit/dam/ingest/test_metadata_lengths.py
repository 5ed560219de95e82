"""What files say fits into what it becomes on a clip."""

from dam.catalog import assets, tags
from dam.media import embedded_metadata
from dam.media.digital_source_types import AI
from dam.search.tagging.models import SuggestedTag


def test_what_a_file_says_is_no_longer_than_what_a_clip_holds() -> None:
    longest = embedded_metadata.LONGEST
    assert longest["title"] == assets.LONGEST_TITLE
    assert longest["description"] == assets.LONGEST_DESCRIPTION
    assert SuggestedTag._meta.get_field("keyword").max_length == tags.LONGEST


def test_source_types_of_ai_are_those_that_declare_it() -> None:
    assert sorted(AI) == [
        "compositeSynthetic",
        "compositeWithTrainedAlgorithmicMedia",
        "trainedAlgorithmicMedia",
    ]
