"""What alerts find is told like everything else: in the bell, at once by mail or in a digest."""

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.test import Client
from django.utils import timezone, translation

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog.models import Asset
from dam.notifications import choices, inbox, lines, mailing
from dam.notifications.choices import Choice
from dam.notifications.finds import Finds
from dam.notifications.kinds import Mail
from dam.notifications.lines import Line
from dam.notifications.models import MailHours, Notification, NotificationChoice
from dam.search.query import Filters
from dam.search.saved import alerts, saved_searches
from dam.search.saved.asked import Asked
from dam.search.saved.models import Alert, AlertMatch, SavedSearch
from tests.factories import ApprovedVersionFactory, VersionFactory, member

pytestmark = pytest.mark.django_db
migration: Any = import_module("dam.migrations.0062_alerts_as_before")
KIND = "new_in_search"


@pytest.fixture
def search(librarian: Member) -> SavedSearch:
    asked = Asked(filters=Filters(state=["draft"]))
    return saved_searches.save(asked, name="Drafts", by=librarian, shared=True)


@pytest.fixture
def alert(search: SavedSearch, librarian: Member) -> Alert:
    return alerts.turn_on(search, by=librarian)


def noon() -> datetime:
    return timezone.now().replace(hour=12, minute=0)


def find(alert: Alert, person: Member, *, at: datetime | None = None, clips: int = 1) -> list[Asset]:
    found = [VersionFactory.create(asset__brand=alert.brand).asset for _ in range(clips)]
    keys = tuple(asset.pk for asset in found)
    alerts.tell(alert.brand, [Finds(alert.pk, person, keys)], at=at or noon())
    return found


def told(person: Member) -> list[tuple[str, str]]:
    return [(line.title, line.sentence) for line in map(Line, inbox.told(inbox.listed(person), to=person))]


def wants(person: Member, page: bool, by_mail: Mail) -> None:
    choices.choose(person, {KIND: Choice(page, by_mail)})


def test_many_finds_of_one_search_are_one_line_in_the_bell(alert: Alert, librarian: Member) -> None:
    find(alert, librarian)
    find(alert, librarian, clips=2)
    assert told(librarian) == [("Drafts", "3 new clips in this saved search")]
    assert inbox.unread(librarian) == 1


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [
        ("de", "1 neuer Clip in dieser gespeicherten Suche", "2 neue Clips in dieser gespeicherten Suche"),
        (
            "fr",
            "1 nouveau clip dans cette recherche enregistrée",
            "2 nouveaux clips dans cette recherche enregistrée",
        ),
    ],
)
def test_it_is_said_in_the_readers_language(
    alert: Alert, librarian: Member, language: str, one: str, many: str
) -> None:
    with translation.override(language):
        find(alert, librarian)
        assert told(librarian) == [("Drafts", one)]
        find(alert, librarian)
        assert told(librarian) == [("Drafts", many)]


def test_two_searches_are_two_lines(alert: Alert, librarian: Member) -> None:
    other = saved_searches.save(Asked(words="can"), name="Cans", by=librarian)
    find(alert, librarian)
    find(alerts.turn_on(other, by=librarian, ask=lambda spoken, encoder: None), librarian)
    shown = [Line(each) for each in inbox.told(inbox.listed(librarian), to=librarian)]
    assert {group.title for group in lines.grouped(shown)} == {"Drafts", "Cans"}


def test_it_counts_and_shows_what_its_reader_may_see_now(search: SavedSearch, brand: Brand) -> None:
    creator = member(brand, Role.CREATOR)
    alert = alerts.turn_on(search, by=creator)
    find(alert, creator, clips=2)
    released = ApprovedVersionFactory.create(asset__brand=brand).asset
    alerts.tell(brand, [Finds(alert.pk, creator, (released.pk,))], at=noon())
    viewer = Member(creator.user, brand, Role.VIEWER)
    assert told(creator) == [("Drafts", "3 new clips in this saved search")]
    assert told(viewer) == [("Drafts", "1 new clip in this saved search")]
    released.trashed_at = noon()
    released.save()
    assert told(viewer) == []
    assert inbox.unread(viewer) == 0


def test_a_search_that_is_no_longer_shared_takes_its_line_along(
    search: SavedSearch, brand: Brand, librarian: Member
) -> None:
    creator = member(brand, Role.CREATOR)
    find(alerts.turn_on(search, by=creator), creator)
    saved_searches.edit(search, by=librarian, name="Secret", shared=False, collection=False)
    assert told(creator) == []
    assert inbox.unread(creator) == 0


def test_turning_the_alert_off_takes_its_line_along(
    search: SavedSearch, alert: Alert, librarian: Member
) -> None:
    find(alert, librarian)
    alerts.turn_off(search, by=librarian)
    assert told(librarian) == []
    assert not Notification.objects.exists()


