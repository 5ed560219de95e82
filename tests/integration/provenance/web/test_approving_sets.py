"""Several clips of a set are approved with one form: where allowed, what was opened, each by itself."""

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.audit import trail
from dam.audit.models import Event
from dam.catalog.models import Approval, Version
from provenance.releases.models import Release
from provenance.review import approving_together, asking, ledger, reviews
from provenance.review.approving_together import Together
from provenance.review.models import ChecklistQuestion, Decision, LedgerEntry, Review, ReviewTemplate
from provenance.review.plans import Planned
from provenance.review.set_models import ReviewOpening
from provenance.web import approving_sets
from tests.factories import PASSWORD, member
from tests.integration.provenance.web.room import decide, page, signed_in
from tests.review_factory import Case
from tests.review_sets import drafts, send
from tests.review_templates import template

pytestmark = pytest.mark.django_db


class Campaign:
    """A set of which two stages decide, by a template that allows approving together."""

    def __init__(self, count: int = 3, *stages: Planned, together: bool = True) -> None:
        self.case = Case()
        self.template: ReviewTemplate = template(
            self.case.brand,
            *(stages or (Planned("brand"), Planned("legal"))),
            rule="kind:video",
            by_hand=False,
            together=together,
        )
        self.other: Member = member(self.case.brand, Role.BRAND_REVIEWER)
        sent = send(drafts(self.case, count), by=self.case.creator)
        self.set, self.reviews = sent.review_set, sent.reviews
        self.by: Member = self.case.brand_reviewer
        self.address = reverse("review-set-approve", args=[self.case.brand.slug, self.set.pk])

    def open(self, *reviews: Review, by: Member | None = None, headers: Any = None) -> None:
        for review in reviews:
            address = reverse("review", args=[self.case.brand.slug, review.pk])
            assert signed_in(by or self.by).get(address, headers=headers).status_code == 200

    def form(self, by: Member | None = None, *, client: Client | None = None) -> dict[str, Any]:
        """As the page has it, filled in for the web and the EU."""
        (group,) = approving_sets.groups_of(self.set, by=by or self.by)
        shown = (client or signed_in(by or self.by)).get(self.address, {"of": group.key})
        assert shown.status_code == 200
        items = re.findall(r'name="item" value="([^"]+)"', shown.content.decode())
        return {"of": group.key, "item": items, "uses": ["web"], "where": "EU", "password": PASSWORD}

    def post(self, form: dict[str, Any], by: Member | None = None) -> Any:
        return signed_in(by or self.by).post(self.address, form)


def test_those_that_were_opened_are_approved_each_with_a_decision_of_its_own() -> None:
    campaign = Campaign(3)
    first, second, unopened = campaign.reviews
    campaign.open(first, second)
    answer = campaign.post(campaign.form())
    assert answer.headers["Location"] == reverse(
        "review-set", args=[campaign.case.brand.slug, campaign.set.pk]
    )
    decisions = list(Decision.objects.order_by("pk"))
    assert [each.review for each in decisions] == [first, second]
    assert {(tuple(each.uses), tuple(each.territories)) for each in decisions} == {(("web",), ("EU",))}
    unopened.refresh_from_db()
    assert (unopened.stage, unopened.decisions.count()) == (0, 0)
    records = [json.loads(each.record) for each in LedgerEntry.objects.order_by("sequence")]
    assert [each["together"]["clips"] for each in records] == [2, 2]
    assert {each["signed_in"] for each in records} == {"password"}
    assert {each["together"]["contents"] for each in records} == {
        approving_together.contents(
            approving_together.Item(each.pk, each.content_sha256, asking.Seen(0, 0))
            for each in (first, second)
        )
    }
    logged = Event.objects.filter(verb="review.approved_stage")
    assert [each.data["together"]["set"] for each in logged] == [str(campaign.set.pk)] * 2
    assert ledger.verify(campaign.case.brand).holds
    assert trail.first_broken(campaign.case.brand) is None
    assert "approved with one form for 2 clips" in page(campaign.case.creator, "review", first.pk)


def test_the_last_stage_releases_each() -> None:
    campaign = Campaign(2, Planned("brand"))
    campaign.open(*campaign.reviews)
    campaign.post(campaign.form())
    approved = Version.objects.filter(reviews__in=campaign.reviews)
    assert {each.approval for each in approved} == {Approval.APPROVED}
    assert Release.objects.filter(version__in=approved).count() == 2


