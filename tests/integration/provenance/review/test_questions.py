"""The checklists of a brand, and that nobody approves past them."""

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.audit.models import Event
from provenance.review import ledger, questions, reviews
from provenance.review.checklist import Answer, Choice
from provenance.review.models import ChecklistQuestion, Decision, LedgerEntry
from provenance.review.questions import Wording
from provenance.review.shipped_questions import LEGAL
from provenance.review.states import DecisionKind
from tests.factories import BrandFactory, member
from tests.integration.dam.catalog.test_at_once import at_once
from tests.review_factory import Case


@pytest.fixture
def admin() -> Member:
    return member(BrandFactory.create(), Role.ADMIN)


def decide(case: Case, review: Any, answers: list[Answer], **changes: Any) -> Decision:
    return reviews.decide(
        review,
        by=changes.pop("by", case.brand_reviewer),
        kind=changes.pop("kind", DecisionKind.APPROVE),
        expected_sha256=case.version.sha256,
        uses=["web"],
        territories=["EU"],
        answers=answers,
        **changes,
    )


@pytest.mark.django_db
def test_the_shipped_questions_are_added_once_and_stay_retired(admin: Member) -> None:
    assert questions.ship(by=admin) == len(LEGAL)
    first = questions.of(admin.brand, "legal")[0]
    questions.retire(first, by=admin)
    assert questions.ship(by=admin) == 0
    assert [each.words for each in questions.asked(admin.brand, "legal")] == [
        each.words for each in LEGAL[1:]
    ]
    questions.restore(ChecklistQuestion.objects.get(pk=first.pk), by=admin)
    assert questions.asked(admin.brand, "legal")[-1].words == LEGAL[0].words
    assert Event.objects.filter(brand=admin.brand, verb="question.added").count() == len(LEGAL)


@pytest.mark.django_db
def test_they_come_in_the_language_of_the_brand(admin: Member) -> None:
    admin.brand.language = "de"
    questions.ship(by=admin)
    words = questions.asked(admin.brand, "legal")[0].words
    assert words != LEGAL[0].words
    assert "Gesicht" in words


@pytest.mark.django_db(transaction=True)
def test_two_who_add_the_shipped_ones_at_once_add_them_once(admin: Member) -> None:
    assert at_once(lambda: questions.ship(by=admin), lambda: questions.ship(by=admin)) == []
    assert questions.of(admin.brand, "legal").count() == len(LEGAL)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_only_who_manages_the_brand_changes_them(role: Role) -> None:
    by = member(BrandFactory.create(), role)
    kept = ChecklistQuestion.objects.create(brand=by.brand, stage="legal", words="Is it?")
    for change in (
        lambda: questions.add(by=by, stage="legal", wording=Wording("Really?")),
        lambda: questions.ship(by=by),
        lambda: questions.change(kept, by=by, revision=0, wording=Wording("Really?")),
        lambda: questions.retire(kept, by=by),
        lambda: questions.restore(kept, by=by),
        lambda: questions.move(kept, by=by, up=True),
    ):
        with pytest.raises(PermissionDenied):
            change()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wording", "field"),
    [
        (Wording(" \n"), "words"),
        (Wording("x" * 301), "words"),
        (Wording("Is it?", help="x" * 1001), "help"),
        (Wording("Is it?", source="x" * 301), "source"),
    ],
)
def test_what_cannot_be_kept_is_named(admin: Member, wording: Wording, field: str) -> None:
    with pytest.raises(questions.QuestionRefused) as refused:
        questions.add(by=admin, stage="legal", wording=wording)
    assert refused.value.field == field


@pytest.mark.django_db
def test_a_stage_takes_no_more_than_fit_and_says_so(admin: Member) -> None:
    for number in range(questions.MOST):
        questions.add(by=admin, stage="legal", wording=Wording(f"Question {number}"))
    with pytest.raises(questions.QuestionRefused, match="40"):
        questions.add(by=admin, stage="legal", wording=Wording("One more"))
    with pytest.raises(questions.QuestionRefused):
        questions.ship(by=admin)
    assert questions.add(by=admin, stage="brand", wording=Wording("Another stage"))


@pytest.mark.django_db
def test_an_edit_of_what_another_has_edited_is_refused(admin: Member) -> None:
    question = questions.add(by=admin, stage="legal", wording=Wording("Is it?"))
    questions.change(question, by=admin, revision=0, wording=Wording("Is it so?"))
    with pytest.raises(questions.QuestionEdited):
        questions.change(question, by=admin, revision=0, wording=Wording("Is it not?"))
    assert questions.asked(admin.brand, "legal")[0].words == "Is it so?"


