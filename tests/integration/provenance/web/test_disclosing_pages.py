"""The questions about disclosure on the pages: in an approval, on the tab of rights; and the rules."""

from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.catalog.models import Origin, Version
from dam.rights import disclosure, terms
from dam.rights.disclosure import Disclosed
from dam.rights.models import RightsRecord
from provenance.review import disclosing
from provenance.review.models import Review
from tests.factories import member
from tests.integration.provenance.web.room import decide, page, signed_in
from tests.review_factory import Case

pytestmark = pytest.mark.django_db
REAL: dict[str, Any] = {
    "disclosure_looks_real": "yes",
    "disclosure_artistic": "no",
    "disclosure_performer": "no",
}


@pytest.fixture(autouse=True)
def _forget_attempts() -> None:
    cache.clear()


@pytest.fixture
def case() -> Case:
    """An AI clip."""
    made = Case()
    Version.objects.filter(pk=made.version.pk).update(origin=Origin.GENERATED)
    made.version.refresh_from_db()
    return made


@pytest.fixture
def review(case: Case) -> Review:
    """It waits for the legal stage."""
    made = case.submit()
    case.approve(made, by=case.brand_reviewer, uses=["internal", "web"], territories=["worldwide"])
    made.refresh_from_db()
    made.version.refresh_from_db()
    return made


@pytest.fixture
def approved(case: Case, review: Review) -> Version:
    case.approve(review, by=case.legal_reviewer, disclosed=Disclosed(True, False, False))
    return now(case)


def now(case: Case) -> Version:
    found: Version = Version.objects.select_related("asset", "rights", "brand").get(pk=case.version.pk)
    return found


def tab(case: Case, person: Any) -> str:
    return page(person, "asset-disclosure", case.version.asset_id)


def send(case: Case, person: Any, name: str, **fields: str) -> Any:
    kept = disclosing.of(now(case))
    sent = {"seen": kept.token if kept else "", **fields}
    address = reverse(name, args=[case.brand.slug, case.version.asset_id])
    return signed_in(person).post(address, sent, follow=True)


def test_the_legal_stage_asks_and_the_brand_s_stage_doesn_t(case: Case, review: Review) -> None:
    shown = page(case.legal_reviewer, "review", review.pk)
    assert "Could it pass for real people, objects, places or events?" in shown
    other = Case(case.brand)
    Version.objects.filter(pk=other.version.pk).update(origin=Origin.GENERATED)
    assert "Could it pass" not in page(other.brand_reviewer, "review", other.submit().pk)


def test_without_answers_the_form_comes_back_with_what_was_entered(case: Case, review: Review) -> None:
    answer = decide(review, by=case.legal_reviewer, **{**REAL, "disclosure_artistic": None})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert shown.count("Answer this question.") == 1
    review.refresh_from_db()
    assert review.state == "open"


def test_with_answers_it_is_approved_and_they_are_kept(case: Case, review: Review) -> None:
    decide(review, by=case.legal_reviewer, **REAL)
    assert terms.own(now(case)).disclosed == Disclosed(True, False, False)
    shown = page(case.legal_reviewer, "asset-review", case.version.asset_id)
    assert "Could it pass for real people" in shown


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({}, "Once you have answered"),
        (
            {**REAL, "uses": "web", "where": "EU"},
            "The EU: the label “AI-generated” at the top right, throughout.",
        ),
        (
            {**REAL, "disclosure_artistic": "yes", "uses": "web", "where": "EU"},
            "The EU: the label “AI-generated” at the top right, for the first 5 seconds.",
        ),
        (
            {**REAL, "uses": "web", "where": "countries", "countries": "China"},
            "China: the label “AI生成” at the top right, for the first 3 seconds.",
        ),
        ({**REAL, "uses": "internal", "where": "EU"}, "No label is needed for these uses and territories."),
        (
            {**REAL, "uses": "web", "where": "countries", "countries": "CH"},
            "No label is needed for these uses",
        ),
    ],
)
def test_what_follows_is_said_in_words(case: Case, review: Review, chosen: dict[str, str], said: str) -> None:
    address = reverse("review-disclosure", args=[case.brand.slug, review.pk])
    assert said in signed_in(case.legal_reviewer).get(address, chosen).content.decode()