@pytest.mark.parametrize("together", [False, None])
def test_without_a_template_that_allows_it_nothing_is_offered_and_nothing_is_approved(
    together: bool | None,
) -> None:
    campaign = Campaign(2, together=False)
    if together is None:  # the brand's own stages
        Review.objects.update(template=None, plan=[], template_revision=None)
    campaign.open(*campaign.reviews)
    assert not ReviewOpening.objects.exists()
    assert approving_sets.groups_of(campaign.set, by=campaign.by) == []
    assert signed_in(campaign.by).get(campaign.address, {"of": "x"}).status_code == 302
    with pytest.raises(reviews.ReviewRefused) as refused:
        campaign.case.approve(
            campaign.reviews[0],
            by=campaign.by,
            expected_sha256=campaign.reviews[0].content_sha256,
            together=Together(campaign.set.pk, 2, ""),
        )
    assert refused.value.code == "not_together"


def test_a_review_keeps_what_its_template_said_when_it_was_sent() -> None:
    Campaign(1, together=False)
    ReviewTemplate.objects.update(together=True)
    assert not Review.objects.get().together


def test_a_clip_that_was_sent_alone_is_in_no_set_and_not_approved_together() -> None:
    campaign = Campaign(1)
    assert not campaign.case.submit().together


def test_what_was_not_opened_is_refused_even_if_the_form_says_otherwise() -> None:
    campaign = Campaign(2)
    opened, unopened = campaign.reviews
    campaign.open(opened)
    form = campaign.form()
    form["item"].append(form["item"][0].replace(str(opened.pk), str(unopened.pk)))
    answer = campaign.post(form)
    assert answer.status_code == 200
    assert [(each, "haven't opened" in reason) for each, reason in answer.context["left_out"]] == [
        (unopened, True)
    ]
    assert Decision.objects.get().review == opened


def test_opening_counts_for_one_person_one_stage_and_not_for_a_piece_that_comes_again() -> None:
    campaign = Campaign(1)
    (review,) = campaign.reviews
    other = campaign.other
    campaign.open(review, by=other)
    campaign.open(review, headers={"HX-Request": "true"})
    campaign.open(review, by=campaign.case.creator)
    assert [each.user for each in ReviewOpening.objects.all()] == [other.user]
    legal = campaign.case.legal_reviewer
    campaign.open(review, by=legal)  # before it is theirs
    campaign.case.approve(review, by=other, expected_sha256=review.content_sha256)
    (group,) = approving_sets.groups_of(campaign.set, by=legal)
    assert (group.opened, len(group.unopened)) == ([], 1)
    campaign.open(review, by=legal)
    campaign.open(review, by=legal)
    assert ReviewOpening.objects.filter(user=legal.user, stage=1).count() == 1


def test_what_moved_on_meanwhile_is_told_and_the_others_are_approved() -> None:
    campaign = Campaign(3)
    first, second, third = campaign.reviews
    campaign.open(*campaign.reviews)
    form = campaign.form()
    other = campaign.other
    campaign.case.approve(second, by=other, expected_sha256=second.content_sha256)
    answer = campaign.post(form)
    assert [each for each, _reason in answer.context["left_out"]] == [second]
    assert answer.context["approved"] == [first, third]
    assert Decision.objects.filter(decided_by=campaign.by.user).count() == 2


def test_other_bytes_or_another_count_of_approvals_are_refused_clip_by_clip() -> None:
    campaign = Campaign(2, Planned("brand", needs=2))
    campaign.open(*campaign.reviews)
    form = campaign.form()
    key, _sha256, *places = form["item"][0].split(":")
    form["item"][0] = ":".join([key, "0" * 64, *places])
    other = campaign.other
    last = campaign.reviews[1]
    campaign.case.approve(last, by=other, expected_sha256=last.content_sha256)
    answer = campaign.post(form)
    assert answer.status_code == 422
    assert len(answer.context["left_out"]) == 2
    assert not Decision.objects.filter(decided_by=campaign.by.user).exists()


def test_the_page_costs_as_many_queries_however_many_clips_wait() -> None:
    def queries(count: int) -> int:
        campaign = Campaign(count)
        campaign.open(*campaign.reviews)
        client = signed_in(campaign.by)
        address = reverse("review-set", args=[campaign.case.brand.slug, campaign.set.pk])
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert len(client.get(address).context["groups"][0].opened) == count
        return len(captured)

    assert queries(2) == queries(6)


