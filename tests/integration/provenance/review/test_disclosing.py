"""What is asked about an AI clip before it is approved, what is kept of it, and waivers."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.audit.models import Event
from dam.catalog.models import DeclaredOrigin, Origin, Version
from dam.rights import making, terms
from dam.rights.disclosure import Disclosed
from dam.rights.models import Relation, RightsRecord
from provenance.manifests.models import ManifestRecord
from provenance.review import disclosing, ledger, reviews
from provenance.review.models import LedgerEntry, Review
from provenance.review.states import DecisionKind
from tests.factories import VersionFactory, member
from tests.review_factory import Case

pytestmark = pytest.mark.django_db
REAL = Disclosed(looks_real=True, artistic=False, performer=False)


@pytest.fixture
def case() -> Case:
    """A clip that a model made, before its review."""
    made = Case()
    Version.objects.filter(pk=made.version.pk).update(origin=Origin.GENERATED)
    made.version.refresh_from_db()
    return made


def approved(case: Case, disclosed: Disclosed | None = REAL) -> Version:
    review = case.submit()
    case.approve(review, by=case.brand_reviewer)
    case.approve(review, by=case.legal_reviewer, disclosed=disclosed)
    version: Version = Version.objects.select_related("asset", "brand", "rights", "inherited").get(
        pk=case.version.pk
    )
    return version


def token(version: Version) -> str:
    kept = disclosing.of(version)
    return kept.token if kept else ""


def test_the_legal_approval_of_an_ai_clip_needs_the_answers(case: Case) -> None:
    review = case.submit()
    case.approve(review, by=case.brand_reviewer)  # isn't asked
    with pytest.raises(reviews.ReviewRefused, match="Answer the questions about disclosure"):
        case.approve(review, by=case.legal_reviewer)
    case.approve(review, by=case.legal_reviewer, disclosed=REAL)
    assert Review.objects.get(pk=review.pk).state == "approved"


def test_without_a_legal_stage_the_last_one_is_asked(case: Case) -> None:
    case.brand.review_stages = ["brand"]
    case.brand.save()
    case.version.refresh_from_db()
    review = case.submit()
    with pytest.raises(reviews.ReviewRefused, match="Answer the questions"):
        case.approve(review, by=case.brand_reviewer)
    case.approve(review, by=case.brand_reviewer, disclosed=REAL)
    assert terms.own(approved_now(case)).disclosed == REAL


def approved_now(case: Case) -> Version:
    found: Version = Version.objects.select_related("asset", "rights").get(pk=case.version.pk)
    return found


def test_a_camera_clip_is_not_asked() -> None:
    case = Case()
    case.approve_all()
    assert terms.own(approved_now(case)).disclosed is None


def test_changes_can_be_requested_without_answers(case: Case) -> None:
    review = case.submit()
    case.approve(review, by=case.brand_reviewer)
    reviews.decide(
        review,
        by=case.legal_reviewer,
        kind=DecisionKind.REQUEST_CHANGES,
        expected_sha256=case.version.sha256,
        comment="Whose face is this?",
    )
    assert Review.objects.get(pk=review.pk).state == "changes_requested"


def test_the_answers_are_kept_with_the_terms_the_decision_and_in_the_ledger(case: Case) -> None:
    version = approved(case)
    assert terms.of(version).disclosed == REAL
    kept = disclosing.of(version)
    assert kept is not None
    assert kept.by == case.legal_reviewer.user
    lines = LedgerEntry.objects.filter(version_id=version.pk).latest("sequence").record
    assert '"question":"disclosure:looks_real"' in lines
    assert ledger.verify(case.brand).holds
    decision = Review.objects.get().decisions.last()
    assert decision is not None
    assert [line["answer"] for line in decision.checklist] == ["yes", "no", "no"]


@pytest.mark.parametrize(
    ("fields", "is_ai"),
    [
        ({"origin": Origin.GENERATED}, True),
        ({"declared_origin": DeclaredOrigin.GENERATED}, True),
        ({"declared_origin": DeclaredOrigin.PARTLY_GENERATED}, True),
        ({"declared_origin": DeclaredOrigin.COMPOSITE}, False),
        ({"declared_origin": DeclaredOrigin.CAMERA}, False),
        ({}, False),
    ],
)
def test_what_is_an_ai_clip(fields: dict[str, Any], is_ai: bool) -> None:
    assert disclosing.is_ai(VersionFactory.create(**fields)) is is_ai


@pytest.mark.parametrize(("relation", "is_ai"), [("active", True), ("parentOf", True), ("inputTo", False)])
def test_its_credentials_say_so_too(relation: str, is_ai: bool) -> None:
    version = VersionFactory.create()
    report = {"manifests": [{"ai_generated": True, "relation": relation}]}
    ManifestRecord.objects.create(
        version=version, sha256="0" * 64, state="valid", report=report, checked_at=timezone.now()
    )
    assert disclosing.is_ai(version) is is_ai


def test_what_was_made_from_an_ai_clip_is_one() -> None:
    take = VersionFactory.create(origin=Origin.GENERATED)
    cut, last = (VersionFactory.create(asset__brand=take.brand) for _ in range(2))
    editor = member(take.brand, Role.LIBRARIAN)
    making.add(cut, take, relation=Relation.COMPONENT, by=editor)
    making.add(last, cut, relation=Relation.PARENT, by=editor)
    assert disclosing.is_ai(last)


def test_a_new_version_begins_with_a_suggestion_and_no_answer(case: Case) -> None:
    approved(case)
    newer = case.add_version()
    Version.objects.filter(pk=newer.pk).update(origin=Origin.GENERATED)
    review = reviews.submit(newer, by=case.creator)
    assert disclosing.of(newer) is None
    assert disclosing.suggested(review) == (1, REAL)
    case.version = newer
    case.approve(review, by=case.brand_reviewer)
    with pytest.raises(reviews.ReviewRefused, match="Answer the questions"):
        case.approve(review, by=case.legal_reviewer)


def test_an_approval_from_before_is_answered_later(case: Case) -> None:
    version = approved(case)
    RightsRecord.objects.filter(version=version).update(disclosure=None, disclosure_log=None)
    assert disclosing.of(version) is None
    disclosing.answer(version, REAL, seen="", by=case.legal_reviewer)
    assert terms.of(approved_now(case)).disclosed == REAL
    event = Event.objects.get(verb="asset.disclosure_answered")
    assert event.data["looks_real"] == ["", "yes"]


def test_of_two_who_answer_at_once_the_second_reads_it_first(case: Case) -> None:
    version = approved(case)
    seen = token(version)
    other = member(case.brand, Role.LEGAL_REVIEWER)
    disclosing.answer(version, Disclosed(False, True, False), seen=seen, by=other)
    with pytest.raises(disclosing.DisclosureRefused, match="Someone else changed this"):
        disclosing.answer(version, REAL, seen=seen, by=case.legal_reviewer)
    with pytest.raises(disclosing.DisclosureRefused, match="Someone else changed this"):
        disclosing.waive(version, "eu", reason="Why not", seen=seen, by=case.legal_reviewer)


def test_a_waiver_has_a_reason_and_can_be_taken_back(case: Case) -> None:
    version = approved(case)
    with pytest.raises(disclosing.DisclosureRefused, match="Enter a reason"):
        disclosing.waive(version, "eu", reason="  ", seen=token(version), by=case.legal_reviewer)
    disclosing.waive(version, "eu", reason="Said in the film", seen=token(version), by=case.legal_reviewer)
    kept = disclosing.of(version)
    assert kept is not None
    assert [(each.rule.key, each.by, each.reason) for each in kept.waivers] == [
        ("eu", case.legal_reviewer.user, "Said in the film")
    ]
    assert terms.of(approved_now(case)).disclosed == Disclosed(True, False, False, frozenset({"eu"}))
    event = Event.objects.get(verb="asset.disclosure_waived")
    assert (event.data["rule"], event.data["reason"]) == ("eu", "Said in the film")
    disclosing.end_waiver(version, "eu", seen=token(version), by=case.legal_reviewer)
    assert terms.of(approved_now(case)).disclosed == REAL
    assert Event.objects.filter(verb="asset.disclosure_waiver_ended").exists()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.LEGAL_REVIEWER])
def test_nobody_else_waives_or_answers(case: Case, role: Role) -> None:
    version = approved(case)
    person = member(case.brand, role)
    with pytest.raises(PermissionDenied):
        disclosing.waive(version, "eu", reason="I'd like that", seen=token(version), by=person)
    with pytest.raises(PermissionDenied):
        disclosing.answer(version, Disclosed(False, False, False), seen=token(version), by=person)


def test_nobody_waives_of_their_own_clip(case: Case) -> None:
    version = approved(case)
    Version.objects.filter(pk=version.pk).update(created_by=case.legal_reviewer.user)
    with pytest.raises(disclosing.DisclosureRefused, match="You made this version"):
        disclosing.waive(version, "eu", reason="Mine", seen=token(version), by=case.legal_reviewer)


@pytest.mark.parametrize("rule", ["california", "atlantis", ""])
def test_what_asks_for_no_label_is_not_waived(case: Case, rule: str) -> None:
    version = approved(case)
    with pytest.raises(disclosing.DisclosureRefused, match="nothing to waive"):
        disclosing.waive(version, rule, reason="So", seen=token(version), by=case.legal_reviewer)


def test_a_new_approval_ends_waivers(case: Case) -> None:
    version = approved(case)
    disclosing.waive(version, "eu", reason="Said in it", seen=token(version), by=case.legal_reviewer)
    reviews.revoke(version, by=case.legal_reviewer, reason="Wrong music")
    with pytest.raises(disclosing.DisclosureRefused, match="answered with the approval"):
        disclosing.waive(version, "eu", reason="Again", seen=token(version), by=case.legal_reviewer)
    case.version.refresh_from_db()
    again = approved(case)
    assert terms.of(again).disclosed == REAL


def test_of_several_approvals_the_stricter_answer_counts(case: Case) -> None:
    case.brand.review_stages = ["legal", "legal"]
    case.brand.save()
    case.version.refresh_from_db()
    review = case.submit()
    case.approve(review, by=case.legal_reviewer, disclosed=Disclosed(True, False, False))
    other = member(case.brand, Role.LEGAL_REVIEWER)
    case.approve(review, by=other, disclosed=Disclosed(False, True, True))
    assert terms.own(approved_now(case)).disclosed == Disclosed(True, False, True)
