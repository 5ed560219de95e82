"""Documents behind the answers of a checklist: sent with an approval, kept with it, given back as files."""

import hashlib
import json
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.catalog import stored_files
from dam.core import storage
from dam.operations import stored
from dam.rights import presets
from dam.rights.preset_terms import PresetTerms
from dam.web.body_limits import most_bytes
from provenance.review import evidence, ledger
from provenance.review.models import ChecklistQuestion, Decision, EvidenceFile, LedgerEntry, Review
from tests.factories import member
from tests.integration.provenance.web.room import decide, signed_in
from tests.review_factory import Case

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 the licence"


@pytest.fixture(autouse=True)
def _forget_attempts() -> None:
    cache.clear()


@pytest.fixture
def case() -> Case:
    return Case()


@pytest.fixture
def question(case: Case) -> ChecklistQuestion:
    made: ChecklistQuestion = ChecklistQuestion.objects.create(
        brand=case.brand, stage="brand", words="Is the music licensed?", evidence="needed"
    )
    return made


def yes(question: ChecklistQuestion, **more: Any) -> dict[str, Any]:
    name = f"question_{question.pk}"
    return {f"{name}_choice": "yes", f"{name}_read": 0, **{f"{name}_{key}": one for key, one in more.items()}}


def pdf(data: bytes = PDF, name: str = "licence.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "application/pdf")


def saved(review: Review, key: object, *, by: Any) -> Any:
    return signed_in(by).get(reverse("review-evidence", args=[review.brand.slug, review.pk, key]))


def storage_of(row: EvidenceFile) -> bytes:
    with storage.local_copy(row.storage_key) as path:
        return path.read_bytes()


def test_a_document_is_kept_with_the_decision_and_in_the_ledger(
    case: Case, question: ChecklistQuestion
) -> None:
    review = case.submit()
    answer = decide(review, by=case.brand_reviewer, **yes(question, document=pdf()))
    assert answer.headers["HX-Redirect"]
    decision, kept = Decision.objects.get(), EvidenceFile.objects.get()
    assert kept.decision == decision
    digest = hashlib.sha256(PDF).hexdigest()
    line = decision.checklist[0]["document"]
    assert line == {"file": str(kept.pk), "name": "licence.pdf", "sha256": digest, "size": len(PDF)}
    record = json.loads(LedgerEntry.objects.get(review_id=review.pk).record)
    assert record["checklist"][0]["document"]["sha256"] == digest
    assert ledger.verify(case.brand).holds
    shown = unescape(
        signed_in(case.legal_reviewer).get(reverse("review", args=[case.brand.slug, review.pk])).text
    )
    assert f'title="{digest}"' in shown


def test_it_is_given_back_only_to_be_saved_and_to_those_who_read_the_review(
    case: Case, question: ChecklistQuestion
) -> None:
    review = case.submit()
    decide(review, by=case.brand_reviewer, **yes(question, document=pdf(name="<b>.pdf")))
    kept = EvidenceFile.objects.get()
    key = kept.pk
    answer = saved(review, key, by=case.creator)
    assert answer.status_code == 200
    assert storage_of(kept) == PDF
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert saved(review, key, by=member(case.brand, Role.VIEWER)).status_code == 403
    assert saved(review, key, by=member(Case().brand, Role.LEGAL_REVIEWER)).status_code == 404
    other = Case(case.brand)
    assert saved(other.submit(), key, by=case.creator).status_code == 404
    assert saved(review, uuid4(), by=case.creator).status_code == 404


def test_what_was_sent_needs_no_second_time_where_something_else_is_wrong(
    case: Case, question: ChecklistQuestion
) -> None:
    review = case.submit()
    wrong = decide(review, by=case.brand_reviewer, password="another", **yes(question, document=pdf()))
    assert wrong.status_code == 422
    assert "licence.pdf" in wrong.text
    draft = EvidenceFile.objects.get()
    assert draft.decision is None
    assert saved(review, draft.pk, by=case.brand_reviewer).status_code == 200
    assert saved(review, draft.pk, by=case.legal_reviewer).status_code == 404  # nobody else's yet
    assert decide(review, by=case.brand_reviewer, **yes(question)).headers["HX-Redirect"]
    assert EvidenceFile.objects.get().decision is not None


def test_filling_in_a_preset_keeps_it(case: Case, question: ChecklistQuestion) -> None:
    preset = presets.add(by=member(case.brand, Role.ADMIN), name="Web", terms=PresetTerms(("web",)))
    review = case.submit()
    filled = decide(
        review, by=case.brand_reviewer, preset=preset.pk, fill="1", **yes(question, document=pdf())
    )
    assert "licence.pdf" in filled.text
    assert not Decision.objects.exists()


def test_another_takes_its_place_and_it_can_be_left_out(case: Case, question: ChecklistQuestion) -> None:
    review = case.submit()
    for name in ("old.pdf", "new.pdf"):
        decide(review, by=case.brand_reviewer, password="no", **yes(question, document=pdf(name=name)))
    assert [row.filename for row in EvidenceFile.objects.all()] == ["new.pdf"]
    said = decide(review, by=case.brand_reviewer, **yes(question, without="on"))
    assert "Yes needs evidence here." in unescape(said.text)
    assert not EvidenceFile.objects.exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<html>", "can't be kept as a document"),
        (b"%PDF-" + b"x" * 15 * 1024 * 1024, "larger than 15 MB"),
    ],
)
def test_what_is_no_document_is_refused_at_its_field(
    case: Case, question: ChecklistQuestion, data: bytes, words: str
) -> None:
    review = case.submit()
    said = decide(review, by=case.brand_reviewer, **yes(question, evidence="DMS 1", document=pdf(data)))
    assert said.status_code == 422
    assert words in unescape(said.text)
    assert not Decision.objects.exists()
    assert not EvidenceFile.objects.exists()


