"""Sound becomes an asset: its own steps, a length, nothing to see."""

from pathlib import Path

import pytest

from dam.accounts.models import Brand, User
from dam.catalog.models import Asset, Rendition, Version
from dam.ingest import importer, renditions
from dam.search import encoder_indexes, fields, reindexing, search, similarity
from dam.search.query import parse
from tests import sound_factory
from tests.factories import principal

pytestmark = pytest.mark.django_db


@pytest.fixture
def bed(tmp_path: Path, brand: Brand, creator: User) -> Version:
    path = sound_factory.tone(tmp_path / "bed.wav")
    version = importer.take_from_disk(path, brand=brand, user=creator)
    version.refresh_from_db()
    return version


def test_a_sound_has_a_length_and_no_frames(bed: Version) -> None:
    assert (bed.kind, bed.duration_ms, bed.content_type, bed.has_sound) == ("sound", 2000, "audio/wav", True)
    assert (bed.width, bed.height, bed.frame_count, bed.rate_numerator, bed.aspect) == (None,) * 5


def test_it_goes_through_the_steps_of_a_sound(bed: Version) -> None:
    assert {step.name for step in bed.steps.all()} == {
        "poster",
        "sound",
        "speech",
        "loudness",
        "credentials",
    }


def test_its_renditions_are_made(bed: Version) -> None:
    for kind in ("poster", "sound"):
        renditions.make(bed, kind)
    assert {each.kind: each.content_type for each in Rendition.objects.all()} == {
        "poster": "image/webp",
        "sound": "audio/mp4",
    }


def test_no_encoder_waits_to_look_at_it(bed: Version) -> None:
    index = encoder_indexes.opened("some-encoder", dimensions=4)
    assert not reindexing.behind(index).filter(pk=bed.pk).exists()
    assert similarity.not_indexed(Asset.objects.all(), encoder=index, shown="latest") == 0


@pytest.mark.parametrize(
    ("typed", "found"), [("kind:sound", True), ("kind:music", True), ("kind:image", False)]
)
def test_it_is_found_by_its_kind(bed: Version, brand: Brand, creator: User, typed: str, found: bool) -> None:
    who = principal(creator, brand)
    hits = search.among(who, parsed=parse(typed, fields=fields.of(who)))
    assert hits.filter(pk=bed.asset_id).exists() is found
