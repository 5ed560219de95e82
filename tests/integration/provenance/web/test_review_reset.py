"""A new version begins anew: what the approval of an earlier one is worth, and what differs, is said."""

import pytest
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.catalog.models import Version
from dam.media.recipes import DECODED
from provenance.review import reviews
from tests.factories import member
from tests.integration.provenance.web.room import page, signed_in
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


def newer(case: Case, **facts: object) -> Version:
    version = case.add_version()
    Version.objects.filter(pk=version.pk).update(**facts)
    version.refresh_from_db()
    return version


def room_of(case: Case, version: Version) -> str:
    review = reviews.submit(version, by=case.creator)
    return page(case.legal_reviewer, "review", review.pk)


def test_the_approval_of_the_version_before_is_said_not_to_count_with_what_differs() -> None:
    case = Case()
    case.approve_all()
    shown = room_of(case, newer(case, width=1920, height=1080))
    assert "The approval of version 1 doesn't count for this one" in shown
    assert "Approved for web, in the EU" in shown
    assert "1280 × 720 → is now 1920 × 1080" in shown
    assert "Compare with version 1" in shown
    assert "State" not in shown[shown.index("doesn't count") : shown.index("Compare with version 1")]


def test_the_tab_of_the_clip_says_it_before_it_is_sent() -> None:
    case = Case()
    case.approve_all()
    newer(case)
    shown = page(case.creator, "asset-review", case.version.asset_id)
    assert "The approval of version 1 doesn't count for this one" in shown
    assert "Compare with version 1" in shown


def test_a_review_that_the_new_version_ended_is_named_as_that() -> None:
    case = Case()
    review = case.submit()
    case.approve(review, by=case.brand_reviewer)
    shown = room_of(case, newer(case))
    assert "The review of version 1 ended when a newer version came" in shown
    assert "doesn't count for this one" not in shown


def test_of_several_the_last_that_was_approved_counts() -> None:
    case = Case()
    case.approve_all()
    second = newer(case)
    reviews.submit(second, by=case.creator)
    case.version = second
    shown = room_of(case, newer(case))
    assert "The approval of version 1 doesn't count for this one" in shown


def test_the_same_pictures_in_another_file_are_said_to_be_the_same() -> None:
    case = Case()
    seen = {DECODED: {"sha256": "ab" * 32, "count": 48}}
    Version.objects.filter(pk=case.version.pk).update(media_info={**case.version.media_info, **seen})
    case.approve_all()
    shown = room_of(case, newer(case, media_info={**case.version.media_info, **seen}))
    assert "The pictures are the same, frame by frame." in shown


def test_what_was_withdrawn_or_never_decided_is_no_reset() -> None:
    case = Case()
    assert "doesn't count for this one" not in room_of(case, case.version)
    other = Case()
    other.approve_all()
    reviews.revoke(other.version, by=other.legal_reviewer, reason="The song was never cleared.")
    shown = room_of(other, newer(other))
    assert "doesn't count for this one" not in shown
    assert "ended when a newer version came" not in shown


def test_viewers_learn_nothing_of_it() -> None:
    case = Case()
    case.approve_all()
    newer(case)
    viewer = signed_in(member(case.brand, Role.VIEWER))
    shown = viewer.get(reverse("asset-review", args=[case.brand.slug, case.version.asset_id]))
    assert "doesn" not in shown.text
