from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dam.accounts.capabilities import Role
from dam.accounts.models import Membership
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import Asset
from dam.notifications import following, inbox, lines, wording
from dam.notifications.models import Notification
from provenance.recalls import recalls
from provenance.recalls.models import Recall, RecallNotice
from provenance.review import reviews
from tests.factories import member, principal
from tests.recall_factory import address, case_with, client_of, revoked, took
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


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
