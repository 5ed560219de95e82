"""The room, and deciding from the page."""

import html
import itertools
import json
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership, User
from dam.catalog.models import Approval
from provenance.review import asking, reviews
from provenance.review.models import Decision, LedgerEntry, Review
from provenance.review.states import ReviewState
from tests.factories import BrandFactory, VersionFactory, member
from tests.integration.provenance.web.room import decide, page, signed_in
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget_attempts() -> None:
    cache.clear()


def test_the_room_shows_every_fact_and_the_reviewers_buttons() -> None:
    case = Case()
    review = reviews.submit(case.version, by=case.creator, note="For the summer page")
    shown = page(case.brand_reviewer, "review", review.pk)
    for fact in (
        case.version.asset.title,
        case.version.sha256,
        "For the summer page",
        str(case.creator),
        "1280 × 720, 24 fps",
        "Brand review In progress",
        "The brand review is waiting for your decision.",
        "Request changes",
    ):
        assert fact in shown


@pytest.mark.parametrize("name", ["review", "asset"])
def test_what_is_noted_of_the_file_is_told_in_the_readers_language(name: str) -> None:
    case = Case()
    note = "The transparency of this HEVC file can't be read, so the video is shown opaque."
    case.version.media_info = {**case.version.media_info, "warnings": [note]}
    case.version.save(update_fields=["media_info"])
    review = reviews.submit(case.version, by=case.creator)
    reader, key = case.brand_reviewer, review.pk if name == "review" else case.version.asset_id
    address = reverse(name, args=[reader.brand.slug, key]) + "?tab=details"
    assert "The transparency of this HEVC file" in signed_in(reader).get(address).content.decode()
    User.objects.filter(pk=reader.user.pk).update(language="de")
    reader.user.refresh_from_db()
    assert "Die Transparenz dieser HEVC-Datei" in signed_in(reader).get(address).content.decode()


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("legal_reviewer", "The legal review starts after the brand review."),
        ("creator", "Only a brand reviewer can decide the brand review."),
    ],
)
def test_the_room_says_why_somebody_may_not_decide(who: str, sentence: str) -> None:
    case = Case()
    review = case.submit()
    response = signed_in(getattr(case, who)).get(reverse("review", args=[case.brand.slug, review.pk]))
    assert sentence in response.content.decode()
    assert b"approve-dialog" not in response.content


def test_approving_goes_on_to_the_next_clip() -> None:
    case = Case()
    review = case.submit()
    following = Case(case.brand).submit()
    response = decide(review, by=case.brand_reviewer)
    assert response["HX-Redirect"] == reverse("review", args=[case.brand.slug, following.pk])
    decision = Decision.objects.get()
    assert (decision.uses, decision.territories, decision.stage) == (["web"], ["EU"], 0)


def test_after_the_last_clip_the_queue_comes_back() -> None:
    case = Case()
    response = decide(case.submit(), by=case.brand_reviewer)
    assert response["HX-Redirect"] == reverse("reviews", args=[case.brand.slug])


def test_it_works_as_a_plain_form() -> None:
    case = Case()
    response = decide(case.submit(), by=case.brand_reviewer, headers={"Accept": "text/html"})
    assert response.status_code == 302
    assert Decision.objects.count() == 1


