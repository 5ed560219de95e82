"""The checklist in the dialog of an approval, and the pages where it is written."""

from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from provenance.review.models import ChecklistQuestion, Decision
from provenance.review.shipped_questions import LEGAL
from tests.factories import BrandFactory, member
from tests.integration.provenance.web.room import decide, signed_in
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget_attempts() -> None:
    cache.clear()


@pytest.fixture
def case() -> Case:
    return Case()


@pytest.fixture
def question(case: Case) -> ChecklistQuestion:
    made: ChecklistQuestion = ChecklistQuestion.objects.create(
        brand=case.brand,
        stage="brand",
        words="Is the <logo> whole?",
        help="Look at\neach edge.",
        source="CI, p. 4",
    )
    return made


def answered(question: ChecklistQuestion, choice: str, note: str = "", revision: int = 0) -> dict[str, Any]:
    name = f"question_{question.pk}"
    return {f"{name}_choice": choice, f"{name}_note": note, f"{name}_read": revision}


def room(review: Any, *, by: Member) -> str:
    response = signed_in(by).get(reverse("review", args=[review.brand.slug, review.pk]))
    return unescape(response.content.decode())


def test_the_dialog_asks_what_its_stage_asks(case: Case, question: ChecklistQuestion) -> None:
    ChecklistQuestion.objects.create(brand=case.brand, stage="legal", words="Is it lawful?")
    shown = room(case.submit(), by=case.brand_reviewer)
    assert question.words in shown
    assert "Source: CI, p. 4" in shown
    assert "Is it lawful?" not in shown


def test_what_is_missing_is_said_at_its_question_and_the_rest_is_kept(
    case: Case, question: ChecklistQuestion
) -> None:
    other = ChecklistQuestion.objects.create(brand=case.brand, stage="brand", words="Is it ours?")
    response = decide(case.submit(), by=case.brand_reviewer, **answered(question, "yes", "Seen it whole."))
    said = unescape(response.content.decode())
    assert response.status_code == 422
    assert said.count("Answer this question.") == 1
    assert said.index("Is it ours?") < said.index("Answer this question.")
    assert "Seen it whole." in said
    assert not Decision.objects.exists()
    assert other.words in said


def test_no_stops_an_approval_in_words(case: Case, question: ChecklistQuestion) -> None:
    response = decide(case.submit(), by=case.brand_reviewer, **answered(question, "no"))
    assert "can't be approved with No" in unescape(response.content.decode())
    assert not Decision.objects.exists()


def test_a_choice_that_is_none_is_refused(case: Case, question: ChecklistQuestion) -> None:
    response = decide(case.submit(), by=case.brand_reviewer, **answered(question, "maybe"))
    assert response.status_code == 422
    assert not Decision.objects.exists()


def test_a_question_that_changed_meanwhile_is_read_again(case: Case, question: ChecklistQuestion) -> None:
    review = case.submit()
    ChecklistQuestion.objects.filter(pk=question.pk).update(revision=1, words="Is every logo whole?")
    response = decide(review, by=case.brand_reviewer, **answered(question, "yes", "Seen.", revision=0))
    said = unescape(response.content.decode())
    assert "was changed while you were answering" in said
    assert f'name="question_{question.pk}_read" value="1"' in " ".join(said.split())
    assert "Seen." in said
    assert decide(review, by=case.brand_reviewer, **answered(question, "yes", revision=1)).headers[
        "HX-Redirect"
    ]


def test_answers_stand_with_the_stage_they_belong_to(case: Case, question: ChecklistQuestion) -> None:
    review = case.submit()
    decide(review, by=case.brand_reviewer, **answered(question, "n/a", "No logo in it."))
    shown = room(review, by=case.legal_reviewer)
    assert "Checklist: 1 question" in shown
    assert "No logo in it." in shown
    assert "Doesn't apply" in shown


def test_evidence_is_asked_for_kept_when_something_else_is_missing_and_shown(
    case: Case, question: ChecklistQuestion
) -> None:
    ChecklistQuestion.objects.filter(pk=question.pk).update(evidence="needed")
    name = f"question_{question.pk}_evidence"
    review = case.submit()
    said = unescape(decide(review, by=case.brand_reviewer, **answered(question, "yes")).content.decode())
    assert "Yes needs evidence here. Enter a link or a reference, or choose a document." in said
    assert f'id="approve_{name}_error"' in said
    given = {**answered(question, "yes"), name: "DMS 4711 <whole>"}
    wrong = decide(review, by=case.brand_reviewer, password="another", **given)
    assert "DMS 4711 <whole>" in unescape(wrong.content.decode())
    assert decide(review, by=case.brand_reviewer, **given).headers["HX-Redirect"]
    shown = room(review, by=case.legal_reviewer)
    assert "DMS 4711 <whole>" in shown
    assert name not in shown  # the next stage asks its own


def test_a_question_that_asks_for_none_keeps_none(case: Case, question: ChecklistQuestion) -> None:
    name = f"question_{question.pk}_evidence"
    review = case.submit()
    given = {**answered(question, "yes"), name: "slipped in"}
    assert decide(review, by=case.brand_reviewer, **given).headers["HX-Redirect"]
    assert "slipped in" not in str(Decision.objects.get().checklist)


def test_an_administrator_asks_for_evidence(case: Case, question: ChecklistQuestion) -> None:
    client, slug = signed_in(member(case.brand, Role.ADMIN)), case.brand.slug
    edit = reverse("question-edit", args=[slug, question.pk])
    wording = {"revision": 0, "words": question.words, "help": "", "source": "", "evidence": "needed"}
    assert client.post(edit, {**wording, "evidence": "always"}).status_code == 422
    assert client.post(edit, wording).status_code == 302
    question.refresh_from_db()
    assert (question.evidence, question.revision) == ("needed", 1)
    shown = unescape(client.get(reverse("checklists", args=[slug])).content.decode())
    assert "Answering Yes needs evidence." in shown


def test_an_administrator_writes_a_checklist(case: Case) -> None:
    admin = member(case.brand, Role.ADMIN)
    client, slug = signed_in(admin), case.brand.slug
    wording = {"revision": 0, "words": "Is it ours?", "help": "Look.", "source": "", "stops": "on"}
    response = client.post(reverse("question-add", args=[slug]), {**wording, "stage": "brand"})
    assert response.status_code == 302
    made = ChecklistQuestion.objects.get(brand=case.brand)
    assert (made.stage, made.words, made.required, made.stops) == ("brand", "Is it ours?", False, True)
    edit = reverse("question-edit", args=[slug, made.pk])
    assert client.post(edit, {**wording, "words": ""}).status_code == 422
    assert client.post(edit, {**wording, "words": "Is it all ours?"}).status_code == 302
    again = client.post(edit, {**wording, "words": "Is it theirs?"})  # from another tab
    assert "Someone else changed this question" in unescape(again.content.decode())
    client.post(reverse("question-ship", args=[slug]))
    shown = unescape(client.get(reverse("checklists", args=[slug])).content.decode())
    assert "Is it all ours?" in shown
    assert all(each.words in shown for each in LEGAL)


def test_a_question_of_another_brand_is_not_there(case: Case) -> None:
    other = ChecklistQuestion.objects.create(brand=BrandFactory.create(), stage="brand", words="Theirs?")
    client = signed_in(member(case.brand, Role.ADMIN))
    for name in ("question-edit", "question-move", "question-retire", "question-restore"):
        address = reverse(name, args=[case.brand.slug, other.pk])
        assert client.post(address, {"words": "Ours?", "revision": 0}).status_code == 404
    other.refresh_from_db()
    assert other.words == "Theirs?"
