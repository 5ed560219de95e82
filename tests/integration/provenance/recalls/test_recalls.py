import csv
import html
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import ApiToken, Membership
from dam.accounts.principals import Guest, Member, Principal
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import Asset
from dam.notifications import following, inbox, lines, wording
from dam.notifications.models import Notification
from provenance.downloads.models import FileState, PresetFile
from provenance.recalls import recalls
from provenance.recalls.models import Recall, RecallNotice
from provenance.releases.models import Release
from provenance.review import reviews
from tests.factories import member, principal, token_of
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


def took(case: Case, *people: Principal, **data: object) -> None:
    with trail.recording():
        for person in people:
            trail.record(
                Verb.RELEASE_DOWNLOADED,
                brand=case.brand,
                target="Clip",
                actor=person,
                asset_id=case.version.asset_id,
                data={"sha256": "a" * 64, "version": case.version.number} | data,
            )


def revoked(case: Case) -> Recall | None:
    reviews.revoke(case.version, by=case.legal_reviewer, reason="The model is gone")
    return Recall.objects.first()


def case_with(*roles: Role) -> tuple[Case, list[Member]]:
    case = Case()
    case.approve_all()
    people = [member(case.brand, role) for role in roles]
    took(case, *people, use="web", territory="DE")
    return case, people


def client_of(person: Member) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def address(person: Member, name: str, recall: Recall) -> str:
    return reverse(name, args=[person.brand.slug, recall.pk])


def test_nobody_took_a_copy_so_there_is_no_recall() -> None:
    case = Case()
    case.approve_all()
    assert revoked(case) is None


def test_each_person_is_asked_once_with_what_they_took() -> None:
    case, (viewer, _other) = case_with(Role.VIEWER, Role.CREATOR)
    took(case, viewer)
    with trail.recording():  # of another version
        trail.record(
            Verb.RELEASE_DOWNLOADED,
            brand=case.brand,
            actor=case.creator,
            asset_id=case.version.asset_id,
            data={"sha256": "b" * 64, "version": case.version.number + 1},
        )
    recall = revoked(case)
    assert recall is not None
    assert (recall.reason, recall.by, recall.title) == (
        "The model is gone",
        case.legal_reviewer.user,
        case.version.asset.title,
    )
    assert recall.notices.count() == 2
    notice = recall.notices.get(user=viewer.user)
    assert {(each["use"], each["territory"]) for each in notice.taken} == {("web", "DE"), ("", "")}


def test_opening_takes_as_many_queries_for_many_people() -> None:
    def queries(people: int) -> int:
        case, _people = case_with(*[Role.VIEWER] * people)
        with CaptureQueriesContext(
            connection,
        ) as found:
            revoked(case)
        return len(found)

    assert queries(2) == queries(12)


def test_a_viewer_is_told_and_led_to_their_page_though_the_clip_is_hidden() -> None:
    case, (viewer,) = case_with(Role.VIEWER)
    recall = revoked(case)
    assert recall is not None
    while following.run(case.brand.pk):
        pass
    assert Notification.objects.filter(user=viewer.user, kind="take_down").count() == 1
    now = principal(viewer.user, case.brand)
    told = [each for each in inbox.told(inbox.listed(now), to=now) if each.row.kind == "take_down"]
    assert lines.target(told[0]) == address(viewer, "take-down", recall)
    page = client_of(viewer).get(address(viewer, "take-down", recall))
    assert page.status_code == 200
    assert "The model is gone" in page.content.decode()
    assert str(case.version.asset_id) not in page.content.decode()