def test_a_plain_form_with_an_error_comes_back_open() -> None:
    case = Case()
    response = decide(case.submit(), by=case.brand_reviewer, headers={"Accept": "text/html"}, uses=None)
    assert response.status_code == 422
    assert b'data-opened="approve"' in response.content


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"password": "wrong"}, "Wrong password. Try again."),
        ({"password": None}, "Enter your password"),
        ({"uses": None}, "Choose at least one use"),
        ({"where": "countries", "countries": ""}, "Enter at least one country."),
        ({"where": "countries", "countries": "Atlantis"}, "Atlantis"),
        ({"where": "moon"}, "moon is not one of the available choices"),
        ({"uses": ["skywriting"]}, "skywriting is not one of the available choices"),
        ({"valid_until": "2020-01-01"}, "This date has passed."),
        (
            {"embargo_until": "2099-02-01", "valid_until": "2099-01-31"},
            "The last day of use comes before the first one.",
        ),
        ({"embargo_until": "2099-02-30"}, "Enter a valid date."),
        ({"sha256": "0" * 64}, "The file has changed since you opened it."),
        ({"sha256": None}, "The file has changed since you opened it."),
    ],
)
def test_an_approval_that_is_not_complete_comes_back_with_the_reason(
    change: dict[str, Any], message: str
) -> None:
    case = Case()
    response = decide(case.submit(), by=case.brand_reviewer, **change)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Decision.objects.exists()


def test_countries_and_an_end_date_are_kept_as_meant() -> None:
    case = Case()
    review = case.submit()
    decide(
        review,
        by=case.brand_reviewer,
        where="countries",
        countries="Germany, AT",
        valid_until="2099-12-31",
    )
    decision = Decision.objects.get()
    assert decision.territories == ["DE", "AT"]
    assert decision.valid_until is not None
    assert decision.valid_until.isoformat() == "2099-12-31T23:59:59+00:00"


def test_the_first_day_of_use_begins_where_the_brand_is() -> None:
    case = Case()
    Brand.objects.filter(pk=case.brand.pk).update(time_zone="America/New_York")
    case.brand.refresh_from_db()
    review = case.submit()
    decide(review, by=case.brand_reviewer, embargo_until="2099-07-01")
    decision = Decision.objects.get()
    assert decision.embargo_until is not None
    assert decision.embargo_until.isoformat() == "2099-07-01T04:00:00+00:00"
    # The next stage begins with that day, and sends its very moment back.
    address = reverse("review", args=[case.brand.slug, review.pk])
    assert 'value="2099-07-01"' in signed_in(case.legal_reviewer).get(address).text
    decide(review, by=case.legal_reviewer, embargo_until="2099-07-01")
    case.version.refresh_from_db()
    assert case.version.rights.embargo_until == decision.embargo_until


def test_passwords_are_not_guessed_here() -> None:
    case = Case()
    review = case.submit()
    for _ in range(10):
        decide(review, by=case.brand_reviewer, password="guess")
    response = decide(review, by=case.brand_reviewer)
    assert "Too many wrong passwords" in response.content.decode()
    assert not Decision.objects.exists()


def test_guesses_sent_at_once_are_counted_one_by_one(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"reauthenticate": "1/m/user"}
    case = Case()
    review = case.submit()
    meanwhile: list[str] = []

    def check(person: User, password: str) -> bool:
        if password == "first":  # while it is compared, which takes its time, the next one comes
            meanwhile.append(decide(review, by=case.brand_reviewer, password="second").content.decode())
        return False

    monkeypatch.setattr(User, "check_password", check)
    decide(review, by=case.brand_reviewer, password="first")
    assert "Too many wrong passwords" in meanwhile[0]


def test_right_passwords_are_not_counted(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"reauthenticate": "1/m/user"}
    for _ in range(3):
        case = Case()
        decide(case.submit(), by=case.brand_reviewer)
    assert Decision.objects.count() == 3


@pytest.mark.parametrize("kind", ["request_changes", "reject"])
def test_saying_no_for_the_brand_needs_words_and_no_password(kind: str) -> None:
    case = Case()
    review = case.submit()
    sent: dict[str, Any] = {"kind": kind, "uses": None, "where": None, "password": None}
    assert decide(review, by=case.brand_reviewer, **sent).status_code == 422
    assert decide(review, by=case.brand_reviewer, comment="The logo is old", **sent).status_code == 200
    assert Decision.objects.get().comment == "The logo is old"