@pytest.mark.django_db
def test_they_are_moved_among_their_stage(admin: Member) -> None:
    first, other, second = (
        questions.add(by=admin, stage=stage, wording=Wording(words))
        for stage, words in (("legal", "A"), ("brand", "B"), ("legal", "C"))
    )
    questions.move(second, by=admin, up=True)
    assert [row.pk for row in questions.of(admin.brand, "legal")] == [second.pk, first.pk]
    questions.move(second, by=admin, up=True)  # it is the first
    assert [row.pk for row in questions.of(admin.brand, "legal")] == [second.pk, first.pk]
    assert questions.of(admin.brand, "brand").get() == other


@pytest.mark.django_db
def test_an_approval_answers_the_checklist_of_its_stage_and_keeps_it() -> None:
    case = Case()
    question = ChecklistQuestion.objects.create(brand=case.brand, stage="brand", words="Is the logo whole?")
    ChecklistQuestion.objects.create(brand=case.brand, stage="legal", words="Is it lawful?")
    ChecklistQuestion.objects.create(brand=BrandFactory.create(), stage="brand", words="Of others?")
    review = case.submit()
    for answers in (
        [],
        [Answer(question.pk, 0, Choice.NO, "but")],
        [Answer(question.pk, 1, Choice.YES)],
    ):
        with transaction.atomic(), pytest.raises(reviews.ReviewRefused, match="Is the logo whole"):
            decide(case, review, answers)
    assert not Decision.objects.exists()
    assert not LedgerEntry.objects.exists()
    decision = decide(case, review, [Answer(question.pk, 0, Choice.YES, "Seen at 0:01.")])
    assert [(each["words"], each["answer"], each["note"]) for each in decision.checklist] == [
        ("Is the logo whole?", "yes", "Seen at 0:01.")
    ]
    entry = LedgerEntry.objects.get(review_id=review.pk)
    assert json.loads(entry.record)["checklist"] == decision.checklist
    assert ledger.verify(case.brand).holds


@pytest.mark.django_db
def test_evidence_is_kept_with_the_decision_and_in_the_ledger() -> None:
    case = Case()
    question = ChecklistQuestion.objects.create(
        brand=case.brand, stage="brand", words="Is the licence on file?", evidence="needed"
    )
    review = case.submit()
    with transaction.atomic(), pytest.raises(reviews.ReviewRefused, match="needs evidence") as refused:
        decide(case, review, [Answer(question.pk, 0, Choice.YES)])
    assert refused.value.code == "no_evidence"
    decision = decide(case, review, [Answer(question.pk, 0, Choice.YES, evidence="https://dms.example/4711")])
    assert decision.checklist[0]["evidence"] == "https://dms.example/4711"
    entry = LedgerEntry.objects.get(review_id=review.pk)
    assert json.loads(entry.record)["checklist"] == decision.checklist
    assert ledger.verify(case.brand).holds
    decision.checklist[0]["evidence"] = "https://dms.example/4712"
    decision.save()
    assert not ledger.verify(case.brand).holds


@pytest.mark.django_db
def test_an_answer_that_was_changed_past_the_ledger_is_found() -> None:
    case = Case()
    question = ChecklistQuestion.objects.create(brand=case.brand, stage="brand", words="Is it?", stops=False)
    decision = decide(case, case.submit(), [Answer(question.pk, 0, Choice.NO, "A parody.")])
    decision.checklist[0]["answer"] = "yes"
    decision.save()
    verdict = ledger.verify(case.brand)
    assert not verdict.holds
    assert "says something else than the ledger" in verdict.problem


@pytest.mark.django_db
def test_what_was_answered_stays_when_the_question_is_edited() -> None:
    case = Case()
    admin = member(case.brand, Role.ADMIN)
    question = questions.add(by=admin, stage="brand", wording=Wording("Is it?"))
    decision = decide(case, case.submit(), [Answer(question.pk, 0, Choice.YES)])
    questions.change(question, by=admin, revision=0, wording=Wording("Is it not?"))
    decision.refresh_from_db()
    assert decision.checklist[0]["words"] == "Is it?"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [DecisionKind.REQUEST_CHANGES, DecisionKind.REJECT])
def test_whoever_sends_a_clip_back_answers_nothing(kind: DecisionKind) -> None:
    case = Case()
    ChecklistQuestion.objects.create(brand=case.brand, stage="brand", words="Is the logo whole?")
    decision = decide(case, case.submit(), [], kind=kind, comment="The logo is cut.")
    assert decision.checklist == []