def test_a_second_time_says_what_was_answered_before(case: Case, approved: Version) -> None:
    newer = case.add_version()
    Version.objects.filter(pk=newer.pk).update(origin=Origin.GENERATED)
    newer.refresh_from_db()
    case.version = newer
    review = case.submit()
    case.approve(review, by=case.brand_reviewer)
    response = signed_in(case.legal_reviewer).get(reverse("review", args=[case.brand.slug, review.pk]))
    shown = response.content.decode()
    assert shown.count("Answered before:") == 3
    assert 'name="disclosure_looks_real" value="yes" checked' not in shown


def test_the_tab_says_what_is_needed_where(case: Case, approved: Version) -> None:
    shown = tab(case, case.creator)
    assert "The EU: the label “AI-generated” at the top right, throughout." in shown
    assert "Waive this label" not in shown
    assert "Waive this label" in tab(case, case.legal_reviewer)


def test_a_camera_clip_has_nothing_there() -> None:
    case = Case()
    case.approve_all()
    assert tab(case, case.legal_reviewer).strip() == ""


def test_what_was_not_asked_then_is_said_and_can_be_answered_now(case: Case, approved: Version) -> None:
    RightsRecord.objects.update(disclosure=None, disclosure_log=None)
    assert "wasn't asked when it was approved" in tab(case, case.creator)
    assert "Answer now" not in tab(case, case.creator)
    assert "Answer now" in tab(case, case.legal_reviewer)
    shown = send(case, case.legal_reviewer, "disclosure-answer", disclosure_looks_real="yes")
    assert "Answer all questions about disclosure." in shown.content.decode()
    send(case, case.legal_reviewer, "disclosure-answer", **REAL)
    assert terms.own(now(case)).disclosed == Disclosed(True, False, False)


def test_a_label_is_waived_with_a_reason_and_needed_again(case: Case, approved: Version) -> None:
    send(case, case.legal_reviewer, "disclosure-waive", rule="eu", reason="Said aloud")
    shown = tab(case, case.creator)
    assert "The EU: the label is waived." in shown
    assert "Said aloud" in shown
    send(case, case.legal_reviewer, "disclosure-waive", rule="eu", end="1")
    assert "The EU: the label “AI-generated”" in tab(case, case.creator)


def test_a_reason_that_is_too_long_comes_back_as_it_was_typed(case: Case, approved: Version) -> None:
    version, reason = now(case), "Said aloud. " * 100
    kept = disclosing.of(version)
    assert kept is not None
    address = reverse("disclosure-waive", args=[case.brand.slug, version.asset_id])
    typed = {"rule": "eu", "reason": reason, "seen": kept.token}
    answer = signed_in(case.legal_reviewer).post(address, typed, headers={"HX-Request": "true"})
    assert (answer.status_code, "at most 1000 characters" in answer.text) == (422, True)
    assert reason in answer.text
    typed["reason"] = "Said aloud"
    done = signed_in(case.legal_reviewer).post(address, typed, headers={"HX-Request": "true"})
    assert done.headers["HX-Redirect"].endswith("tab=rights")
    assert "the label is waived" in tab(case, case.creator)


def test_answers_that_another_has_changed_meanwhile_stay_chosen(case: Case, approved: Version) -> None:
    version = now(case)
    address = reverse("disclosure-answer", args=[case.brand.slug, version.asset_id])
    sent = {**REAL, "disclosure_performer": "yes", "seen": "as it was read long ago"}
    client = signed_in(case.legal_reviewer)
    answer = client.post(address, sent, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert answer.context["form"]["disclosure_performer"].value() == "yes"
    assert "Answered before: No" in " ".join(answer.text.split())
    again = {**sent, "seen": answer.context["form"]["seen"].value()}
    assert client.post(address, again, headers={"HX-Request": "true"}).status_code == 200
    assert terms.own(now(case)).disclosed == Disclosed(True, False, True)


@pytest.mark.parametrize("name", ["disclosure-answer", "disclosure-waive"])
def test_only_legal_reviewers_answer_and_waive(case: Case, approved: Version, name: str) -> None:
    for role in (Role.CREATOR, Role.BRAND_REVIEWER, Role.LIBRARIAN, Role.ADMIN):
        assert send(case, member(case.brand, role), name, rule="eu", reason="x", **REAL).status_code == 403


def test_the_rules_are_shown_with_their_sources(case: Case) -> None:
    client = signed_in(case.legal_reviewer)
    shown = client.get(reverse("disclosure-rules", args=[case.brand.slug])).content.decode()
    for rule in disclosure.RULES:
        assert rule.source in shown
    assert "no legal advice" in shown
    assert "In force since 2 August 2026" in shown
