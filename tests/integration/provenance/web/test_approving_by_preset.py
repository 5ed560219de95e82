"""An approval that is filled in with a preset of terms."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.times import of_brand, today_in
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import Version
from dam.rights import presets, statements
from dam.rights.models import RightsPreset
from dam.rights.preset_terms import Period, PresetTerms
from dam.rights.statements import Statements
from provenance.review.models import Decision, LedgerEntry
from tests.factories import member
from tests.integration.provenance.web.room import HTMX, decide, page, signed_in
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget_attempts() -> None:
    cache.clear()


def preset(case: Case, terms: PresetTerms) -> RightsPreset:
    return presets.add(by=member(case.brand, Role.ADMIN), name="Social EU", terms=terms)


SOCIAL = PresetTerms(
    ("social",), ("EU",), Period.DAYS, 30, stated=Statements(restriction="Not for paid advertising.")
)


def fill(case: Case, review: Any, number: int, *, by: Any, headers: Any = HTMX, **sent: Any) -> Any:
    address = reverse("review-decide", args=[case.brand.slug, review.pk])
    form = {"kind": "approve", "fill": "1", "preset": str(number), "sha256": "seen", **sent}
    return signed_in(by).post(address, form, headers=headers)


def chosen(number: int) -> dict[str, Any]:
    return {"preset": str(number), "filled": str(number)}


def test_it_fills_in_the_form_and_judges_nothing_yet() -> None:
    case = Case()
    review, terms = case.submit(), preset(case, SOCIAL)
    answer = fill(case, review, terms.pk, by=case.brand_reviewer, comment="So far", password="typed")
    assert answer.status_code == 200
    form = answer.context["form"]
    last = today_in(of_brand(case.brand)) + timedelta(days=30)
    filled = {name: form[name].value() for name in ("uses", "where", "valid_until", "comment", "sha256")}
    assert filled == {
        "uses": ["social"], "where": "EU", "valid_until": last, "comment": "So far", "sha256": "seen"
    }  # fmt: skip
    assert b"field-error" not in answer.content
    assert b"typed" not in answer.content
    assert "Filled in from “Social EU”" in answer.content.decode()
    whole = fill(case, review, terms.pk, by=case.brand_reviewer, headers={}).content.decode()
    assert 'data-opened="approve"' in whole
    assert "Filled in from “Social EU”" in whole


def test_what_was_chosen_is_kept_with_the_decision() -> None:
    case = Case()
    review, terms = case.submit(), preset(case, SOCIAL)
    last = (today_in(of_brand(case.brand)) + timedelta(days=30)).isoformat()
    sent: dict[str, Any] = {**chosen(terms.pk), "uses": ["social"], "where": "EU", "valid_until": last}
    decide(review, by=case.brand_reviewer, **sent)
    kept = json.loads(LedgerEntry.objects.get(review_id=review.pk).record)["preset"]
    assert kept == {"number": terms.pk, "revision": 0, "name": "Social EU", "changed": False}
    assert Event.objects.get(verb=Verb.REVIEW_APPROVED_STAGE).data["preset"] == kept
    assert "preset “Social EU”" in page(case.legal_reviewer, "review", review.pk)


def test_that_the_reviewer_changed_it_is_kept_too() -> None:
    case = Case()
    review, terms = case.submit(), preset(case, SOCIAL)
    decide(review, by=case.brand_reviewer, **chosen(terms.pk), uses=["social", "web"], where="EU")
    assert json.loads(LedgerEntry.objects.get(review_id=review.pk).record)["preset"]["changed"] is True
    assert "preset “Social EU”, changed" in page(case.legal_reviewer, "review", review.pk)


def test_a_preset_that_was_chosen_and_not_filled_in_stops_the_approval() -> None:
    case = Case()
    review, terms = case.submit(), preset(case, SOCIAL)
    answer = decide(review, by=case.brand_reviewer, preset=str(terms.pk))
    assert answer.status_code == 422
    assert "Press “Fill in”" in answer.content.decode()
    assert not Decision.objects.exists()


def test_a_later_stage_is_filled_in_as_far_as_the_earlier_one_allows() -> None:
    case = Case()
    review, wide = case.submit(), PresetTerms(("social", "web"), ("worldwide",), Period.UNLIMITED)
    last = today_in(of_brand(case.brand)) + timedelta(days=10)
    decide(review, by=case.brand_reviewer, uses=["web"], where="EU", valid_until=last.isoformat())
    answer = fill(case, review, preset(case, wide).pk, by=case.legal_reviewer)
    form = answer.context["form"]
    assert [form[name].value() for name in ("uses", "where", "valid_until")] == [["web"], "EU", last]


def test_a_legal_reviewer_states_with_the_approval_what_the_preset_says_beside_it() -> None:
    case = Case()
    review, terms = case.submit(), preset(case, SOCIAL)
    decide(review, by=case.brand_reviewer, uses=["social"], where="EU")
    shown = fill(case, review, terms.pk, by=case.legal_reviewer).content.decode()
    assert "State this on the Rights tab too" in shown
    assert "Not for paid advertising." in shown
    decide(review, by=case.legal_reviewer, **chosen(terms.pk), uses=["social"], where="EU", state_too="on")
    stated = statements.of(Version.objects.get(pk=case.version.pk))
    assert stated.restriction == "Not for paid advertising."
    event = Event.objects.get(verb=Verb.ASSET_EDITED)
    assert event.data["preset"]["name"] == "Social EU"


def test_what_it_states_stays_out_where_it_is_left_out_or_another_must_say_it() -> None:
    case = Case()
    review, terms = case.submit(), preset(case, SOCIAL)
    brand_form = fill(case, review, terms.pk, by=case.brand_reviewer).content.decode()
    assert "State this on the Rights tab too" not in brand_form
    sent: dict[str, Any] = {**chosen(terms.pk), "uses": ["social"], "where": "EU"}
    decide(review, by=case.brand_reviewer, **sent, state_too="on")
    decide(review, by=case.legal_reviewer, **sent)
    assert statements.of(Version.objects.get(pk=case.version.pk)) == Statements()