@pytest.mark.parametrize("kind", ["request_changes", "reject"])
def test_saying_no_for_the_law_is_signed_as_an_approval_is(kind: str) -> None:
    case = Case()
    review = case.submit()
    case.approve(review, by=case.brand_reviewer)
    seen = asking.seen(Review.objects.get(pk=review.pk))
    sent: dict[str, Any] = {
        "kind": kind,
        "uses": None,
        "where": None,
        "comment": "The song isn't cleared",
        "stage": seen.stage,
        "approvals": seen.approvals,
    }
    for password in (None, "wrong"):
        answer = decide(review, by=case.legal_reviewer, **{**sent, "password": password})
        assert answer.status_code == 422
        shown = " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())
        says = "rejects this version" if kind == "reject" else "requests changes to this version"
        assert f"Legal review: {case.legal_reviewer.user} {says} {case.version.sha256}" in shown
    assert Decision.objects.filter(stage=1).count() == 0
    assert decide(review, by=case.legal_reviewer, **sent).status_code == 200
    assert Decision.objects.get(stage=1).kind == kind
    assert json.loads(LedgerEntry.objects.latest("sequence").record)["signed_in"] == "password"


def test_what_an_approval_clears_is_said_in_words_without_a_script_too() -> None:
    case = Case()
    review = case.submit()
    sent: dict[str, Any] = {"uses": ["web", "social"], "valid_until": "2030-05-03", "password": "wrong"}
    answer = decide(review, by=case.brand_reviewer, **sent)
    assert "for web and social media, in the EU, until 3 May 2030" in html.unescape(answer.text)
    answer = decide(review, by=case.brand_reviewer, password="wrong")
    assert "for web, in the EU, with no end date" in html.unescape(answer.text)
    sent = {"embargo_until": "2029-01-02", "valid_until": "2030-05-03", "password": "wrong"}
    answer = decide(review, by=case.brand_reviewer, **sent)
    assert "for web, in the EU, from 2 January 2029, until 3 May 2030" in html.unescape(answer.text)
    answer = decide(review, by=case.brand_reviewer, uses=[], password="wrong")
    assert "<span data-approval-words></span>" in answer.text


def test_an_unknown_decision_is_a_bad_request() -> None:
    case = Case()
    assert decide(case.submit(), by=case.brand_reviewer, kind="shred").status_code == 400


def test_a_second_click_is_told_that_it_is_done() -> None:
    case = Case()
    review = case.submit()
    decide(review, by=case.brand_reviewer)
    response = decide(review, by=case.brand_reviewer)
    assert response.status_code == 422
    assert "The brand review is done" in response.content.decode()


def test_the_maker_cannot_approve_even_as_a_reviewer() -> None:
    case = Case()
    review = case.submit()
    Membership.objects.filter(user=case.creator.user).update(role=Role.BRAND_REVIEWER)
    response = decide(review, by=case.creator)
    assert "You created this clip" in response.content.decode()


def test_the_second_stage_is_offered_what_the_first_cleared_and_no_more() -> None:
    case = Case()
    review = case.submit()
    case.approve(review, by=case.brand_reviewer)
    response = signed_in(case.legal_reviewer).get(reverse("review", args=[case.brand.slug, review.pk]))
    assert b'value="web"' in response.content
    assert b'value="broadcast"' not in response.content
    assert b'value="worldwide"' not in response.content


def test_a_closed_review_can_still_be_read() -> None:
    case = Case()
    review = case.approve_all()
    shown = page(case.creator, "review", review.pk)
    assert "Approved for web, in the EU, with no end date." in shown


def test_a_review_of_another_brand_is_not_there() -> None:
    case = Case()
    review = case.submit()
    stranger = member(BrandFactory.create(), Role.BRAND_REVIEWER)
    brand = stranger.brand
    for name in ("review", "review-decide", "review-withdraw"):
        address = reverse(name, args=[brand.slug, review.pk])
        client = signed_in(stranger)
        response = client.get(address) if name == "review" else client.post(address, {"kind": "approve"})
        assert response.status_code == 404


