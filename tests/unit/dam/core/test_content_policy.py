"""Where scripts may send to beside us."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from dam.core import content_policy
from dam.core.content_policy import part_sources
from dam.ingest import uploads


def test_the_folder_of_the_bucket_that_parts_go_to_is_named_and_nothing_else() -> None:
    found = part_sources("s3://media/reel proof/", public_url="https://s3.example.com:9000")
    assert found == ["https://s3.example.com:9000/media/reel%20proof/staging/uploads/"]
    assert part_sources("s3://media", public_url="https://s3.example.com") == [
        "https://s3.example.com/media/staging/uploads/"
    ]


def test_it_is_the_folder_that_uploads_are_staged_in() -> None:
    assert f"{uploads.FOLDER}/" == content_policy.STAGED


@pytest.mark.parametrize(
    ("storage", "public_url"), [("/srv/files", "https://s3.example.com"), ("s3://media", "")]
)
def test_without_a_bucket_that_browsers_reach_there_is_none(storage: str, public_url: str) -> None:
    assert part_sources(storage, public_url=public_url) == []


@pytest.mark.parametrize(
    "address", ["s3.example.com", "https://a b", "https://a; script-src *", "https://a,b"]
)
def test_an_address_that_says_something_else_to_the_policy_is_refused(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="S3_PUBLIC_URL"):
        part_sources("s3://media", public_url=address)