def test_each_withdrawal_is_told_on_its_own_at_once_and_by_its_whole_title() -> None:
    case, (viewer,) = case_with(Role.VIEWER)
    other = Case(brand=case.brand)
    other.approve_all()
    took(other, viewer)
    for each, title in ((case, "Summer " * 20), (other, "Winter")):
        Asset.objects.filter(pk=each.version.asset_id).update(title=title.strip())
        reviews.revoke(each.version, by=case.legal_reviewer, reason="The model is gone")
    while following.run(case.brand.pk):
        pass
    rows = Notification.objects.filter(user=viewer.user, kind="take_down").order_by("pk")
    assert [row.in_digest for row in rows] == [False, False]
    told = inbox.told(inbox.listed(principal(viewer.user, case.brand)), to=principal(viewer.user, case.brand))
    said = {wording.sentence(each) for each in told if each.row.kind == "take_down"}
    assert any(("Summer " * 20).strip() in each for each in said)
    assert any("“Winter”" in each for each in said)


def test_who_withdraws_and_has_a_copy_is_asked_too() -> None:
    case, _people = case_with()
    took(case, case.legal_reviewer)
    recall = revoked(case)
    assert recall is not None
    while following.run(case.brand.pk):
        pass
    assert Notification.objects.filter(user=case.legal_reviewer.user, kind="take_down").count() == 1
    page = client_of(case.legal_reviewer).get(address(case.legal_reviewer, "recall", recall))
    assert address(case.legal_reviewer, "take-down", recall) in page.content.decode()


def test_what_is_down_already_is_not_asked_for_again() -> None:
    case, (viewer, other) = case_with(Role.VIEWER, Role.CREATOR)
    first = revoked(case)
    assert first is not None
    recalls.confirm(first.notices.get(user=viewer.user), by=viewer, note="Down")
    case.version.refresh_from_db()
    case.approve_all()
    second_time = revoked(case)
    assert second_time is not None
    second = Recall.objects.exclude(pk=first.pk).get()
    assert [notice.user for notice in second.notices.all()] == [other.user]
    recalls.confirm(second.notices.get(), by=other, note="Down, too")
    assert not recalls.open_only(Recall.objects.all()).exists()  # the same copies


def approved_again(case: Case) -> None:
    case.version.refresh_from_db()
    case.approve_all()


def test_what_a_confirmation_confirmed_is_open_again_when_it_is_taken_back() -> None:
    case, (viewer,) = case_with(Role.VIEWER)
    for note in ("", "Off the shop"):
        revoked(case)
        approved_again(case)
        RecallNotice.objects.filter(user=viewer.user).update(note=note)
    revoked(case)
    *earlier, last = RecallNotice.objects.order_by("pk")
    RecallNotice.objects.filter(pk=earlier[0].pk).update(note="In part")
    assert recalls.confirm(last, by=viewer, note="Down")
    rows = RecallNotice.objects.order_by("pk")
    assert [row.note for row in rows] == ["In part", "Off the shop", "Down"]
    assert not rows.filter(confirmed_at=None).exists()
    assert Event.objects.filter(verb=Verb.RECALL_CONFIRMED).count() == 3
    assert recalls.take_back(last, by=viewer)
    assert rows.filter(confirmed_at=None).count() == 3
    assert Event.objects.filter(verb=Verb.RECALL_TAKEN_BACK).count() == 3
    assert not recalls.take_back(last, by=viewer)
    approved_again(case)
    revoked(case)
    assert RecallNotice.objects.filter(user=viewer.user).count() == 4


def test_what_was_confirmed_on_its_own_before_stays_confirmed() -> None:
    case, (viewer,) = case_with(Role.VIEWER)
    revoked(case)
    first = RecallNotice.objects.get()
    recalls.confirm(first, by=viewer, note="Down")
    approved_again(case)
    took(case, viewer)
    revoked(case)
    second = RecallNotice.objects.latest("pk")
    recalls.confirm(second, by=viewer, note="Down again")
    recalls.take_back(second, by=viewer)
    assert list(RecallNotice.objects.filter(confirmed_at=None)) == [second]


