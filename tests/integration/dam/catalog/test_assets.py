import pytest

from dam.audit.models import Event
from dam.catalog import assets, tags, versions
from dam.catalog.assets import AlreadyThere, EmptyTitle
from dam.catalog.models import Approval, Asset, Credentials, Processing, Tag, Version
from dam.catalog.versions import ApprovalMoved, VersionGone
from tests.factories import VersionFactory


@pytest.fixture
def version(db: None) -> Version:
    return VersionFactory.create(asset__title="Clip")


@pytest.fixture
def asset(version: Version) -> Asset:
    return version.asset


def test_an_edit_keeps_words_and_tells_before_and_after(asset: Asset) -> None:
    assert assets.edit(asset, by=asset.created_by, title="  New   name ", tag_names=["Summer"])
    asset.refresh_from_db()
    event = Event.objects.get(verb="asset.edited")
    assert asset.title == "New name"
    assert event.data == {"title": ["Clip", "New name"], "tags": [[], ["summer"]]}


def test_an_edit_that_changes_nothing_leaves_no_event(asset: Asset) -> None:
    assert not assets.edit(asset, by=asset.created_by, title="Clip", tag_names=[])
    assert not Event.objects.exists()


def test_a_title_of_blanks_is_refused(asset: Asset) -> None:
    with pytest.raises(EmptyTitle):
        assets.edit(asset, by=asset.created_by, title=" \n ")


def test_trash_and_restore_leave_an_event_each(asset: Asset) -> None:
    assets.trash(asset, by=asset.created_by)
    assets.restore(asset, by=asset.created_by)
    verbs = Event.objects.order_by("sequence").values_list("verb", flat=True)
    assert list(verbs) == ["asset.trashed", "asset.restored"]


def test_trashing_twice_is_told(asset: Asset) -> None:
    assets.trash(asset, by=asset.created_by)
    with pytest.raises(AlreadyThere):
        assets.trash(asset, by=asset.created_by)
    assert Event.objects.count() == 1


def test_a_tag_that_nobody_uses_any_more_is_gone(asset: Asset) -> None:
    tags.assign(asset, ["summer", "beach"])
    tags.assign(asset, ["beach"])
    assert list(Tag.objects.values_list("name", flat=True)) == ["beach"]


def test_an_approval_moves_only_from_what_was_expected(version: Version) -> None:
    versions.set_approval(version.pk, Approval.IN_REVIEW, expected=[Approval.DRAFT])
    with pytest.raises(ApprovalMoved):
        versions.set_approval(version.pk, Approval.APPROVED, expected=[Approval.DRAFT])
    version.refresh_from_db()
    assert version.approval == Approval.IN_REVIEW


def test_credentials_of_a_version_that_is_gone_are_an_error(version: Version) -> None:
    versions.set_credentials(version.pk, Credentials.VALID)
    pk = version.pk
    version.asset.delete()
    with pytest.raises(VersionGone):
        versions.set_credentials(pk, Credentials.VALID)


def test_processing_says_whether_it_changed(version: Version) -> None:
    assert versions.set_processing(version.pk, Processing.FAILED, reason="Poster: no.")
    assert not versions.set_processing(version.pk, Processing.FAILED, reason="Poster: no.")
