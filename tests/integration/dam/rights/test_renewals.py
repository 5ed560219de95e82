"""Asking to renew a clearance: once, by people who see the clip, until its end changes or it is withdrawn."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import Asset, Version
from dam.notifications import following, inbox, lines
from dam.notifications.models import Notification
from dam.rights import renewals
from dam.rights.models import MadeFrom, Relation, RenewalRequest, RightsRecord
from dam.rights.renewals import RenewalRefused
from tests.factories import (
    ApprovedVersionFactory,
    BrandFactory,
    VersionFactory,
    member,
    next_version,
    token_of,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def brand() -> Brand:
    made: Brand = BrandFactory.create()
    return made


@pytest.fixture
def version(brand: Brand) -> Version:
    """Released, and its clearance ends in ten days."""
    made: Version = ApprovedVersionFactory.create(asset__brand=brand)
    RightsRecord.objects.filter(version=made).update(valid_until=timezone.now() + 10 * DAY)
    Asset.objects.filter(pk=made.asset_id).update(released=made)
    return made


def open_of(version: Version) -> RenewalRequest | None:
    return renewals.of([version.pk]).get(version.pk)


def verbs(version: Version) -> list[str]:
    events = Event.objects.filter(asset_id=version.asset_id, verb__startswith="asset.renewal")
    return list(events.order_by("sequence").values_list("verb", flat=True))


def test_those_who_decide_on_terms_are_told_and_it_is_noted_once(brand: Brand, version: Version) -> None:
    viewer, legal = member(brand, Role.VIEWER), member(brand, Role.LEGAL_REVIEWER)
    made = renewals.ask(version, message=" For the spring campaign ", by=viewer)
    assert open_of(version) == made
    assert made.message == "For the spring campaign"
    with pytest.raises(RenewalRefused) as refused:  # a double click, or another person
        renewals.ask(version, message="", by=member(brand, Role.CREATOR))
    assert refused.value.code == "already"
    assert verbs(version) == [Verb.RENEWAL_ASKED]
    while following.run(brand.pk, at=timezone.now()):
        pass
    told = Notification.objects.filter(brand=brand, kind="renewal_asked")
    assert legal.user in {row.user for row in told}
    assert viewer.user not in {row.user for row in told}
    assert "spring" not in str(Event.objects.get(verb=Verb.RENEWAL_ASKED).data)


def test_a_notice_leads_to_the_version_that_was_asked_about(brand: Brand, version: Version) -> None:
    legal = member(brand, Role.LEGAL_REVIEWER)

    def leads_to() -> str:
        told = inbox.told(inbox.listed(legal)[:1], to=legal)
        return lines.target(told[0]).partition("?")[2]

    version.asset.refresh_from_db()
    renewals.ask(version, message="", by=member(brand, Role.VIEWER))
    while following.run(brand.pk, at=timezone.now()):
        pass
    assert leads_to() == "tab=rights"
    next_version(version)  # a draft
    assert leads_to() == "tab=rights&version=1"
    page = browser(legal).get(f"{reverse('asset', args=[brand.slug, version.asset_id])}?{leads_to()}")
    assert "Withdraw the request" in page.content.decode()


def test_it_is_open_while_the_end_is_the_one_that_was_asked_about(brand: Brand, version: Version) -> None:
    rights = RightsRecord.objects.filter(version=version)
    renewals.ask(version, message="", by=member(brand, Role.CREATOR))
    rights.update(valid_until=timezone.now() + 300 * DAY)
    assert open_of(version) is None
    renewals.ask(version, message="", by=member(brand, Role.CREATOR))  # of the new end
    assert open_of(version)
    source = VersionFactory.create(asset__brand=brand)
    RightsRecord.objects.update_or_create(version=source, defaults={"valid_until": timezone.now() + DAY})
    MadeFrom.objects.create(version=version, source=source, relation=Relation.INPUT)
    assert open_of(version) is None  # a source ends earlier
    rights.update(valid_until=None)
    MadeFrom.objects.all().delete()
    assert open_of(version) is None


def test_who_asked_or_a_legal_reviewer_withdraws_it(brand: Brand, version: Version) -> None:
    asker, other = member(brand, Role.VIEWER), member(brand, Role.ADMIN)
    made = renewals.ask(version, message="", by=asker)
    with pytest.raises(RenewalRefused) as refused:
        renewals.withdraw(version, made.pk, by=member(brand, Role.CREATOR))
    assert refused.value.code == "not_yours"
    renewals.withdraw(version, made.pk, by=asker)
    with pytest.raises(RenewalRefused) as refused:
        renewals.withdraw(version, made.pk, by=asker)
    assert refused.value.code == "gone"
    assert open_of(version) is None
    again = renewals.ask(version, message="", by=other)
    renewals.withdraw(version, again.pk, by=member(brand, Role.LEGAL_REVIEWER))
    assert verbs(version) == [Verb.RENEWAL_ASKED, Verb.RENEWAL_WITHDRAWN] * 2


def test_what_cannot_be_asked_about(brand: Brand, version: Version) -> None:
    by = member(brand, Role.CREATOR)
    endless = ApprovedVersionFactory.create(asset__brand=brand)
    draft = VersionFactory.create(asset__brand=brand)
    RightsRecord.objects.update_or_create(version=draft, defaults={"valid_until": timezone.now()})
    for each in (endless, draft):
        with pytest.raises(RenewalRefused) as refused:
            renewals.ask(each, message="", by=by)
        assert refused.value.code == "no_end"
    with pytest.raises(RenewalRefused) as refused:
        renewals.ask(version, message="x" * (renewals.LONGEST + 1), by=by)
    assert refused.value.code == "too_long"
    Asset.objects.filter(pk=version.asset_id).update(released=None)
    with pytest.raises(RenewalRefused):  # they don't see it
        renewals.ask(version, message="", by=member(brand, Role.VIEWER))
    Asset.objects.filter(pk=version.asset_id).update(trashed_at=timezone.now())
    with pytest.raises(RenewalRefused):
        renewals.ask(version, message="", by=by)
    assert not RenewalRequest.objects.exists()


def test_strangers_and_programs_cannot_ask(brand: Brand, version: Version) -> None:
    for by in (
        member(BrandFactory.create(), Role.ADMIN),
        token_of(member(brand, Role.ADMIN), [Capability.VIEW]),
    ):
        with pytest.raises(PermissionDenied):
            renewals.ask(version, message="", by=by)


def browser(by: Member) -> Client:
    client = Client()
    client.force_login(by.user)
    return client


def test_the_tab_asks_shows_and_withdraws(brand: Brand, version: Version) -> None:
    creator, viewer = member(brand, Role.CREATOR), member(brand, Role.VIEWER)
    client, tab = browser(creator), {"tab": "rights"}
    page, change = (reverse(name, args=[brand.slug, version.asset_id]) for name in ("asset", "asset-renewal"))
    assert "Ask to renew" in client.get(page, tab).content.decode()
    told = client.post(change, {"message": "Two\r\nlines <b>"}, follow=True).content.decode()
    assert "The legal reviewers were asked to renew the clearance." in told
    assert "Two<br>lines &lt;b&gt;" in told
    assert creator.user.name in told
    assert "Ask to renew" not in told
    assert "renewal asked for" in client.get(reverse("rights-ends", args=[brand.slug])).content.decode()
    seen = browser(viewer).get(page, tab).content.decode()
    assert "A renewal was asked for" in seen
    assert "lines &lt;b&gt;" not in seen
    assert "Withdraw the request" not in seen
    assert "asked for already" in client.post(change, {"message": ""}, follow=True).content.decode()
    found = open_of(version)
    assert found
    for number in ("x", "0", "9" * 30):
        assert "open any more" in client.post(change, {"withdraw": number}, follow=True).content.decode()
    told = client.post(change, {"withdraw": found.pk}, follow=True).content.decode()
    assert "The request was withdrawn." in told
    assert "Ask to renew" in told


def test_a_message_may_hold_anything_and_who_asked_may_be_gone(brand: Brand, version: Version) -> None:
    client = browser(member(brand, Role.CREATOR))
    page, change = (reverse(name, args=[brand.slug, version.asset_id]) for name in ("asset", "asset-renewal"))
    client.post(change, {"message": "a\x00b"})
    found = open_of(version)
    assert found
    assert found.message.startswith("a")
    RenewalRequest.objects.update(asked_by=None)
    told = client.get(page, {"tab": "rights"}).content.decode()
    assert "A renewal was asked for" in told
    assert found.message in told


def test_it_goes_with_its_clip(brand: Brand, version: Version) -> None:
    renewals.ask(version, message="", by=member(brand, Role.CREATOR))
    Asset.objects.filter(pk=version.asset_id).update(latest=None, released=None)
    Asset.objects.get(pk=version.asset_id).delete()
    assert not RenewalRequest.objects.exists()
