"""The audit trail as a page."""

import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership
from dam.audit import anchors, chain_checks, export, trail
from dam.audit.models import ChainCheck, Event
from dam.audit.verbs import Verb
from dam.core import locks, storage, tasks
from dam.web import activity, people_choice
from tests.factories import BrandFactory, member
from tests.integration.dam.web.conftest import SignIn

PAGE = "/b/northwind/activity/"


def test_events_are_told_in_words_newest_first(brand: Brand, sign_in: SignIn) -> None:
    trail.record(Verb.ASSET_UPLOADED, brand=brand, target="Summer can")
    trail.record(Verb.REVIEW_APPROVED, brand=brand, target="Summer can")
    page = sign_in(Role.CREATOR).get(PAGE)
    assert [event.verb for event in page.context["events"]] == ["review.approved", "asset.uploaded"]
    assert "uploaded" in page.content.decode()


def test_events_of_another_brand_are_not_told(sign_in: SignIn) -> None:
    trail.record(Verb.ASSET_UPLOADED, brand=BrandFactory.create(), target="Secret")
    assert "Secret" not in sign_in(Role.ADMIN).get(PAGE).content.decode()


def test_a_kind_leaves_the_others_out(brand: Brand, sign_in: SignIn) -> None:
    trail.record(Verb.ASSET_UPLOADED, brand=brand, target="Summer can")
    trail.record(Verb.REVIEW_APPROVED, brand=brand, target="Summer can")
    page = sign_in(Role.CREATOR).get(PAGE, {"kind": "review"})
    assert [event.verb for event in page.context["events"]] == ["review.approved"]


def test_older_events_follow(brand: Brand, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activity, "PAGE", 2)
    for number in range(3):
        trail.record(Verb.ASSET_UPLOADED, brand=brand, target=str(number))
    client = sign_in(Role.CREATOR)
    more = client.get(PAGE).context["more"]
    assert [event.target for event in client.get(PAGE, {"before": more}).context["events"]] == ["0"]


def test_a_viewer_may_not_read_it(sign_in: SignIn) -> None:
    client = sign_in(Role.VIEWER)
    assert client.get(PAGE).status_code == 403
    assert client.get(PAGE + "check/").status_code == 403


def test_an_intact_record_is_said_to_be_intact(brand: Brand, sign_in: SignIn) -> None:
    trail.record(Verb.ASSET_UPLOADED, brand=brand, target="Summer can")
    assert "The activity log is intact." in sign_in(Role.CREATOR).get(PAGE + "check/").content.decode()


def test_a_changed_record_is_said_to_be_changed(brand: Brand, sign_in: SignIn) -> None:
    trail.record(Verb.ASSET_UPLOADED, brand=brand, target="Summer can")
    with connection.cursor() as cursor:  # as only somebody with the database's own keys can
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE dam_event SET target = 'Winter can'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert Event.objects.get().target == "Winter can"
    assert "altered at event #1" in sign_in(Role.CREATOR).get(PAGE + "check/").content.decode()


def test_asked_for_too_often_the_chain_is_not_read_again(
    servers: None, brand: Brand, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Brand] = []

    def glance(brand: Brand) -> anchors.Glance:
        read.append(brand)
        return anchors.Glance(None, 0, 1)

    monkeypatch.setattr(anchors, "glance", glance)
    cache.delete_many([f"chain-checks:{brand.pk}", f"chain-found:{brand.pk}"])
    client = sign_in(Role.CREATOR)
    answers = [client.get(PAGE + "check/").content.decode() for _ in range(activity.MOST_CHECKS + 20)]
    assert len(read) == activity.MOST_CHECKS
    assert all("The activity log is intact." in answer for answer in answers)
    cache.delete(f"chain-found:{brand.pk}")  # the first reader is still at it
    assert "is being checked" in client.get(PAGE + "check/").content.decode()
    assert len(read) == activity.MOST_CHECKS
    cache.delete(f"chain-checks:{brand.pk}")


def test_a_page_reads_few_events_however_many_there_are(
    brand: Brand, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anchors, "MOST_AT_ONCE", 3)
    for number in range(12):
        trail.record(Verb.ASSET_UPLOADED, brand=brand, target=str(number))
    digested: list[int] = []
    digest = trail.digest

    def counted(event: Event) -> str:
        digested.append(event.sequence)
        return digest(event)

    monkeypatch.setattr(trail, "digest", counted)
    page = sign_in(Role.CREATOR).get(PAGE + "check/").content.decode()
    assert digested == [10, 11, 12]
    assert "Events after #9 were verified one by one." in page


