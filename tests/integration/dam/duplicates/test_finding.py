"""After a clip came in a worker finds those that look like it."""

import json
import zipfile
from pathlib import Path

import pytest

from dam.access import brand_export
from dam.accounts.models import Brand
from dam.catalog.models import Asset, RenditionKind, Version
from dam.core import storage
from dam.duplicates import finding, tasks
from dam.duplicates.models import CommonToken, NearPair, VersionPrint
from dam.ingest import steps
from dam.ingest.models import Step, StepState
from tests.factories import BrandFactory
from tests.integration.dam.duplicates.conftest import Looking


def pairs() -> list[set[object]]:
    return [{pair.one_id, pair.two_id} for pair in NearPair.objects.order_by("pk")]


def test_a_copy_and_nothing_else_is_paired_with_what_it_is_a_copy_of(looking: Looking) -> None:
    original, copy, _other = (looking(1), looking(1, noise=6), looking(2))
    for version in (original, _other):
        assert finding.look(version).pairs == 0
    assert finding.look(copy).pairs == 1
    assert pairs() == [{original.pk, copy.pk}]


def test_looking_twice_changes_nothing(looking: Looking) -> None:
    one, two = looking(1), looking(1, noise=6)
    for version in (one, two, two, one):
        finding.look(version)
    assert len(pairs()) == 1


def test_another_brand_is_not_looked_into(looking: Looking) -> None:
    finding.look(looking(1))
    assert finding.look(looking(1, noise=6, asset__brand=BrandFactory.create())).pairs == 0


def test_versions_of_one_clip_and_equal_files_are_no_pair(looking: Looking) -> None:
    first = looking(1)
    later = looking(1, noise=6, asset=first.asset, number=2)
    same = looking(1, sha256=first.sha256)
    for version in (first, later):
        finding.look(version)
    assert not pairs()
    assert finding.look(same).pairs == 1  # the same bytes as the first, a copy of the other
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


def test_equal_bytes_are_not_counted_for_there_is_no_pair_of_them(looking: Looking) -> None:
    first = looking(1)
    finding.look(first)
    assert finding.look(looking(1, sha256=first.sha256)).pairs == 0
    assert not pairs()


def test_what_more_clips_share_is_no_longer_searched_for_and_the_step_says_so(
    looking: Looking, brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "COMMON", 2)
    shared = [looking(1, noise=0, sha256=str(place) * 64) for place in range(4)]
    looked = [finding.look(version) for version in shared]
    assert [each.pairs for each in looked] == [0, 1, 0, 0]
    assert [each.passed_over for each in looked] == [False, False, True, True]
    assert CommonToken.objects.filter(brand=brand).exists()
    Step.objects.create(**steps.whose(shared[3]), name="duplicates", position=0)
    tasks.find_duplicates(str(shared[3].pk))
    assert "more than 2 clips share" in Step.objects.get().reason
    assert finding.look(looking(2)) == finding.Looked()


def test_of_more_that_are_alike_those_out_of_the_trash_come_first_and_the_step_says_so(
    looking: Looking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "LOOKED_AT", 1)
    trashed, there, last = (looking(1), looking(1, noise=3), looking(1, noise=6))
    for version in (trashed, there):
        finding.look(version)
    NearPair.objects.all().delete()
    Asset.objects.filter(latest=trashed).update(trashed_at=trashed.created_at)
    assert finding.look(last) == finding.Looked(pairs=1, more_alike=True)
    assert pairs() == [{there.pk, last.pk}]
    Step.objects.create(**steps.whose(last), name="duplicates", position=0)
    tasks.find_duplicates(str(last.pk))
    assert "Only the 1 clips" in Step.objects.get().reason


def test_a_pair_is_live_while_both_are_the_latest_and_out_of_the_trash(looking: Looking) -> None:
    one, two = looking(1), looking(1, noise=6)
    for version in (one, two):
        finding.look(version)

    def live() -> bool:
        return NearPair.objects.get().live

    assert live()
    Asset.objects.update(trashed_at=one.created_at)
    assert not live()
    Asset.objects.filter(latest=one).update(trashed_at=None)
    assert not live()
    Asset.objects.filter(latest=two).update(trashed_at=None)
    assert live()
    looking(9, asset=two.asset, number=2)
    assert not live()
    Asset.objects.filter(pk=two.asset_id).update(latest=two)
    assert live()


def test_a_pair_of_which_nothing_was_said_goes_with_a_clip(looking: Looking) -> None:
    one, two = looking(1), looking(1, noise=6)
    for version in (one, two):
        finding.look(version)
    Version.objects.filter(pk=two.pk).delete()
    assert not NearPair.objects.exists()
    assert finding.look(looking(1, noise=6, sha256=two.sha256)).pairs == 1


def test_what_looks_like_a_clip_in_the_trash_is_a_pair_once_that_comes_back(looking: Looking) -> None:
    one, two = looking(1), looking(1, noise=6)
    finding.look(one)
    Asset.objects.filter(latest=one).update(trashed_at=one.created_at)
    assert finding.look(two).pairs == 0
    assert not NearPair.objects.get().live
    Asset.objects.update(trashed_at=None)
    assert NearPair.objects.get().live


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
