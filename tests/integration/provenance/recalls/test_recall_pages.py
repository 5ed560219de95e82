"""The pages of recalls: whom they are for, what they say, and how they go on after a full one."""

import csv
import html
import io
from dataclasses import replace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import ApiToken
from dam.accounts.principals import Guest, Member
from dam.audit import trail
from dam.audit.names import Named
from dam.audit.verbs import Verb
from dam.catalog.models import Asset
from provenance.downloads.models import FileState, PresetFile
from provenance.recalls import recalls, spreading
from provenance.recalls.models import Recall, RecallNotice
from provenance.releases.models import Release
from provenance.review import reviews
from tests.factories import member, principal, token_of
from tests.recall_factory import address, because_of, case_with, client_of, made, revoked, took
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


def test_a_note_that_is_too_long_is_refused_and_kept_in_the_form() -> None:
    case, (viewer,) = case_with(Role.VIEWER)
    recall = revoked(case)
    assert recall is not None
    sent = client_of(viewer).post(address(viewer, "take-down-confirm", recall), {"note": "x" * 2001})
    assert sent.status_code == 422
    assert "x" * 2001 in sent.content.decode()


def test_who_was_not_asked_finds_no_page() -> None:
    case, _people = case_with(Role.VIEWER)
    recall = revoked(case)
    assert recall is not None
    stranger = member(Case().brand, Role.ADMIN)
    for person in (case.creator, stranger):
        assert client_of(person).get(address(person, "take-down", recall)).status_code == 404
        assert client_of(person).post(address(person, "take-down-confirm", recall)).status_code == 404
    assert client_of(stranger).get(address(stranger, "recall", recall)).status_code == 404
    assert client_of(stranger).get(address(stranger, "recall-export", recall)).status_code == 404
    assert client_of(stranger).post(address(stranger, "recall-remind", recall)).status_code == 404


def test_the_form_and_the_panel_say_how_many() -> None:
    case, _people = case_with(Role.VIEWER, Role.CREATOR)
    client = client_of(case.legal_reviewer)
    panel = reverse("asset-review", args=[case.brand.slug, case.version.asset_id])
    asked = reverse("review-copies-asked", args=[case.brand.slug, case.version.asset_id])
    assert f'hx-get="{asked}?version=1"' in client.get(panel).content.decode()
    assert "2 people who took copies will be asked" in client.get(asked).content.decode()
    empty = client.post(reverse("review-revoke", args=[case.brand.slug, case.version.asset_id]))
    assert empty.status_code == 422
    assert 'hx-trigger="load"' in empty.content.decode()
    revoked(case)
    assert "0 of 2 confirmed" in client.get(panel).content.decode()


def test_the_panel_counts_nobody_before_the_form_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    case, _people = case_with(Role.VIEWER)
    monkeypatch.setattr(recalls, "to_be_asked", lambda _version: pytest.fail("counted at each draw"))
    panel = reverse("asset-review", args=[case.brand.slug, case.version.asset_id])
    assert "Withdraw approval" in client_of(case.legal_reviewer).get(panel).content.decode()


