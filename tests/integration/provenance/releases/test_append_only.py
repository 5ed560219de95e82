"""What the database itself holds about releases."""

from datetime import UTC, datetime

import pytest
from django.db import ProgrammingError, transaction
from django.db.utils import IntegrityError

from provenance.models import Release
from provenance.releases import states
from provenance.releases.states import ReleaseStatus
from tests import release_factory
from tests.factories import VersionFactory

AT = datetime(2027, 1, 1, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def release() -> Release:
    return release_factory.ready(VersionFactory.create())


def refused(release: Release, **changes: object) -> bool:
    try:
        with transaction.atomic():
            Release.objects.filter(pk=release.pk).update(**changes)
    except (ProgrammingError, IntegrityError):
        return True
    return False


def test_a_release_is_never_deleted(release: Release) -> None:
    with pytest.raises(ProgrammingError, match="never deleted"):
        Release.objects.filter(pk=release.pk).delete()


@pytest.mark.parametrize(
    "changes",
    [
        {"uses": ["broadcast"]},
        {"territories": ["DE"]},
        {"valid_until": AT},
        {"master_sha256": "00"},
        {"sha256": "00"},
        {"storage_key": "elsewhere"},
        {"signed_at": AT},
        {"attempts": 9},
    ],
)
def test_its_facts_never_change(release: Release, changes: dict[str, object]) -> None:
    assert refused(release, **changes)


def test_terms_do_not_change_while_it_is_signed_either() -> None:
    assert refused(release_factory.waiting(VersionFactory.create()), uses=["broadcast"])


def test_a_withdrawn_release_never_comes_back(release: Release) -> None:
    assert not refused(release, state="withdrawn", ended_at=AT)
    assert refused(release, state="ready", ended_at=None)
    assert refused(release, reason="Another reason")


@pytest.mark.parametrize(
    ("state", "others"),
    [
        ("ready", {}),  # without a file
        ("failed", {"ended_at": AT}),  # without a reason
        ("withdrawn", {}),  # without a date
        ("signing", {"claim": "worker"}),  # without an end of the claim
    ],
)
def test_a_state_has_what_belongs_to_it(state: str, others: dict[str, object]) -> None:
    assert refused(release_factory.waiting(VersionFactory.create()), state=state, **others)


def test_a_version_has_one_live_release(release: Release) -> None:
    with pytest.raises(IntegrityError, match="release_live_once"):
        release_factory.waiting(release.version)


def test_an_asset_has_one_ready_release(release: Release) -> None:
    second = VersionFactory.create(asset=release.asset, number=2)
    with pytest.raises(IntegrityError, match="release_ready_once"):
        release_factory.ready(second)


def test_the_database_allows_just_the_moves_of_the_table() -> None:
    with_file = {"sha256": "ab", "size": 1, "content_type": "video/mp4", "storage_key": "k", "signed_at": AT}
    for source in ReleaseStatus:
        for target in ReleaseStatus:
            if source == target:
                continue
            release = _standing(source)
            signed = source == ReleaseStatus.SIGNING and target == ReleaseStatus.READY
            ended = target not in states.LIVE
            changes = {"state": target, "ended_at": AT if ended else None, "reason": "Because"}
            possible = target in {end for (begin, _), end in states.TRANSITIONS.items() if begin == source}
            assert refused(release, **(changes | (with_file if signed else {}))) is not possible


def _standing(state: ReleaseStatus) -> Release:
    version = VersionFactory.create()
    if state in (ReleaseStatus.SIGNING, ReleaseStatus.FAILED):
        ended = {"ended_at": AT, "reason": "No key"} if state == ReleaseStatus.FAILED else {}
        return release_factory.waiting(version, state=state, **ended)
    return release_factory.ready(version, state=state, ended_at=None if state == ReleaseStatus.READY else AT)
