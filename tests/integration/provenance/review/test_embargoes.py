"""The first day of use: granted with an approval, moved or lifted by a legal reviewer afterwards."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Capability, Role
from dam.accounts.principals import Principal
from dam.audit.models import Event
from dam.catalog.models import Asset, Version
from dam.rights.models import RightsRecord
from dam.rights.visibility import visible_assets
from provenance.models import LedgerEntry, Release
from provenance.releases import file_metadata
from provenance.releases.states import ReleaseStatus
from provenance.review import embargoes, ledger, reviews
from provenance.review.embargoes import EmbargoRefused
from provenance.web import release_summary
from tests.factories import member, token_of
from tests.review_factory import Case

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def case() -> Case:
    made = Case()
    made.approve_all()
    made.version.refresh_from_db()
    return made


def until(version: Version) -> datetime | None:
    return RightsRecord.objects.get(version=version).embargo_until


def change(case: Case, when: datetime | None, *, by: Principal | None = None, **more: Any) -> None:
    version = Version.objects.select_related("rights", "brand", "asset").get(pk=case.version.pk)
    given = {"reason": "The launch slipped", "seen": embargoes.token(version), **more}
    embargoes.change(version, when, by=by or case.legal_reviewer, **given)


def test_an_approval_grants_it_and_everything_says_so() -> None:
    case, begins = Case(), timezone.now() + 30 * DAY
    review = case.submit()
    case.approve(review, by=case.brand_reviewer, embargo_until=begins - DAY)
    case.approve(review, by=case.legal_reviewer, embargo_until=begins)
    assert until(case.version) == begins
    assert not visible_assets(member(case.brand, Role.VIEWER)).exists()
    records = [json.loads(row.record) for row in LedgerEntry.objects.order_by("sequence")]
    assert [datetime.fromisoformat(each["embargo_until"]) for each in records] == [begins - DAY, begins]
    assert ledger.verify(case.brand).holds
    event = Event.objects.filter(verb="review.approved").get()
    assert event.data["embargo_until"] == begins.isoformat()
    release = Release.objects.get(review=review)
    assert file_metadata._usage(release).count("from ") == 1
    said = release_summary.line(release, at=timezone.now())
    assert f"from {begins:%-d %B %Y}" in said.terms


def test_none_is_granted_while_an_earlier_version_would_disappear_by_it(case: Case) -> None:
    Asset.objects.filter(pk=case.version.asset_id).update(released=case.version)
    case.version = case.add_version()
    review = case.submit()
    with pytest.raises(reviews.ReviewRefused) as refused:
        case.approve(review, by=case.brand_reviewer, embargo_until=timezone.now() + DAY)
    assert refused.value.code == "in_use"
    assert not review.decisions.exists()
    case.approve(review, by=case.brand_reviewer)
    assert visible_assets(member(case.brand, Role.VIEWER)).exists()


def test_one_that_has_begun_by_then_is_none() -> None:
    case = Case()
    review = case.submit()
    case.approve(review, by=case.brand_reviewer, embargo_until=timezone.now() - DAY)
    case.approve(review, by=case.legal_reviewer)
    assert until(case.version) is None


def test_a_later_approval_without_one_takes_the_place_of_all_before(case: Case) -> None:
    change(case, timezone.now() + DAY)
    case.version = case.add_version()
    case.approve_all()
    assert until(case.version) is None


def test_a_legal_reviewer_moves_and_lifts_it(case: Case) -> None:
    later = timezone.now() + 5 * DAY
    viewer = member(case.brand, Role.VIEWER)
    RightsRecord.objects.filter(version=case.version).update(valid_until=later + DAY)
    change(case, later)
    assert until(case.version) == later
    assert not visible_assets(viewer).exists()
    release = Release.objects.select_related("version__rights").get(version=case.version)
    release.state = ReleaseStatus.READY
    assert "from " in release_summary.line(release, at=timezone.now()).terms
    assert "from " in file_metadata._usage(release)
    change(case, None, reason="Cleared early")
    release = Release.objects.select_related("version__rights").get(pk=release.pk)
    release.state = ReleaseStatus.READY
    assert "from " not in release_summary.line(release, at=timezone.now()).terms
    assert "from " not in file_metadata._usage(release)
    assert until(case.version) is None
    moved, lifted = (json.loads(row.record) for row in LedgerEntry.objects.order_by("sequence")[2:])
    assert (moved["decision"], moved["before"], moved["comment"]) == ("embargo", None, "The launch slipped")
    assert (lifted["embargo_until"], datetime.fromisoformat(lifted["before"])) == (None, later)
    assert ledger.verify(case.brand).holds
    events = Event.objects.filter(verb="release.embargo_changed").order_by("sequence")
    assert [event.data["reason"] for event in events] == ["The launch slipped", "Cleared early"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 1_001}, "reason"),
        ({"seen": "2020-01-01T00:00:00+00:00"}, "changed"),
        ({"when": None}, "same"),
        ({"when": timezone.now() + 50 * DAY}, "no_time"),
    ],
)
def test_what_is_refused(case: Case, more: dict[str, Any], code: str) -> None:
    RightsRecord.objects.filter(version=case.version).update(valid_until=timezone.now() + 40 * DAY)
    when = more.pop("when", timezone.now() + DAY)
    with pytest.raises(EmbargoRefused) as refused:
        change(case, when, **more)
    assert refused.value.code == code
    assert until(case.version) is None


def test_nobody_decides_about_their_own_version_and_none_but_legal_reviewers_at_all(case: Case) -> None:
    Version.objects.filter(pk=case.version.pk).update(created_by=case.legal_reviewer.user)
    with pytest.raises(EmbargoRefused, match="You made this version"):
        change(case, timezone.now() + DAY)
    for role in set(Role) - {Role.LEGAL_REVIEWER}:
        with pytest.raises(PermissionDenied):
            change(case, timezone.now() + DAY, by=member(case.brand, role))
    with pytest.raises(PermissionDenied):
        change(case, timezone.now() + DAY, by=token_of(case.creator, [Capability.VIEW]))


def test_a_draft_has_none() -> None:
    case = Case()
    case.approve(case.submit(), by=case.brand_reviewer)
    with pytest.raises(EmbargoRefused) as refused:
        change(case, timezone.now() + DAY)
    assert refused.value.code in ("not_approved", "gone")


def page(case: Case, data: dict[str, str] | None = None) -> Any:
    client = Client()
    client.force_login(case.legal_reviewer.user)
    address = reverse("asset-embargo", args=[case.brand.slug, case.version.asset_id])
    return client.post(address, data) if data is not None else client.get(address)


def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(case: Case) -> None:
    assert "Change the first day of use" in page(case).text
    wrong = page(case, {"embargo_until": "2099-01-01", "reason": ""})
    assert wrong.status_code == 422
    assert "Enter a reason." in wrong.text
    assert "2099-01-01" in wrong.text
    RightsRecord.objects.filter(version=case.version).update(embargo_until=timezone.now() + DAY)
    stale = page(case, {"embargo_until": "2099-01-01", "reason": "Later", "seen": ""})
    assert stale.status_code == 422
    assert "Someone else changed this" in stale.text
    assert "It can be used from" in stale.text
    seen = stale.context["form"]["seen"].value()
    again = page(case, {"embargo_until": "2099-01-01", "reason": "Later", "seen": seen})
    assert again.status_code == 302
    kept = until(case.version)
    assert kept is not None
    assert kept.year in (2098, 2099)
    tab = Client()
    tab.force_login(case.legal_reviewer.user)
    shown = tab.get(again.headers["Location"]).text
    assert "First day of use</dt>" in shown
    assert "Embargo until" not in shown
    RightsRecord.objects.filter(version=case.version).update(embargo_until=timezone.now() - DAY)
    shown = tab.get(again.headers["Location"]).text
    assert "First day of use</dt>" in shown
    assert "Cleared from" not in shown