def test_news_of_a_recall_draws_no_list_of_reviews_anew(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    case, (viewer,) = case_with(Role.VIEWER)
    recall = revoked(case)
    assert recall is not None
    told: list[str] = []
    monkeypatch.setattr("dam.core.events._send", lambda _channel, name: told.append(name))
    with django_capture_on_commit_callbacks(execute=True):
        recalls.confirm(recall.notices.get(), by=viewer, note="")
    assert "recalls" in told
    assert f"version-{case.version.pk}" in told
    assert "reviews" not in told
    for name, page in (("recalls", []), ("recall", [recall.pk])):
        address = reverse(name, args=[case.brand.slug, *page])
        assert "sse:recalls" in client_of(case.legal_reviewer).get(address).content.decode()


def test_the_page_names_guests_tokens_and_the_preset_of_a_file_that_was_cleared() -> None:
    case, (viewer,) = case_with(Role.VIEWER)
    guest = Guest(case.brand, 5, "Agency", frozenset())
    program = ApiToken.objects.create(
        owner=case.creator.user, brand=case.brand, name="Shop export", prefix="shop", digest="a" * 64
    )
    token = replace(token_of(case.creator, []), token_id=program.pk)
    PresetFile.objects.create(
        brand=case.brand,
        version=case.version,
        release=Release.objects.get(),
        user=viewer.user,
        preset="Square",
        recipe={},
        digest="d",
        sha256="c" * 64,
        state=FileState.CLEARED,
    )
    took(case, guest)
    took(case, token, sha256="c" * 64)
    recall = revoked(case)
    assert recall is not None
    page = client_of(case.legal_reviewer).get(address(case.legal_reviewer, "recall", recall))
    shown = {line.name: (line.notice.state, line.copies) for line in page.context["lines"]}
    state, (copy,) = shown[str(case.creator.user)]
    assert (state, copy.format, copy.token) == ("waiting", "Square", "Shop export")
    assert sorted(state for state, _copies in shown.values()) == ["away", "waiting", "waiting"]
    text = page.content.decode()
    assert "by the token “Shop export”" in text
    assert "Can't be asked any more" in html.unescape(text)
    assert recalls.mine(principal(case.creator.user, case.brand)).count() == 1


def test_a_persons_list_has_both_parts_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provenance.web.take_downs.PAGE", 1)
    case, (viewer,) = case_with(Role.VIEWER)
    other = Case(brand=case.brand)
    other.approve_all()
    took(other, viewer)
    client, own = client_of(viewer), reverse("take-downs", args=[case.brand.slug])
    assert "Nothing to take down" in client.get(own).content.decode()
    assert "Nothing confirmed yet" in client.get(f"{own}?show=confirmed").content.decode()
    for each in (case, other):
        reviews.revoke(each.version, by=case.legal_reviewer, reason="The model is gone")
    older, newer = RecallNotice.objects.filter(user=viewer.user).order_by("pk")
    for query in ("show=", "show=confirmed"):
        first = client.get(f"{own}?{query}")
        assert (first.context["rows"], first.context["more"]) == ([newer], newer.pk)
        rest = client.get(f"{own}?{query}&before={newer.pk}")
        assert (rest.context["rows"], rest.context["more"]) == ([older], 0)
        for notice in (older, newer):
            recalls.confirm(notice, by=viewer, note="")


def test_the_export_has_all_and_no_formulas() -> None:
    case, (viewer,) = case_with(Role.VIEWER)
    recall = revoked(case)
    assert recall is not None
    recalls.confirm(recall.notices.get(user=viewer.user), by=viewer, note="=1+1")
    sent = client_of(case.legal_reviewer).get(address(case.legal_reviewer, "recall-export", recall))
    text = b"".join(sent).decode()
    assert text.startswith("\ufeffperson,state,format,use,territory,token,")
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert (row["state"], row["use"], row["territory"], row["note"]) == (
        "confirmed",
        "web",
        "Germany",
        "'=1+1",
    )
    assert len(text.splitlines()) == 2


def test_the_page_of_a_recall_goes_on_after_a_full_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provenance.web.recalls.PAGE", 2)
    case, _people = case_with(*[Role.VIEWER] * 3)
    recall = revoked(case)
    assert recall is not None
    client = client_of(case.legal_reviewer)
    first = client.get(address(case.legal_reviewer, "recall", recall))
    last = list(RecallNotice.objects.order_by("pk"))[1].pk
    assert first.context["more"] == last
    rest = client.get(f"{address(case.legal_reviewer, 'recall', recall)}?after={last}")
    assert len(rest.context["lines"]) == 1


def recalled_with_cuts(*roles: Role) -> tuple[Case, Recall, list[Case], list[Member]]:
    """A recalled clip that nobody took a copy of, a cut of it that these people have, a trailer of that."""
    source = Case()
    source.approve_all()
    people = [member(source.brand, role) for role in roles]
    Asset.objects.filter(pk=source.version.asset_id).update(title="Secret model")
    source.version.asset.refresh_from_db()
    cut = made(source, *people)
    trailer = made(cut)
    revoked(source)
    while spreading.run():
        pass
    return source, because_of(cut).origin, [cut, trailer], people


def test_the_page_of_a_recall_says_how_far_it_got_in_what_was_made_from_the_clip() -> None:
    source, origin, (cut, trailer), (viewer,) = recalled_with_cuts(Role.VIEWER)
    client, legal = client_of(source.legal_reviewer), source.legal_reviewer
    page = client.get(address(legal, "recall", origin))
    assert page.context["reach"] == recalls.Reach(2, 1, 0, 1, 0, spreading=False)
    text = " ".join(page.content.decode().split())
    assert "2 versions were made from it and are stopped. People took copies of 1 of them." in text
    listing = " ".join(client.get(reverse("recalls", args=[source.brand.slug])).content.decode().split())
    assert "No one took a copy · 2 versions made from it" in listing
    assert listing.count("take-down") == 0
    reached = client.get(address(legal, "recall-reached", origin))
    assert [row.recall for row in reached.context["rows"]] == [because_of(cut)]
    every = client.get(f"{address(legal, 'recall-reached', origin)}?show=all")
    assert [row.recall for row in every.context["rows"]] == [because_of(cut), because_of(trailer)]
    recalls.confirm(because_of(cut).notices.get(), by=viewer, note="Off the shop")
    assert client.get(address(legal, "recall", origin)).context["reach"].confirmed == 1
    assert "No open recalls" in client.get(reverse("recalls", args=[source.brand.slug])).content.decode()


def test_the_page_of_what_was_reached_says_what_it_was_made_from_and_leads_there() -> None:
    source, origin, (cut, _trailer), _people = recalled_with_cuts(Role.VIEWER)
    page = client_of(source.legal_reviewer).get(address(source.legal_reviewer, "recall", because_of(cut)))
    text = page.content.decode()
    assert "It's made from “Secret model”, whose approval was withdrawn on" in html.unescape(text)
    assert address(source.legal_reviewer, "recall", origin) in text
    assert "The model is gone" in text


def test_the_list_of_what_was_reached_goes_on_after_a_full_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provenance.web.recalls.PAGE", 1)
    source, origin, (cut, trailer), _people = recalled_with_cuts()
    client = client_of(source.legal_reviewer)
    own = address(source.legal_reviewer, "recall-reached", origin)
    first = client.get(f"{own}?show=all")
    assert first.context["more"] == because_of(cut).pk
    rest = client.get(f"{own}?show=all&after={because_of(cut).pk}")
    assert [row.recall for row in rest.context["rows"]] == [because_of(trailer)]


def test_of_a_brand_they_do_not_work_in_nobody_finds_what_a_recall_reached() -> None:
    _source, origin, (cut, _trailer), _people = recalled_with_cuts(Role.VIEWER)
    stranger = member(Case().brand, Role.ADMIN)
    for recall in (origin, because_of(cut)):
        for name in ("recall", "recall-reached", "take-down"):
            assert client_of(stranger).get(address(stranger, name, recall)).status_code == 404


def test_what_was_reached_has_no_list_of_its_own() -> None:
    source, _origin, (cut, _trailer), _people = recalled_with_cuts(Role.VIEWER)
    own = address(source.legal_reviewer, "recall-reached", because_of(cut))
    assert client_of(source.legal_reviewer).get(own).status_code == 404


def test_who_has_a_copy_learns_what_was_withdrawn_if_they_see_it_and_else_that_something_was() -> None:
    source, _origin, (cut, _trailer), (viewer, creator) = recalled_with_cuts(Role.VIEWER, Role.CREATOR)
    hidden = client_of(viewer).get(address(viewer, "take-down", because_of(cut))).content.decode()
    assert "made from another clip, whose approval was withdrawn on" in hidden
    assert "Secret model" not in hidden
    assert "The model is gone" not in hidden
    shown = client_of(creator).get(address(creator, "take-down", because_of(cut))).content.decode()
    assert "made from “Secret model”, whose approval was withdrawn on" in shown
    assert "The model is gone" in shown
    listed = client_of(viewer).get(reverse("take-downs", args=[source.brand.slug])).content.decode()
    assert "Made from a clip that was withdrawn" in listed
    assert "Secret model" not in listed


def test_who_has_copies_of_both_knows_what_was_withdrawn() -> None:
    source, (viewer,) = case_with(Role.VIEWER)
    cut = made(source, viewer)
    revoked(source)
    while spreading.run():
        pass
    text = client_of(viewer).get(address(viewer, "take-down", because_of(cut))).content.decode()
    assert "made from another clip" not in text


def test_the_review_tab_of_what_was_made_from_it_says_why_it_is_stopped() -> None:
    source, _origin, (cut, _trailer), _people = recalled_with_cuts(Role.VIEWER)
    panel = reverse("asset-review", args=[source.brand.slug, cut.version.asset_id])

    def said(person: Member) -> str:
        return html.unescape(" ".join(client_of(person).get(panel).content.decode().split()))

    named = "Recalled: this version is made from “Secret model”, whose approval was withdrawn on"
    assert named in said(source.creator)
    assert "Recall: 0 of 1 confirmed" in said(source.legal_reviewer)
    Asset.objects.filter(pk=source.version.asset_id).update(trashed_at=timezone.now())
    unnamed = said(source.creator)
    assert "Recalled: this version is made from a clip you can't see, whose approval was withdrawn" in unnamed
    assert "Secret model" not in unnamed
    assert "Recalled" not in said(member(source.brand, Role.VIEWER))
    Asset.objects.filter(pk=source.version.asset_id).update(trashed_at=None)
    source.version.refresh_from_db()
    source.approve_all()
    assert "Recalled: this version" not in said(source.creator)


def test_the_export_has_what_was_made_from_it_with_its_title() -> None:
    source, origin, (cut, _trailer), (viewer,) = recalled_with_cuts(Role.VIEWER)
    Recall.objects.filter(pk=because_of(cut).pk).update(title="Spring cut")
    sent = client_of(source.legal_reviewer).get(address(source.legal_reviewer, "recall-export", origin))
    (row,) = csv.DictReader(io.StringIO(b"".join(sent).decode().removeprefix("\ufeff")))
    assert (row["person"], row["state"], row["clip"]) == (str(viewer.user), "waiting", "Spring cut")


def test_the_form_that_withdraws_says_that_what_was_made_from_it_is_stopped_too() -> None:
    source = Case()
    source.approve_all()
    asked = reverse("review-copies-asked", args=[source.brand.slug, source.version.asset_id])
    client = client_of(source.legal_reviewer)
    assert "What was made from this version" not in client.get(asked).content.decode()
    made(source)
    assert "What was made from this version" in client.get(asked).content.decode()


def test_an_outside_reviewer_who_downloaded_their_copy_is_listed_by_name() -> None:
    source = Case()
    source.approve_all()
    cut = made(source)
    with trail.recording():
        trail.record(
            Verb.GUEST_DOWNLOADED,
            brand=source.brand,
            target="Clip",
            actor=Named("guest_link:5", "Ada (ada@agency.example)"),
            asset_id=cut.version.asset_id,
            data={"sha256": "a" * 64, "version": cut.version.number, "invited_by": []},
        )
    revoked(source)
    while spreading.run():
        pass
    page = client_of(source.legal_reviewer).get(address(source.legal_reviewer, "recall", because_of(cut)))
    (line,) = page.context["lines"]
    assert (line.name, line.notice.state) == ("Ada (ada@agency.example)", "away")
    assert [copy.format for copy in line.copies] == ["Marked copy"]
