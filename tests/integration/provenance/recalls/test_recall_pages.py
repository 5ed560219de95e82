"""The pages of recalls: whom they are for, what they say, and how they go on after a full one."""

import csv
import html
import io
from dataclasses import replace
from typing import Any

import pytest
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import ApiToken
from dam.accounts.principals import Guest
from provenance.downloads.models import FileState, PresetFile
from provenance.recalls import recalls
from provenance.recalls.models import RecallNotice
from provenance.releases.models import Release
from provenance.review import reviews
from tests.factories import member, principal, token_of
from tests.recall_factory import address, case_with, client_of, revoked, took
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
