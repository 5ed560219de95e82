"""Those who decide on terms hear of consents that are withdrawn or run out, where a review counts on them."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import Approval, Version
from dam.notifications import following, inbox, lines
from dam.notifications.models import Notification
from dam.rights import consent_ends, consents
from dam.rights.consents import Said
from dam.rights.models import Consent, MadeFrom, Relation
from tests.factories import BrandFactory, VersionFactory, member

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def brand() -> Brand:
    made: Brand = BrandFactory.create()
    return made


@pytest.fixture
def legal(brand: Brand) -> Member:
    return member(brand, Role.LEGAL_REVIEWER)


def version(brand: Brand, approval: Approval = Approval.APPROVED) -> Version:
    made: Version = VersionFactory.create(asset__brand=brand, approval=approval)
    return made


def ended(version: Version, by: Member, **changes: Any) -> Consent:
    """A consent that ended yesterday."""
    said = Said("model", "Ada Example", until=changes.pop("until", timezone.now() - DAY))
    return consents.add(version, said, by=by)


def told(brand: Brand) -> set[int]:
    while following.run(brand.pk, at=timezone.now()):
        pass
    return set(Notification.objects.filter(brand=brand, kind="consent_over").values_list("user", flat=True))


def events() -> list[Event]:
    return list(Event.objects.filter(verb=Verb.CONSENT_ENDED))


@pytest.mark.parametrize("approval", [Approval.APPROVED, Approval.IN_REVIEW])
def test_an_end_is_told_to_those_who_decide_on_terms_and_once(
    brand: Brand, legal: Member, approval: Approval
) -> None:
    creator = member(brand, Role.CREATOR)
    clip = version(brand, approval)
    ended(clip, legal)
    assert (consent_ends.look(), consent_ends.look()) == (1, 0)
    assert "Ada" not in str(events()[0].data)
    assert legal.user.pk in told(brand)
    assert creator.user.pk not in told(brand)
    line = lines.Line(inbox.told(inbox.listed(legal)[:1], to=legal)[0])
    assert line.title == clip.asset.title
    assert line.sentence == "A consent ran out. Clips that need it can't be used any more."


def test_nobody_is_told_where_no_review_counts_on_it(brand: Brand, legal: Member) -> None:
    ended(version(brand, Approval.DRAFT), legal)
    ended(version(brand), legal, until=timezone.now() + DAY)
    long_ago = ended(version(brand), legal, until=timezone.now() - 40 * DAY)
    assert consent_ends.look() == 0
    long_ago.refresh_from_db()
    assert long_ago.told_until is None


def test_of_a_raw_take_it_is_told_once_a_cut_of_it_is_approved(brand: Brand, legal: Member) -> None:
    take, cut = version(brand, Approval.DRAFT), version(brand)
    ended(take, legal)
    MadeFrom.objects.create(version=cut, source=take, relation=Relation.COMPONENT)
    assert consent_ends.look() == 1
    assert events()[0].asset_id == take.asset_id


def test_an_end_that_is_set_anew_is_told_anew(brand: Brand, legal: Member) -> None:
    clip = version(brand)
    consent = ended(clip, legal)
    consent_ends.look()
    said = Said("model", "Ada Example", until=timezone.now() - timedelta(hours=1))
    consents.change(clip, consent.pk, said, seen=0, by=legal)
    assert consent_ends.look() == 1


def test_many_ends_cost_as_many_queries_as_one(
    brand: Brand, legal: Member, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        ended(version(brand), legal)
    with django_assert_max_num_queries(20):
        assert consent_ends.look() == 12


def test_a_withdrawal_is_told_at_once_but_to_who_withdrew(brand: Brand, legal: Member) -> None:
    clip, other = version(brand), member(brand, Role.LEGAL_REVIEWER)
    consent = ended(clip, legal, until=None)
    consents.withdraw(clip, consent.pk, reason="By letter", by=legal)
    people = told(brand)
    assert other.user.pk in people
    assert legal.user.pk not in people
    assert consent_ends.look() == 0  # it didn't run out
    line = lines.Line(inbox.told(inbox.listed(other)[:1], to=other)[0])
    assert line.sentence == f"{legal.user} withdrew a consent. Clips that need it can't be used any more."


def test_a_withdrawal_of_what_only_drafts_need_is_no_news(brand: Brand, legal: Member) -> None:
    clip = version(brand, Approval.DRAFT)
    consent = ended(clip, legal, until=None)
    consents.withdraw(clip, consent.pk, reason="By letter", by=legal)
    assert told(brand) == set()
