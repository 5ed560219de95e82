"""Comments of earlier versions beside a newer one, as a browser asks for them and ticks them."""

import html
import json
import re
from typing import Any

import pytest
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.catalog.models import RenditionKind, Version
from provenance.review import carrying, comments, corrections, ledger, reviews
from provenance.review.carrying import Mark
from provenance.review.models import LedgerEntry
from provenance.review.states import DecisionKind
from provenance.web import carried_comments
from tests.factories import BrandFactory, RenditionFactory, member, next_version
from tests.integration.provenance.web.panel import panel
from tests.integration.provenance.web.room import HTMX, signed_in
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


class Newer(Case):
    def __post_init__(self) -> None:
        super().__post_init__()
        self.remark = comments.add(self.version, by=self.creator, body="The logo flickers", frame=47)
        self.newer: Version = next_version(self.version, created_by=self.creator.user, frame_count=24)
        RenditionFactory.create(version=self.newer, kind=RenditionKind.PROXY)

    def get(self, *, page: str = "", person: Member | None = None, **query: Any) -> Any:
        address = reverse("comments-earlier", args=[self.brand.slug, self.newer.pk])
        headers = {**HTMX, "HX-Current-URL": page} if page else HTMX
        return signed_in(person or self.creator).get(address, query, headers=headers)

    def tick(
        self, mark: str, seen: str = "open", *, person: Member | None = None, script: bool = True
    ) -> Any:
        address = reverse("comment-tick", args=[self.brand.slug, self.newer.pk, self.remark.pk])
        data = {"mark": mark, "seen": seen}
        return signed_in(person or self.brand_reviewer).post(address, data, headers=HTMX if script else {})


def markers(page: str) -> list[dict[str, Any]]:
    found = re.search(r'id="carried"[^>]*data-markers="(.*?)"', page, re.DOTALL)
    assert found is not None
    return list(json.loads(html.unescape(found[1])))


def test_the_review_tab_and_the_room_show_what_older_versions_left_open() -> None:
    case = Newer()
    review = reviews.submit(case.newer, by=case.creator)
    room = reverse("review", args=[case.brand.slug, review.pk])
    for page in (panel(case, case.creator), signed_in(case.brand_reviewer).get(room).text):
        assert "From version 1" in page
        assert "The logo flickers" in page


def test_a_comment_at_a_frame_that_the_newer_version_lacks_says_so_and_has_no_marker() -> None:
    case = Newer()
    page = case.get().text
    assert "At 00:00:01:23 of version 1. Version 2 is shorter, so it has no frame there." in " ".join(
        page.split()
    )
    assert markers(page) == []


def test_markers_of_older_versions_are_told_apart() -> None:
    case = Newer()
    early = comments.add(case.version, by=case.creator, body="Too dark", frame=3)
    name = case.creator.user.name
    assert markers(case.get().text) == [
        {"id": early.pk, "frame": 3, "end": None, "text": f"Version 1, {name}: Too dark", "earlier": True}
    ]
    carrying.tick(early, of=case.newer, wanted=Mark.DONE, seen=Mark.OPEN, by=case.creator)
    assert markers(case.get().text) == []


def test_a_tick_says_who_and_is_pressed_and_a_second_press_takes_it_back() -> None:
    case = Newer()
    done = case.tick("done").text
    assert f"Done in version 2, says {case.brand_reviewer.user.name}" in " ".join(done.split())
    assert 'aria-pressed="true"' in done
    back = case.tick("open", seen="done").text
    assert 'aria-pressed="true"' not in back
    not_done = case.tick("not_done").text
    assert f"Not done in version 2, says {case.brand_reviewer.user.name}" in " ".join(not_done.split())


def test_whoever_comes_second_is_told_and_sees_how_it_stands() -> None:
    case = Newer()
    case.tick("done")
    late = case.tick("not_done", person=case.creator)
    assert "has just ticked" in json.loads(late["HX-Trigger"])["toast"]["text"]
    assert "Done in version 2" in late.text


def test_ticks_work_without_script_and_nonsense_is_not_found() -> None:
    case = Newer()
    assert case.tick("done", script=False).status_code == 302
    case.remark.refresh_from_db()
    assert case.remark.resolved_in == 2
    assert case.tick("perhaps").status_code == 404


def test_the_filter_leaves_those_with_a_mark_and_the_address_says_so() -> None:
    case = Newer()
    case.tick("not_done")
    comments.add(case.version, by=case.creator, body="Too dark")
    shown = case.get(page="http://testserver/x/?tab=review", earlier="not_done")
    assert "The logo flickers" in shown.text
    assert "Too dark" not in shown.text
    assert shown["HX-Replace-Url"] == "/x/?tab=review&earlier=not_done"
    again = case.get(page="http://testserver/x/?tab=review&earlier=open").text  # by itself, for that page
    assert "Too dark" in again
    assert "The logo flickers" not in again
    assert "No comments match this filter." in case.get(earlier="done").text
    assert "Too dark" in case.get(earlier="x", earlier_shown="-1").text