def test_the_form_costs_as_many_queries_however_many_clips_it_is_for() -> None:
    def queries(count: int) -> int:
        campaign = Campaign(count, Planned("brand"))  # the last stage, which asks how AI clips are disclosed
        campaign.open(*campaign.reviews)
        client = signed_in(campaign.by)
        (group,) = approving_sets.groups_of(campaign.set, by=campaign.by)
        client.get(campaign.address, {"of": group.key})
        with CaptureQueriesContext(connection) as captured:
            assert len(client.get(campaign.address, {"of": group.key}).context["going"]) == count
        return len(captured)

    assert queries(2) == queries(6)


def test_what_moved_on_is_not_shown_again_as_if_it_had_been_seen() -> None:
    campaign = Campaign(2)
    campaign.open(*campaign.reviews)
    form = campaign.form()
    stale = [re.sub(r":0$", ":1", form["item"][0]), form["item"][1]]  # it had one approval on the page
    answer = campaign.post(form | {"item": stale, "password": "wrong"})
    assert answer.status_code == 422
    assert len(answer.context["going"]) == 1
    assert len(answer.context["left_out"]) == 1


def test_a_head_request_opens_nothing() -> None:
    campaign = Campaign(1)
    room = reverse("review", args=[campaign.case.brand.slug, campaign.reviews[0].pk])
    signed_in(campaign.by).head(room)
    assert not ReviewOpening.objects.exists()


def test_a_second_click_approves_nothing_twice() -> None:
    campaign = Campaign(2, Planned("brand"))
    campaign.open(*campaign.reviews)
    form = campaign.form()
    campaign.post(form)
    assert campaign.post(form).status_code == 422
    assert Decision.objects.count() == 2


@pytest.mark.parametrize("wrong", [{"password": ""}, {"password": "wrong"}, {"uses": []}])
def test_without_password_or_terms_the_form_comes_again_and_nothing_is_approved(
    wrong: dict[str, Any],
) -> None:
    campaign = Campaign(2)
    campaign.open(*campaign.reviews)
    answer = campaign.post(campaign.form() | wrong)
    assert answer.status_code == 422
    assert len(answer.context["going"]) == 2
    assert not Decision.objects.exists()


def test_the_checklist_is_answered_once_for_all() -> None:
    campaign = Campaign(2)
    question = ChecklistQuestion.objects.create(
        brand=campaign.case.brand, stage="brand", words="On brand?", evidence="needed"
    )
    campaign.open(*campaign.reviews)
    form = campaign.form() | {f"question_{question.pk}_read": "0", f"question_{question.pk}_choice": "yes"}
    assert "Or a document" not in campaign.post(form).content.decode()
    campaign.post({**form, f"question_{question.pk}_evidence": "Brand book, page 12"})
    assert [each.checklist[0]["evidence"] for each in Decision.objects.all()] == ["Brand book, page 12"] * 2


def test_a_later_stage_offers_no_more_than_the_first_cleared_and_groups_by_it() -> None:
    campaign = Campaign(3)
    for review, uses in zip(campaign.reviews, (["web"], ["web"], ["web", "broadcast"]), strict=True):
        campaign.case.approve(
            review, by=campaign.case.brand_reviewer, expected_sha256=review.content_sha256, uses=uses
        )
    legal = campaign.case.legal_reviewer
    campaign.open(*campaign.reviews, by=legal)
    groups = approving_sets.groups_of(campaign.set, by=legal)
    assert [len(group.opened) for group in groups] == [2, 1]
    shown = signed_in(legal).get(campaign.address, {"of": groups[0].key})
    assert shown.context["form"].fields["uses"].choices == [("web", "Web")]