def test_the_line_leads_to_what_is_new_in_its_search(
    client: Client, alert: Alert, librarian: Member, search: SavedSearch
) -> None:
    find(alert, librarian)
    other = saved_searches.save(Asked(words="can"), name="Cans", by=librarian)
    (elsewhere,) = find(alerts.turn_on(other, by=librarian, ask=lambda spoken, encoder: None), librarian)
    client.force_login(librarian.user)
    row = Notification.objects.get(alert=alert)
    page = client.get(f"/b/{librarian.brand.slug}/notifications/{row.pk}/", follow=True)
    assert page.redirect_chain[-1][0].endswith(f"/s/new/?search={search.pk}")
    assert [each.card.asset.pk for each in page.context["rows"]] == [
        match.asset_id for match in AlertMatch.objects.filter(alert=alert)
    ]
    assert elsewhere.title not in page.content.decode()
    row.refresh_from_db()
    assert row.read_at is not None


def test_what_is_read_in_the_list_of_news_leaves_the_bell(alert: Alert, librarian: Member) -> None:
    find(alert, librarian, clips=3)
    first, *others = AlertMatch.objects.order_by("pk")
    alerts.read(librarian, matches=[first.pk])
    assert told(librarian) == [("Drafts", "2 new clips in this saved search")]
    alerts.read(librarian, matches=[each.pk for each in others])
    assert inbox.unread(librarian) == 0
    assert not Notification.objects.filter(mail_due_at__isnull=False).exists()


def test_a_digest_brings_it_once_a_day(alert: Alert, librarian: Member) -> None:
    find(alert, librarian, clips=2)
    mailing.send_due(at=noon() + timedelta(hours=1))
    assert not mail.outbox
    mailing.send_due(at=noon() + timedelta(days=1))
    find(alert, librarian, at=noon() + timedelta(days=1))
    mailing.send_due(at=noon() + timedelta(days=2))
    assert [message.subject for message in mail.outbox] == [
        "Drafts: 2 new clips in this saved search",
        "Drafts: 1 new clip in this saved search",
    ]


def test_mail_at_once_comes_at_most_once_an_hour_for_a_search(alert: Alert, librarian: Member) -> None:
    wants(librarian, True, Mail.AT_ONCE)
    for minutes in range(0, 50, 10):
        at = noon() + timedelta(minutes=minutes)
        find(alert, librarian, at=at)
        mailing.send_due(at=at + timedelta(minutes=5))
    assert len(mail.outbox) == 1
    mailing.send_due(at=noon() + timedelta(minutes=70))
    assert mail.outbox[-1].subject == "Drafts: 4 new clips in this saved search"


def test_quiet_hours_hold_the_mail_back(alert: Alert, librarian: Member) -> None:
    wants(librarian, True, Mail.AT_ONCE)
    MailHours.objects.create(user=librarian.user, quiet_from="00:00", quiet_until="23:59")
    find(alert, librarian)
    mailing.send_due(at=noon() + timedelta(minutes=5))
    assert not mail.outbox
    mailing.send_due(at=noon() + timedelta(days=1))
    assert len(mail.outbox) == 1


def test_who_wants_mail_alone_is_not_counted_up_to(alert: Alert, librarian: Member) -> None:
    """Nor does their alert come to rest because nothing is ever read."""
    wants(librarian, False, Mail.AT_ONCE)
    find(alert, librarian, clips=2)
    assert told(librarian) == []
    assert alerts.unread(librarian) == 0
    assert len(alerts.news(librarian)) == 2
    mailing.send_due(at=noon() + timedelta(minutes=5))
    assert mail.outbox[0].subject == "Drafts: 2 new clips in this saved search"


def test_who_turned_the_kind_off_is_told_nowhere(alert: Alert, librarian: Member) -> None:
    wants(librarian, False, Mail.OFF)
    find(alert, librarian)
    assert not Notification.objects.exists()
    assert len(alerts.news(librarian)) == 1


def test_telling_many_costs_as_much_as_telling_one(
    search: SavedSearch, brand: Brand, django_assert_num_queries: Any
) -> None:
    people = [member(brand, Role.CREATOR) for _ in range(6)]
    found = [
        Finds(alerts.turn_on(search, by=each).pk, each, (VersionFactory.create(asset__brand=brand).asset_id,))
        for each in people
    ]
    with django_assert_num_queries(6) as few:
        alerts.tell(brand, found[:1], at=noon())
    with django_assert_num_queries(len(few)):
        alerts.tell(brand, found[1:], at=noon())


def test_an_older_installation_keeps_hearing_in_the_page_alone(
    search: SavedSearch, alert: Alert, librarian: Member, brand: Brand
) -> None:
    """As it was: no mail, what is unread in the bell, what was read nowhere; others have made no choice."""
    other = alerts.turn_on(search, by=member(brand, Role.CREATOR))
    for read_at in (None, None, noon()):
        asset = VersionFactory.create(asset__brand=brand).asset
        AlertMatch.objects.create(alert=alert, asset=asset, read_at=read_at)
    asset = VersionFactory.create(asset__brand=brand).asset
    AlertMatch.objects.create(alert=other, asset=asset, read_at=noon())
    migration.keep(apps, None)
    assert told(librarian) == [("Drafts", "2 new clips in this saved search")]
    assert Notification.objects.get().mail_due_at is None
    kept = NotificationChoice.objects.filter(kind=KIND).values_list("user", "page", "mail")
    assert set(kept) == {(librarian.user.pk, True, "off"), (other.user_id, True, "off")}
    find(alert, librarian)
    mailing.send_due(at=noon() + timedelta(days=2))
    assert not mail.outbox
    migration.forget(apps, None)
    assert not Notification.objects.exists()
