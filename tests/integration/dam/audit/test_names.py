"""Names in the log can be erased, and nothing else changes; nor can one stand in another's place."""

import json
from datetime import UTC, datetime

import pytest
from django.core.serializers import serialize

from dam.accounts import pseudonyms
from dam.accounts.models import User
from dam.accounts.principals import Token
from dam.audit import names, seals, trail
from dam.audit.models import Event, SealedName
from dam.audit.verbs import Verb
from tests.factories import BrandFactory, UserFactory, member

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 27, tzinfo=UTC)


def forget(person: User) -> None:
    names.erase(f"user:{person.pk}", at=NOW)
    User.objects.filter(pk=person.pk).update(erased_at=NOW, name="")


def test_an_erased_name_is_nowhere_in_the_log_and_the_chain_holds() -> None:
    brand = BrandFactory.create()
    kim, lee = member(brand, name="Kim Doe"), member(brand, name="Lee")
    token = Token(kim.user, brand, kim.role, token_id=3, label="kim's laptop", granted=frozenset())
    trail.record(Verb.ASSET_EDITED, brand=brand, target="Clip", actor=kim)
    trail.record(Verb.ASSET_EDITED, brand=brand, target="Clip", actor=token)
    trail.record(Verb.MEMBER_ADMITTED, brand=brand, about=kim.user, actor=lee)
    forget(kim.user)
    events = list(Event.objects.order_by("sequence"))
    former = pseudonyms.of_person(kim.user.pk)
    assert [(event.actor_name, event.subject) for event in events] == [
        (former, "Clip"),
        (former, "Clip"),
        ("Lee", former),
    ]
    everything = serialize("json", [*events, *SealedName.objects.all()])
    assert "kim" not in json.dumps(everything).lower()
    assert trail.first_broken(brand) is None


def test_a_name_that_was_changed_breaks_the_chain() -> None:
    brand, kim = BrandFactory.create(), UserFactory.create(name="Kim")
    trail.record(Verb.ASSET_EDITED, brand=brand, target="Clip", actor=kim)
    SealedName.objects.update(name="Lee")
    broken = trail.first_broken(brand)
    assert broken is not None
    assert broken.sequence == 1


def test_a_name_whose_row_is_gone_breaks_the_chain() -> None:
    brand, kim = BrandFactory.create(), UserFactory.create(name="Kim")
    trail.record(Verb.ASSET_EDITED, brand=brand, target="Clip", actor=kim)
    SealedName.objects.all().delete()
    assert trail.first_broken(brand) is not None


def test_an_erased_row_shows_a_pseudonym_whatever_is_written_there() -> None:
    brand, kim = BrandFactory.create(), UserFactory.create(name="Kim")
    trail.record(Verb.ASSET_EDITED, brand=brand, target="Clip", actor=kim)
    SealedName.objects.update(name="Lee", erased_at=NOW)
    assert Event.objects.get().actor_name == pseudonyms.of_person(kim.pk)


def test_events_by_one_name_share_its_row_and_a_new_name_gets_another() -> None:
    brand, kim = BrandFactory.create(), UserFactory.create(name="Kim")
    for _ in range(2):
        trail.record(Verb.ASSET_EDITED, brand=brand, target="Clip", actor=kim)
    kim.name = "Kim Doe"
    trail.record(Verb.ASSET_EDITED, brand=brand, target="Clip", actor=kim)
    assert SealedName.objects.count() == 2
    assert [event.actor_name for event in Event.objects.order_by("sequence")] == ["Kim", "Kim", "Kim Doe"]
    assert trail.first_broken(brand) is None


def test_an_event_from_before_is_shown_with_the_pseudonym_and_keeps_its_seal() -> None:
    """Its name is under the seal, so it stays in the row: docs/security.md says so."""
    other, kim = BrandFactory.create(), UserFactory.create(name="Kim")
    event = Event(
        brand=other,
        sequence=1,
        at=NOW,
        actor=kim,
        sealed_name="Kim",
        actor_ref=f"user:{kim.pk}",
        verb="asset.edited",
        target="Clip",
        previous_hash=trail.GENESIS,
        sealed_with=seals.current().name,
    )
    event.hash = trail.digest(event)
    event.save()
    forget(kim)
    assert Event.objects.get(brand=other).actor_name == pseudonyms.of_person(kim.pk)
    assert trail.first_broken(other) is None