def test_who_cannot_decide_leaves_nothing(case: Case, question: ChecklistQuestion) -> None:
    review = case.submit()
    assert decide(review, by=case.creator, **yes(question, document=pdf())).status_code == 403
    assert not EvidenceFile.objects.exists()


def test_a_document_removed_in_another_tab_is_asked_for_again(
    case: Case, question: ChecklistQuestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_given: object, **_named: object) -> None:
        raise evidence.EvidenceGone

    review = case.submit()
    monkeypatch.setattr(evidence, "attach", gone)
    said = decide(review, by=case.brand_reviewer, **yes(question, document=pdf()))
    assert "A document is no longer there. Choose it again." in unescape(said.text)
    assert not Decision.objects.exists()


def test_drafts_that_no_approval_came_of_go_with_their_files(
    case: Case, question: ChecklistQuestion, django_capture_on_commit_callbacks: Any
) -> None:
    review = case.submit()
    decide(review, by=case.brand_reviewer, password="no", **yes(question, document=pdf()))
    key = EvidenceFile.objects.get().storage_key
    evidence.tidy()
    assert stored_files.is_named(key)
    with django_capture_on_commit_callbacks(execute=True):
        evidence.tidy(at=timezone.now() + timedelta(days=8))
    assert not EvidenceFile.objects.exists()


def test_they_are_counted_and_go_with_their_review(case: Case, question: ChecklistQuestion) -> None:
    review = case.submit()
    decide(review, by=case.brand_reviewer, **yes(question, document=pdf()))
    kinds = {each.kind: (each.files, each.bytes) for each in stored.of(case.brand)}
    assert kinds["evidence"] == (1, len(PDF))
    with connection.cursor() as cursor:  # as a process of an earlier release does
        cursor.execute("DELETE FROM provenance_decision WHERE review_id = %s", [review.pk])
        cursor.execute("DELETE FROM provenance_review WHERE id = %s", [review.pk])
    assert not EvidenceFile.objects.exists()
    assert {each.kind: each.files for each in stored.of(case.brand)}.get("evidence", 0) == 0


def test_an_approval_takes_sixty_megabytes() -> None:
    with override_settings(APPROVAL_MAX_BYTES=60):
        assert most_bytes(f"/b/x/reviews/{uuid4()}/decide/") == 60 + 1024 * 1024