def test_a_long_list_comes_piece_by_piece_and_says_how_many_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carried_comments, "STEP", 2)
    case = Newer()
    for number in range(4):
        comments.add(case.version, by=case.creator, body=f"Word {number}")
    page = case.get(earlier="all", earlier_shown="2").text
    assert page.count('id="carried-') - page.count('id="carried-title"') == 2
    assert "Show more (3 left)" in " ".join(page.split())
    assert "earlier_shown=4" in page


def test_as_many_queries_whatever_the_number(django_assert_max_num_queries: Any) -> None:
    case = Newer()
    client = signed_in(case.creator)
    address = reverse("comments-earlier", args=[case.brand.slug, case.newer.pk])
    client.get(address, headers=HTMX)
    for number in range(8):
        remark = comments.add(case.version, by=member(case.brand), body=f"Word {number}")
        carrying.tick(remark, of=case.newer, wanted=Mark.NOT_DONE, seen=Mark.OPEN, by=member(case.brand))
    with django_assert_max_num_queries(14):
        assert "Word 7" in client.get(address, headers=HTMX).text


def test_strangers_and_viewers_see_nothing_of_it() -> None:
    case = Newer()
    viewer = member(case.brand, Role.VIEWER)
    assert case.get(person=viewer).status_code == 403
    assert case.tick("done", person=viewer).status_code == 403
    stranger = member(BrandFactory.create(), Role.ADMIN)
    for name, args in (
        ("comments-earlier", [case.newer.pk]),
        ("comment-tick", [case.newer.pk, case.remark.pk]),
    ):
        address = reverse(name, args=[stranger.brand.slug, *args])
        ask = signed_in(stranger).get if name == "comments-earlier" else signed_in(stranger).post
        assert ask(address, {"mark": "done", "seen": "open"}).status_code == 404


def test_a_resolved_comment_is_reopened_and_a_second_click_does_no_harm() -> None:
    case = Case()
    remark = comments.add(case.version, by=case.creator, body="The logo flickers", frame=3)
    comments.resolve(remark, by=case.brand_reviewer)
    address = reverse("comment-reopen", args=[case.brand.slug, remark.pk])
    for _ in range(2):
        response = signed_in(case.creator).post(address, headers=HTMX)
        assert response.status_code == 200
    assert "Resolved by" not in response.text


def test_words_from_people_are_text_and_never_markup() -> None:
    case = Newer()
    comments.add(case.version, by=case.creator, body="</section><script>alert(1)</script>", frame=0)
    assert "<script>alert" not in case.get().text


@pytest.mark.parametrize(("language", "word"), [("de", "Erledigt"), ("fr", "Fait")])
def test_done_is_said_of_a_comment_otherwise_than_of_a_worker(language: str, word: str) -> None:
    case = Newer()
    case.creator.user.language = language
    case.creator.user.save()
    page = " ".join(case.get().text.split())
    assert f'{word} <span class="figures">0</span>' in page
    assert f"</svg>{word} </button>" in page


def test_one_press_carries_over_and_leads_to_what_was_said_again() -> None:
    case = Newer()
    address = reverse("comment-tick", args=[case.brand.slug, case.newer.pk, case.remark.pk])
    sent = {"mark": "not_done", "seen": "open", "carry": "1"}
    client = signed_in(case.brand_reviewer)
    shown = client.post(address, sent, headers=HTMX).text
    again = case.newer.comments.get()
    assert f'href="#comment-{again.pk}"' in shown
    assert "Carry over" not in shown
    late = client.post(address, {**sent, "carry": "1"}, headers=HTMX)
    assert late.status_code == 200
    assert case.newer.comments.count() == 1
    corrections.delete(again, by=case.brand_reviewer)
    case.tick("done", seen="not_done")
    told = client.post(address, sent, headers=HTMX)
    assert "has just ticked" in json.loads(told["HX-Trigger"])["toast"]["text"]
    assert client.post(address, sent).status_code == 302


def test_a_decision_says_what_was_found_of_earlier_comments() -> None:
    case = Newer()
    comments.add(case.version, by=case.creator, body="Too dark")
    case.tick("not_done")
    review = reviews.submit(case.newer, by=case.creator)
    reviews.decide(
        review,
        by=case.brand_reviewer,
        kind=DecisionKind.REQUEST_CHANGES,
        expected_sha256=case.newer.sha256,
        comment="The logo still flickers.",
    )
    record = json.loads(LedgerEntry.objects.get(review_id=review.pk).record)
    assert record["earlier_comments"] == {"done": 0, "not_done": 1, "open": 1}
    page = signed_in(case.creator).get(reverse("review", args=[case.brand.slug, review.pk])).text
    assert "earlier comments: 1 not done, 1 left open" in page
    assert ledger.verify(case.brand).holds
