"""After a clip came in a worker finds those that look like it."""

import json
import zipfile
from pathlib import Path

import pytest

from dam.access import brand_export
from dam.accounts.models import Brand
from dam.catalog.models import RenditionKind, Version
from dam.core import storage
from dam.duplicates import finding, tasks
from dam.duplicates.models import NearPair, VersionPrint
from dam.ingest import steps
from dam.ingest.models import Step, StepState
from tests.factories import BrandFactory
from tests.integration.dam.duplicates.conftest import Looking


def pairs() -> list[set[object]]:
    return [{pair.one_id, pair.two_id} for pair in NearPair.objects.order_by("pk")]


def test_a_copy_and_nothing_else_is_paired_with_what_it_is_a_copy_of(looking: Looking) -> None:
    original, copy, _other = (looking(1), looking(1, noise=6), looking(2))
    for version in (original, _other):
        assert finding.look(version) == 0
    assert finding.look(copy) == 1
    assert pairs() == [{original.pk, copy.pk}]


def test_looking_twice_changes_nothing(looking: Looking) -> None:
    one, two = looking(1), looking(1, noise=6)
    for version in (one, two, two, one):
        finding.look(version)
    assert len(pairs()) == 1


def test_another_brand_is_not_looked_into(looking: Looking) -> None:
    finding.look(looking(1))
    assert finding.look(looking(1, noise=6, asset__brand=BrandFactory.create())) == 0


def test_versions_of_one_clip_and_equal_files_are_no_pair(looking: Looking) -> None:
    first = looking(1)
    later = looking(1, noise=6, asset=first.asset, number=2)
    same = looking(1, sha256=first.sha256)
    for version in (first, later):
        finding.look(version)
    assert not pairs()
    finding.look(same)  # the same bytes as the first, a copy of the other
    assert pairs() == [{later.pk, same.pk}]


def test_the_pair_is_about_the_clip_that_people_see(looking: Looking) -> None:
    """Of two versions with the same bytes one was replaced meanwhile."""
    old = looking(1)
    looking(9, asset=old.asset, number=2)
    current = looking(1, sha256=old.sha256)
    for version in (old, current):
        finding.look(version)
    copy = looking(1, noise=6)
    finding.look(copy)
    assert pairs() == [{current.pk, copy.pk}]


def test_what_was_told_apart_stays_so_when_the_file_comes_back(looking: Looking, brand: Brand) -> None:
    one, two = looking(1), looking(1, noise=6)
    for version in (one, two):
        finding.look(version)
    NearPair.objects.update(different_at=two.created_at)
    Version.objects.filter(pk=two.pk).delete()
    assert NearPair.objects.filter(one=None).exists() != NearPair.objects.filter(two=None).exists()
    assert not VersionPrint.objects.filter(version=two.pk).exists()
    back = looking(1, noise=6, sha256=two.sha256)
    finding.look(back)
    pair = NearPair.objects.get()
    assert {pair.one_id, pair.two_id} == {one.pk, back.pk}
    assert pair.different_at


@pytest.mark.parametrize("gone", ["row", "file"])
def test_without_a_picture_the_step_says_so(looking: Looking, gone: str) -> None:
    version = looking(1)
    sprite = version.renditions.get(kind=RenditionKind.SPRITE)
    if gone == "row":
        sprite.delete()
    else:
        storage.delete(sprite.storage_key)
    Step.objects.create(**steps.whose(version), name="duplicates", position=0)
    tasks.find_duplicates(str(version.pk))
    step = Step.objects.get(version=version)
    assert (step.state, step.reason) == (StepState.SKIPPED, "There is no picture to compare.")


def test_the_step_tells_how_many_look_like_it(looking: Looking) -> None:
    finding.look(looking(1))
    copy = looking(1, noise=6)
    Step.objects.create(**steps.whose(copy), name="duplicates", position=0)
    tasks.find_duplicates(str(copy.pk))
    step = Step.objects.get(version=copy)
    assert (step.state, step.reason) == (StepState.DONE, "1 other clip looks like it.")


def test_a_brand_is_exported_with_the_clips_that_have_a_fingerprint(
    looking: Looking, brand: Brand, tmp_path: Path
) -> None:
    version = looking(1)
    finding.look(version)
    brand_export.write(brand, tmp_path / "brand.zip", at=version.created_at)
    with zipfile.ZipFile(tmp_path / "brand.zip") as archive:
        (row,) = archive.read("rows/dam.versionprint.jsonl").splitlines()
    assert json.loads(row)["version_id"] == str(version.pk)
