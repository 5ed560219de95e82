"""A picture becomes an asset: its own steps, no timeline, and versions of its own kind alone."""

from pathlib import Path

import pytest

from dam.accounts.models import Brand, User
from dam.catalog.models import AssetKind, Rendition, Version
from dam.ingest import importer, next_versions, renditions, step_specs, steps
from dam.ingest.models import Step
from dam.ingest.next_versions import NoTarget
from dam.media.probe import Kind
from dam.search import fields, search
from dam.search.query import parse
from tests import still_factory
from tests.factories import principal

pytestmark = pytest.mark.django_db


@pytest.fixture
def logo(tmp_path: Path, brand: Brand, creator: User) -> Version:
    path = still_factory.still(tmp_path / "logo.png")
    return importer.take_from_disk(path, brand=brand, user=creator)


def test_the_kinds_of_the_catalogue_are_those_of_files() -> None:
    assert set(AssetKind.values) == {kind.value for kind in Kind}


def test_a_still_has_a_size_and_no_timeline(logo: Version) -> None:
    logo.refresh_from_db()
    assert (logo.kind, logo.width, logo.height, logo.content_type) == ("still", 96, 64, "image/png")
    assert (logo.frame_count, logo.rate_numerator, logo.frame_rate, logo.duration_ms) == (None,) * 4


def test_it_goes_through_the_steps_of_a_still(logo: Version) -> None:
    names = {step.name for step in logo.steps.all()}
    assert names == {"poster", "picture", "frames", "embed", "written", "tags", "duplicates", "credentials"}


def test_its_renditions_are_made(logo: Version) -> None:
    for kind in ("poster", "picture", "frames"):
        renditions.make(logo, kind)
    sizes = {each.kind: (each.width, each.height) for each in Rendition.objects.all()}
    assert sizes["picture"] == (96, 64)
    assert sizes.keys() == {"poster", "picture", "frames"}


def test_a_step_that_stills_do_not_have_is_not_run_on_one(logo: Version, brand: Brand, creator: User) -> None:
    with pytest.raises(steps.NoSuchStep):
        steps.retry(logo, "proxy", by=principal(creator, brand))


def test_a_still_from_before_some_step_gets_those_of_its_kind(logo: Version) -> None:
    Step.objects.filter(version=logo, name__in=step_specs.quiet()).delete()
    steps.add(logo)
    assert set(logo.steps.values_list("name", flat=True)) == set(step_specs.places_of("still"))


def test_a_video_is_no_next_version_of_a_picture(
    logo: Version, clip: Path, brand: Brand, creator: User
) -> None:
    with pytest.raises(NoTarget, match="must be an image") as refused:
        importer.take_from_disk(clip, brand=brand, user=creator, asset=logo.asset)
    assert refused.value.code == "other_kind"
    assert Version.objects.count() == 1


def test_another_picture_is(logo: Version, tmp_path: Path, brand: Brand, creator: User) -> None:
    other = still_factory.noise(tmp_path / "other.jpg")
    second = importer.take_from_disk(other, brand=brand, user=creator, asset=logo.asset)
    assert (second.asset, second.number, second.kind) == (logo.asset, 2, "still")


def test_no_take_can_become_its_next_version(logo: Version, brand: Brand, creator: User) -> None:
    with pytest.raises(NoTarget):
        next_versions.target(logo.asset_id, principal=principal(creator, brand), kind=AssetKind.VIDEO)


@pytest.mark.parametrize(
    ("typed", "found"), [("kind:image", True), ("kind:still", True), ("kind:video", False)]
)
def test_it_is_found_by_its_kind(logo: Version, brand: Brand, creator: User, typed: str, found: bool) -> None:
    who = principal(creator, brand)
    assert (
        search.among(who, parsed=parse(typed, fields=fields.of(who))).filter(pk=logo.asset_id).exists()
        is found
    )