def test_every_event_is_checked_by_a_worker_when_somebody_asks(
    servers: None, brand: Brand, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    trail.record(Verb.ASSET_UPLOADED, brand=brand, target="Summer can")
    sent: list[str] = []
    monkeypatch.setattr(tasks, "enqueue", lambda name, **ids: sent.append(name))
    client = sign_in(Role.CREATOR)
    asked = client.post(PAGE + "check/all/", headers={"HX-Request": "true"}).content.decode()
    assert "Checking every event." in asked
    assert client.post(PAGE + "check/all/").status_code == 409
    assert sent == ["transcode.check_trail"]
    chain_checks.run(brand.pk)
    assert "Every event was verified." in client.get(PAGE + "check/all/").content.decode()
    assert client.post(PAGE + "check/all/").status_code == 409  # a moment later
    assert sent == ["transcode.check_trail"]


def test_what_the_check_of_every_event_found_is_shown(brand: Brand, sign_in: SignIn) -> None:
    trail.record(Verb.ASSET_UPLOADED, brand=brand, target="Summer can")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE dam_event SET target = 'Winter can'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    chain_checks.ask(brand)
    chain_checks.run(brand.pk)
    assert "failed at #1." in sign_in(Role.CREATOR).get(PAGE + "check/all/").content.decode()


def test_a_check_whose_worker_is_gone_can_be_asked_for_again(brand: Brand) -> None:
    long_ago = timezone.now() - 2 * chain_checks.GIVEN_UP_AFTER
    chain_checks.ask(brand, at=long_ago)
    chain_checks.ask(brand)
    with pytest.raises(chain_checks.TooSoon):
        chain_checks.ask(brand)


def test_a_check_whose_worker_died_while_it_read_can_be_asked_for_again_at_once(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain_checks.ask(brand)
    ChainCheck.objects.update(began_at=timezone.now())
    with monkeypatch.context() as alive:
        alive.setattr(locks, "is_free", lambda name: False)
        with pytest.raises(chain_checks.TooSoon):
            chain_checks.ask(brand)
    chain_checks.ask(brand)


@pytest.mark.django_db(transaction=True)
def test_the_lock_of_a_reading_worker_is_not_free() -> None:
    def seen_elsewhere() -> bool:
        try:
            return locks.is_free("chain-check:1")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as elsewhere:
        with transaction.atomic():
            locks.hold("chain-check:1")
            assert not elsewhere.submit(seen_elsewhere).result()
        assert elsewhere.submit(seen_elsewhere).result()


def test_while_storage_is_away_the_page_says_so_and_a_check_of_every_event_can_be_asked_for_again(
    brand: Brand, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(key: str) -> None:
        raise storage.Unavailable("The storage did not answer.")

    monkeypatch.setattr(storage, "open_file", away)
    page = sign_in(Role.CREATOR).get(PAGE + "check/").content.decode()
    assert "file storage is unavailable" in page
    chain_checks.ask(brand)
    with pytest.raises(storage.Unavailable):
        chain_checks.run(brand.pk)
    chain_checks.ask(brand)


def test_the_address_narrows_the_log_and_older_events_stay_narrowed(
    brand: Brand, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity, "PAGE", 1)
    for title in ("Summer can", "Winter can", "Summer tin"):
        trail.record(Verb.ASSET_UPLOADED, brand=brand, target=title)
    page = sign_in(Role.CREATOR).get(PAGE, {"q": "summer", "verb": "asset.uploaded", "person": "system"})
    assert [event.target for event in page.context["events"]] == ["Summer tin"]
    assert "?verb=asset.uploaded&amp;person=system&amp;q=summer&amp;before=3" in page.content.decode()


def test_a_filter_that_finds_nothing_says_so(brand: Brand, sign_in: SignIn) -> None:
    trail.record(Verb.ASSET_UPLOADED, brand=brand, target="Summer can")
    text = sign_in(Role.CREATOR).get(PAGE, {"until": "2001-01-01"}).content.decode()
    assert "No events match" in text


def test_an_administrator_takes_the_log_as_a_file_and_that_is_its_last_event(
    brand: Brand, sign_in: SignIn
) -> None:
    trail.record(Verb.ASSET_UPLOADED, brand=brand, target="Summer can")
    answer = sign_in(Role.ADMIN).post(PAGE + "export/", {"format": "jsonl"})
    text = async_to_sync(_whole)(answer)
    found = export.verify(io.StringIO(text))
    assert (found.problem, found.events) == ("", 2)
    assert Event.objects.filter(brand=brand).latest("sequence").verb == Verb.TRAIL_EXPORTED
    assert 'filename="activity-northwind-' in answer.headers["Content-Disposition"]


def test_others_take_none(brand: Brand, sign_in: SignIn) -> None:
    assert sign_in(Role.LIBRARIAN).post(PAGE + "export/").status_code == 403
    assert not Event.objects.filter(brand=brand).exists()


async def _whole(answer: Any) -> str:
    return b"".join([piece async for piece in answer.streaming_content]).decode()


def test_whoever_left_or_is_not_listed_is_found_by_address(
    brand: Brand, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people_choice, "MOST_LISTED", 1)
    zed = member(brand, Role.CREATOR, name="Zed")
    trail.record(Verb.ASSET_UPLOADED, brand=brand, target="Theirs", actor=zed)
    trail.record(Verb.ASSET_UPLOADED, brand=brand, target="Another's")
    Membership.objects.filter(user=zed.user).update(deactivated_at=timezone.now())
    client = sign_in(Role.ADMIN)
    page = client.get(PAGE, {"address": zed.user.email})
    assert [event.target for event in page.context["events"]] == ["Theirs"]
    assert "Zed" in dict(page.context["people"]).values()
    nobody = client.get(PAGE, {"address": "nobody@example.com"})
    assert list(nobody.context["events"]) == []
    assert "nobody@example.com" in nobody.content.decode()
