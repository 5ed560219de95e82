"""Who can only write to the database can neither change the trail nor cut it off unseen."""

import hashlib
from typing import Any

import pytest
from django.db import connection

from dam.accounts.models import Brand
from dam.audit import anchors, seals, trail
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.core import storage
from tests.factories import BrandFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    """A brand with three events by one person."""
    brand, person = BrandFactory.create(), UserFactory.create()
    for number in range(3):
        trail.record(Verb.ASSET_EDITED, brand=brand, target=f"Clip {number}", actor=person)
    return brand


def tamper(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE dam_event DISABLE TRIGGER dam_event_append_only")
        cursor.execute(statement, values)
        cursor.execute("ALTER TABLE dam_event ENABLE TRIGGER dam_event_append_only")


def make_anew(brand: Brand, *, sealed_with: str = "") -> None:
    """The whole chain once more with somebody else in it, as anybody could hash it who has no key."""
    previous = trail.GENESIS
    for event in Event.objects.filter(brand=brand).order_by("sequence"):
        event.actor_ref, event.sealed_with, event.previous_hash = "user:99", sealed_with, previous
        plain = Event(**{f.attname: getattr(event, f.attname) for f in Event._meta.fields})
        plain.sealed_with = ""
        previous = trail.digest(plain)
        tamper(
            "UPDATE dam_event SET actor_ref = 'user:99', sealed_with = %s, previous_hash = %s, hash = %s"
            " WHERE id = %s",
            sealed_with,
            event.previous_hash,
            previous,
            event.pk,
        )


def test_who_did_it_is_part_of_the_seal(brand: Brand) -> None:
    tamper("UPDATE dam_event SET actor_ref = 'user:99' WHERE brand_id = %s AND sequence = 2", brand.pk)
    assert anchors.check(brand) == anchors.Broken(2)


def test_a_chain_hashed_anew_without_the_key_does_not_hold(brand: Brand) -> None:
    make_anew(brand, sealed_with=seals.current().name)
    assert anchors.check(brand) == anchors.Broken(1)


def test_a_chain_made_anew_as_if_it_were_from_before_there_were_keys_is_told_by_its_anchor(
    brand: Brand,
) -> None:
    anchors.anchor_all()
    make_anew(brand)
    assert trail.first_broken(brand) is None
    assert anchors.check(brand) == anchors.Broken(3)


def test_a_plain_event_after_sealed_ones_does_not_hold(brand: Brand) -> None:
    last = Event.objects.filter(brand=brand).latest("sequence")
    last.sealed_with = ""
    tamper("UPDATE dam_event SET sealed_with = '', hash = %s WHERE id = %s", trail.digest(last), last.pk)
    assert anchors.check(brand) == anchors.Broken(3)


def test_events_cut_off_at_the_end_are_missed(brand: Brand) -> None:
    anchors.anchor_all()
    tamper("DELETE FROM dam_event WHERE brand_id = %s AND sequence = 3", brand.pk)
    assert trail.first_broken(brand) is None
    assert anchors.check(brand) == anchors.Broken(3, cut_off=True)


def test_an_emptied_chain_is_missed(brand: Brand) -> None:
    anchors.anchor_all()
    tamper("DELETE FROM dam_event WHERE brand_id = %s", brand.pk)
    assert anchors.check(brand) == anchors.Broken(1, cut_off=True)


def test_a_chain_that_grows_holds_against_every_anchor(brand: Brand) -> None:
    assert anchors.anchor_all() == 1
    assert anchors.anchor_all() == 0
    trail.record(Verb.ASSET_EDITED, brand=brand, target="Clip 4")
    assert anchors.anchor_all() == 1
    assert anchors.check(brand) is None


def test_a_chain_that_does_not_hold_is_not_anchored(brand: Brand, caplog: pytest.LogCaptureFixture) -> None:
    tamper("UPDATE dam_event SET target = 'another' WHERE brand_id = %s AND sequence = 3", brand.pk)
    assert anchors.anchor_all() == 0
    assert "does not hold" in caplog.text


def test_a_chain_sealed_with_a_key_that_is_gone_keeps_no_other_brand_from_its_anchor(
    brand: Brand, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.AUDIT_KEYS = ["another key"]
    later = BrandFactory.create()
    trail.record(Verb.ASSET_EDITED, brand=later, target="Clip")
    assert anchors.anchor_all() == 1
    assert anchors.check(later) is None
    assert "which is not here" in caplog.text


def test_an_anchor_that_nobody_with_a_key_wrote_says_nothing(brand: Brand) -> None:
    anchors.anchor_all()
    key = f"{anchors.FOLDER}/{brand.pk}.jsonl"
    with storage.open_file(key) as file:
        forged = file.read().replace(b'"sequence": 3', b'"sequence": 9')
    with storage.scratch() as folder:
        (folder / "forged").write_bytes(forged)
        with (folder / "forged").open("rb") as file:
            storage.keep(file, key=key)
    assert anchors.check(brand) is None


def test_with_another_key_nothing_is_called_broken(brand: Brand, settings: Any) -> None:
    settings.AUDIT_KEYS = ["another key"]
    with pytest.raises(trail.UnknownSeal):
        anchors.check(brand)


def test_a_key_can_be_changed_when_the_old_one_is_kept(brand: Brand, settings: Any) -> None:
    old = (settings.SIGNING_DIR / seals.FILE_NAME).read_text().split()
    settings.AUDIT_KEYS = ["a new key", *old]
    trail.record(Verb.ASSET_EDITED, brand=brand, target="Clip 4")
    assert anchors.check(brand) is None
    assert len(set(Event.objects.filter(brand=brand).values_list("sealed_with", flat=True))) == 2


def test_events_from_before_there_were_keys_hold(brand: Brand) -> None:
    """Hashed as 0.1 did it, followed by sealed ones."""
    other = BrandFactory.create()
    event = Event(
        brand=other,
        sequence=1,
        at=Event.objects.filter(brand=brand).latest("sequence").at,
        sealed_name="Kim",
        verb="asset.edited",
        target="Clip",
        data={},
        previous_hash=trail.GENESIS,
    )
    event.hash = trail.digest(event)
    assert len(event.hash) == len(hashlib.sha256().hexdigest())
    event.save()
    trail.record(Verb.ASSET_EDITED, brand=other, target="Clip 2")
    assert anchors.check(other) is None


def test_the_key_is_for_its_owner_alone(settings: Any) -> None:
    seals.current()
    assert (settings.SIGNING_DIR / seals.FILE_NAME).stat().st_mode & 0o077 == 0


def test_an_earlier_state_that_was_restored_on_purpose_can_be_anchored_again(brand: Brand) -> None:
    anchors.anchor_all()
    tamper("DELETE FROM dam_event WHERE brand_id = %s AND sequence = 3", brand.pk)
    anchors.set_aside("20260101-000000")
    assert anchors.check(brand) is None
    assert anchors.anchor_all() == 1
    assert storage.exists(f"{anchors.FOLDER}/before-20260101-000000/{brand.pk}.jsonl")