def test_a_passkey_signs_the_list_of_contents(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = Campaign(2)
    campaign.open(*campaign.reviews)
    asked: list[str] = []

    def holds(_request: object, _user: object, *, about: str, answer: str) -> bool:
        asked.append(about)
        return answer == "right"

    monkeypatch.setattr("dam.web.passkey_proofs.holds", holds)

    def begin(_request: object, _user: object, *, about: str) -> dict[str, Any]:
        asked.append(about)
        return {}

    monkeypatch.setattr("dam.web.passkey_proofs.begin", begin)
    client = signed_in(campaign.by)
    form = campaign.form(client=client) | {"password": ""}
    (group,) = approving_sets.groups_of(campaign.set, by=campaign.by)
    shown = client.get(campaign.address, {"of": group.key})
    address = reverse("review-set-passkey", args=[campaign.case.brand.slug, campaign.set.pk])
    client.post(f"{address}?contents={shown.context['contents']}")
    assert campaign.post(form | {"passkey": "wrong"}).status_code == 422
    assert campaign.post(form | {"passkey": "right"}).status_code == 302
    assert len(set(asked)) == 1
    assert {json.loads(each.record)["signed_in"] for each in LedgerEntry.objects.all()} == {"passkey"}


def test_who_made_one_of_them_or_has_another_role_is_not_asked() -> None:
    campaign = Campaign(2)
    assert signed_in(campaign.case.creator).get(campaign.address).status_code == 403
    other = Case()
    address = reverse("review-set-approve", args=[other.brand.slug, campaign.set.pk])
    assert signed_in(other.brand_reviewer).get(address).status_code == 404
    assert approving_sets.groups_of(campaign.set, by=campaign.case.legal_reviewer) == []


def test_the_setting_is_off_for_new_templates_and_told_in_the_log_when_it_is_turned_on() -> None:
    case = Case()
    admin = signed_in(member(case.brand, Role.ADMIN))
    form = {
        "title": "Market",
        "rule": "kind:video",
        "revision": "0",
        "stages": "1",
        "stage-0-kind": "legal",
        "stage-0-who": "role",
        "stage-0-needs": "1",
    }
    admin.post(reverse("review-template-add", args=[case.brand.slug]), form)
    made = ReviewTemplate.objects.get()
    assert not made.together
    admin.post(reverse("review-template-edit", args=[case.brand.slug, made.pk]), {**form, "together": "on"})
    made.refresh_from_db()
    assert made.together
    assert Event.objects.latest("sequence").data["together"] == [False, True]


def test_what_was_opened_goes_with_its_review_whoever_deletes_it() -> None:
    campaign = Campaign(2)
    first, second = campaign.reviews
    campaign.open(first, second)
    Review.objects.filter(pk=first.pk)._raw_delete("default")
    assert [each.review_id for each in ReviewOpening.objects.all()] == [second.pk]


def tell_played(campaign: Campaign, review: Review, spans: str, *, stage: int = 0, by: Any = None) -> int:
    address = reverse("review-played", args=[campaign.case.brand.slug, review.pk])
    sent = {"stage": stage, "played": spans}
    return int(signed_in(by or campaign.by).post(address, sent).status_code)


def test_each_decision_says_how_much_of_its_clip_was_played() -> None:
    campaign = Campaign(3)
    whole, part, none = campaign.reviews
    Version.objects.update(duration_ms=10_000, rate_numerator=25, rate_denominator=1)
    campaign.open(*campaign.reviews)
    for spans in ("[[0, 6]]", "[[5, 10]]"):  # in two visits
        assert tell_played(campaign, whole, spans) == 204
    tell_played(campaign, part, "[[0, 4]]")
    tell_played(campaign, none, "[" * 50_000)
    tell_played(campaign, none, "[[0, 10]]", stage=1)  # a page of another stage
    tell_played(campaign, none, "[[0, 10]]", by=campaign.other)  # somebody else, who hasn't opened it
    form = campaign.form()
    shown = page_of(campaign, form)
    assert [each in shown for each in ("played the whole clip", "played 40% of the clip", "not played")] == [
        True
    ] * 3
    campaign.post(form)
    records = {each.review_id: json.loads(each.record)["watched"] for each in LedgerEntry.objects.all()}
    assert records[whole.pk] == {"played_ms": 10_000, "length_ms": 10_000, "every_frame": True}
    assert (records[part.pk]["played_ms"], records[none.pk]) == (4_000, None)


def page_of(campaign: Campaign, form: dict[str, Any]) -> str:
    return str(signed_in(campaign.by).get(campaign.address, {"of": form["of"]}).content.decode())


def test_a_decision_in_the_room_counts_what_was_played_there_before() -> None:
    campaign = Campaign(1)
    [review] = campaign.reviews
    Version.objects.update(duration_ms=10_000, rate_numerator=25, rate_denominator=1)
    campaign.open(review)
    assert (
        "data-played-to"
        in signed_in(campaign.by)
        .get(reverse("review", args=[campaign.case.brand.slug, review.pk]))
        .content.decode()
    )
    tell_played(campaign, review, "[[0, 5]]")
    fresh = Review.objects.select_related("brand", "version").get(pk=review.pk)
    answer = decide(fresh, by=campaign.by, played="[[5, 10]]", stage=0, approvals=0)
    assert "HX-Redirect" in answer.headers, answer.content.decode()
    assert json.loads(LedgerEntry.objects.get().record)["watched"]["every_frame"]
