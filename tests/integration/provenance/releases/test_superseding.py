"""Two versions of one asset: the later approval's file takes the place of the earlier one's."""

from datetime import UTC, datetime

import pytest

from dam.catalog.models import ReleaseState, Version
from dam.core.storage import Stored
from provenance.manifests.report import Report
from provenance.manifests.validation_codes import State
from provenance.models import Release
from provenance.releases import known, releases
from provenance.releases.states import ReleaseStatus
from provenance.review import reviews
from tests import release_factory
from tests.factories import VersionFactory, member
from tests.review_factory import Case

AT = datetime(2027, 1, 1, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def kept(release: Release, name: str) -> Release:
    """As if a worker had signed it."""
    taken = releases.claim(release.pk, token=name, at=AT)
    assert taken is not None
    stored = Stored(key=f"1/aa/{name}.mp4", sha256=name * 8, size=4)
    releases.keep(taken, stored, content_type="video/mp4", report=Report(State.TRUSTED), at=AT)
    taken.refresh_from_db()
    return taken


def two() -> tuple[Version, Version]:
    first = VersionFactory.create()
    return first, VersionFactory.create(asset=first.asset, number=2)


def states() -> list[str]:
    return list(Release.objects.order_by("pk").values_list("state", flat=True))


def facts(*versions: Version) -> list[str]:
    return [Version.objects.get(pk=version.pk).release for version in versions]


def test_the_second_versions_release_supersedes_the_firsts() -> None:
    first, second = two()
    old = kept(release_factory.waiting(first), "first")
    new = release_factory.waiting(second)
    assert first.asset.__class__.objects.get().released == first  # until the new file is there
    kept(new, "second")
    assert states() == ["superseded", "ready"]
    assert facts(first, second) == [ReleaseState.SUPERSEDED, ReleaseState.READY]
    assert first.asset.__class__.objects.get().released == second
    found = known.by_bytes(old.sha256)
    assert found is not None
    assert (found.superseded, found.ended_at) == (True, AT)


def test_a_claim_that_is_taken_over_while_its_file_is_kept_keeps_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, _ = two()
    release = release_factory.waiting(first)

    def taken_over(*args: object, **kwargs: object) -> None:
        Release.objects.filter(pk=release.pk).update(claim="another")

    monkeypatch.setattr(releases, "_supersede_earlier", taken_over)
    with pytest.raises(releases.ClaimLost):
        kept(release, "first")
    assert (states(), facts(first)) == (["signing"], [ReleaseState.SIGNING])
    assert first.asset.__class__.objects.get().released is None


def test_a_release_still_being_signed_is_superseded_by_a_later_one() -> None:
    first, second = two()
    slow = releases.claim(release_factory.waiting(first).pk, token="slow", at=AT)
    kept(release_factory.waiting(second), "second")
    assert slow is not None
    stored = Stored(key="1/aa/late.mp4", sha256="late", size=4)
    with pytest.raises(releases.ClaimLost):
        releases.keep(slow, stored, content_type="video/mp4", report=Report(State.TRUSTED), at=AT)
    assert states() == ["superseded", "ready"]


def test_an_earlier_approval_signed_first_gives_way_afterwards() -> None:
    first, second = two()
    one, other = release_factory.waiting(first), release_factory.waiting(second)
    kept(one, "first")
    assert states() == ["ready", "signing"]
    kept(other, "second")
    assert states() == ["superseded", "ready"]


def test_what_failed_is_not_signed_again_once_something_newer_is_out() -> None:
    first, second = two()
    failed = releases.claim(release_factory.waiting(first).pk, token="a", at=AT)
    assert failed is not None
    releases.fail(failed, reason="No key", at=AT)
    kept(release_factory.waiting(second), "second")
    Version.objects.filter(pk=first.pk).update(approval="approved")
    with pytest.raises(releases.ReleaseRefused) as refused:
        releases.sign_again(first, by=member(first.brand))
    assert refused.value.code == "newer_release"


def test_withdrawing_a_superseded_versions_approval_reaches_its_file() -> None:
    case = Case()
    case.approve_all()
    old = kept(Release.objects.get(), "first")
    second = VersionFactory.create(asset=case.version.asset, number=2)
    kept(release_factory.waiting(second), "second")
    reviews.revoke(case.version, by=case.legal_reviewer, reason="Wrong music")
    old.refresh_from_db()
    assert old.state == ReleaseStatus.WITHDRAWN
    assert case.version.asset.__class__.objects.get().released == second