def test_the_submitter_takes_it_back_from_the_page() -> None:
    case = Case()
    review = case.submit()
    response = signed_in(case.creator).post(reverse("review-withdraw", args=[case.brand.slug, review.pk]))
    assert response.status_code == 302
    review.refresh_from_db()
    case.version.refresh_from_db()
    assert (review.state, case.version.approval) == (ReviewState.WITHDRAWN, Approval.DRAFT)


def test_the_room_of_a_replaced_version_says_so_and_leads_to_the_newest() -> None:
    case = Case()
    review = case.submit()
    case.add_version()
    shown = page(case.brand_reviewer, "review", review.pk)
    assert "A newer version has replaced this one." in shown
    assert "Go to version 2" in shown
    assert "Request changes" not in shown
    answer = decide(review, by=case.brand_reviewer)
    assert answer.status_code == 422
    assert "A newer version has replaced this one." in answer.content.decode()


def test_comments_stand_before_the_facts_and_the_credentials() -> None:
    case = Case()
    review = case.submit()
    room = page(case.brand_reviewer, "review", review.pk)
    assert room.index("Comments") < room.index("Clip details") < room.index("Content Credentials")


def test_no_level_of_heading_is_left_out() -> None:
    case = Case()
    review = case.submit()
    address = reverse("review", args=[case.brand.slug, review.pk])
    room = signed_in(case.creator).get(address).content.decode()
    main = room.split('class="room-side"')[1].split("</main>")[0]
    levels = [int(level) for level in re.findall(r"<h([1-6])", main)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_the_stages_name_their_entries_of_the_ledger() -> None:
    case = Case()
    case.version.duration_ms, case.version.rate_numerator, case.version.rate_denominator = 10_000, 25, 1
    case.version.save()
    review = case.submit()
    assert "HX-Redirect" in decide(review, by=case.brand_reviewer, played="[[0, 4]]").headers
    shown = page(case.legal_reviewer, "review", review.pk)
    assert "Ledger entry 1 · confirmed by password · played 40% of the clip" in shown


def test_what_a_browser_tells_of_playing_never_stands_in_the_way() -> None:
    case = Case()
    review = case.submit()
    assert "HX-Redirect" in decide(review, by=case.brand_reviewer, played="[" * 50_000).headers
    entry = LedgerEntry.objects.get(review_id=review.pk)
    assert json.loads(entry.record)["watched"] is None


def test_the_page_says_where_it_saw_the_review() -> None:
    case = Case()
    review = case.submit()
    address = reverse("review", args=[case.brand.slug, review.pk])
    shown = signed_in(case.brand_reviewer).get(address).content.decode()
    assert shown.count('name="stage" value="0"') == shown.count('name="approvals" value="0"') == 3


def test_the_room_reads_once_who_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case()
    review = case.submit()
    client = signed_in(case.brand_reviewer)
    monkeypatch.setattr(reviews, "refusal_to_approve", lambda *_a, **_k: pytest.fail("read it all again"))
    page = client.get(reverse("review", args=[case.brand.slug, review.pk]))
    assert page.status_code == 200
    assert page.context["approve_refusal"] == reviews.not_signable(review.version)


def test_the_room_shows_look_alikes_and_a_decision_keeps_which_were_known() -> None:
    case = Case()
    other = VersionFactory.create(
        asset__brand=case.brand, asset__title="The other can", sha256=case.version.sha256
    )
    review = case.submit()
    shown = page(case.brand_reviewer, "review", review.pk)
    assert "The other can" in shown
    assert "The same file" in shown
    assert "hasn't been compared with the rest of the library." in shown
    assert "1 look-alike in the library is recorded with your decision." in shown
    assert "HX-Redirect" in decide(review, by=case.brand_reviewer).headers
    kept = json.loads(LedgerEntry.objects.get(review_id=review.pk).record)["lookalikes"]
    assert [each["version"] for each in kept["found"]] == [str(other.pk)]
    assert "1 look-alike known" in page(case.legal_reviewer, "review", review.pk)