def test_confirming_twice_counts_once_and_can_be_taken_back_by_the_last_too() -> None:
    case, (viewer, other) = case_with(Role.VIEWER, Role.CREATOR)
    recall = revoked(case)
    assert recall is not None
    client = client_of(viewer)
    for note in ("Taken off the shop", "Again"):
        sent = client.post(address(viewer, "take-down-confirm", recall), {"note": note}, follow=True)
        assert sent.status_code == 200
    assert "this note wasn&#x27;t kept: “Again”" in sent.content.decode()
    notice = recall.notices.get(user=viewer.user)
    assert (notice.note, notice.confirmed_at is not None) == ("Taken off the shop", True)
    assert Event.objects.filter(verb=Verb.RECALL_CONFIRMED).count() == 1
    client.post(address(viewer, "take-down-back", recall))
    notice.refresh_from_db()
    assert notice.confirmed_at is None
    client.post(address(viewer, "take-down-confirm", recall), {"note": ""})
    assert recalls.confirm(recall.notices.get(user=other.user), by=other, note="")
    assert recalls.counts([recall.pk])[recall.pk]["waiting"] == 0
    assert recalls.take_back(recall.notices.get(user=other.user), by=other)
    assert list(recalls.open_only(Recall.objects.all())) == [recall]


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


def test_who_left_cant_be_asked_and_holds_nothing_up() -> None:
    case, (viewer, gone) = case_with(Role.VIEWER, Role.CREATOR)
    recall = revoked(case)
    assert recall is not None
    Membership.objects.filter(user=gone.user).delete()
    assert recalls.counts([recall.pk])[recall.pk] == {"confirmed": 0, "waiting": 1, "away": 1, "asked": 1}
    recalls.confirm(recall.notices.get(user=viewer.user), by=viewer, note="")
    assert not recalls.open_only(recalls.of_brand(case.legal_reviewer)).exists()
    page = client_of(case.legal_reviewer).get(address(case.legal_reviewer, "recall", recall))
    assert "1 of 1 confirmed" in page.content.decode()


def test_reminding_tells_those_who_havent_once_a_day() -> None:
    case, (viewer, other) = case_with(Role.VIEWER, Role.VIEWER)
    recall = revoked(case)
    assert recall is not None
    recalls.confirm(recall.notices.get(user=other.user), by=other, note="")
    while following.run(case.brand.pk):
        pass
    Notification.objects.all().delete()
    asked = recall.at
    for days in (1, 2):
        with pytest.raises(recalls.RecallRefused) as refused:
            recalls.remind(recall, by=case.legal_reviewer, at=asked + timedelta(days=days, hours=-1))
        assert refused.value.code == "reminded_lately"
        assert recalls.remind(recall, by=case.legal_reviewer, at=asked + timedelta(days=days)) == 1
    while following.run(case.brand.pk):
        pass
    assert set(Notification.objects.filter(kind="take_down").values_list("user", flat=True)) == {
        viewer.user.pk
    }


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


def test_reminders_that_came_together_lead_to_their_recall() -> None:
    case, (viewer,) = case_with(Role.VIEWER)
    recall = revoked(case)
    assert recall is not None
    while following.run(case.brand.pk):
        pass
    Notification.objects.filter(kind="take_down").update(count=2)
    now = principal(viewer.user, case.brand)
    told = [each for each in inbox.told(inbox.listed(now), to=now) if each.row.kind == "take_down"]
    assert lines.target(told[0]) == address(viewer, "take-down", recall)


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


def test_who_took_only_the_master_hears_of_the_withdrawal_and_is_not_asked() -> None:
    case, _people = case_with(Role.VIEWER)
    librarian = member(case.brand, Role.LIBRARIAN)
    with trail.recording():
        trail.record(
            Verb.MASTER_DOWNLOADED,
            brand=case.brand,
            actor=librarian,
            asset_id=case.version.asset_id,
            data={"version": case.version.number},
        )
    revoked(case)
    while following.run(case.brand.pk):
        pass
    told = Notification.objects.filter(user=librarian.user).values_list("kind", flat=True)
    assert "recalled" in told
    assert "take_down" not in told
    assert not RecallNotice.objects.filter(user=librarian.user).exists()


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
