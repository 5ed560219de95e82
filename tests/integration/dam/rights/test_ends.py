"""When a clearance ends with all that a version was made from: kept by the database, whoever changes it."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from threading import Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.catalog.models import Asset, Version
from dam.rights import ends, making, policy, terms
from dam.rights.models import InheritedTerms, MadeFrom, Relation, RightsEnd, RightsRecord
from tests.factories import ApprovedVersionFactory, BrandFactory, VersionFactory, member

pytestmark = pytest.mark.django_db
START = datetime(2027, 1, 31, 22, 59, 59, 999999, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def by() -> Member:
    return member(BrandFactory.create(), Role.ADMIN)


def clip(by: Member, until: datetime | None = None) -> Version:
    version: Version = ApprovedVersionFactory.create(asset__brand=by.brand)
    until_when(version, until)
    return version


def until_when(version: Version, until: datetime | None) -> None:
    RightsRecord.objects.update_or_create(version=version, defaults={"valid_until": until})


def end_of(version: Version) -> datetime | None:
    return RightsEnd.objects.filter(version=version).values_list("ends_at", flat=True).first()


def test_a_clip_ends_with_the_first_of_all_that_it_was_made_from(by: Member) -> None:
    source, between, made = clip(by, START + DAY), clip(by), clip(by, START + 9 * DAY)
    assert (end_of(source), end_of(between), end_of(made)) == (START + DAY, None, START + 9 * DAY)
    making.add(made, between, relation=Relation.COMPONENT, by=by)
    link = making.add(between, source, relation=Relation.INPUT, by=by)
    assert (end_of(between), end_of(made)) == (START + DAY, START + DAY)
    until_when(source, START)
    assert (end_of(source), end_of(between), end_of(made)) == (START, START, START)
    until_when(source, None)
    assert (end_of(source), end_of(between), end_of(made)) == (None, None, START + 9 * DAY)
    until_when(source, START)
    making.remove(between, link.pk, by=member(by.brand, Role.LEGAL_REVIEWER))
    assert (end_of(between), end_of(made)) == (None, START + 9 * DAY)
    until_when(made, None)
    assert RightsEnd.objects.get().version == source


def test_nothing_is_kept_of_what_is_deleted(by: Member) -> None:
    source, made = clip(by, START), VersionFactory.create(asset__brand=by.brand)
    making.add(made, source, relation=Relation.COMPONENT, by=by)
    assert end_of(made) == START
    for version in (made, source):
        Asset.objects.filter(pk=version.asset_id).update(latest=None, released=None)
        Asset.objects.get(pk=version.asset_id).delete()
    assert not RightsEnd.objects.exists()


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_changed_in_whatever_order_it_is_what_the_policy_says(by: Member, seed: int) -> None:
    chance = random.Random(seed)
    clips = [clip(by) for _ in range(5)]
    changes: list[Callable[[], Any]] = [
        lambda: until_when(chance.choice(clips), START + chance.randrange(20) * DAY),
        lambda: until_when(chance.choice(clips), None),
        lambda: RightsRecord.objects.filter(version=chance.choice(clips)).delete(),
        lambda: MadeFrom.objects.filter(version=chance.choice(clips)).delete(),
        lambda: RightsRecord.objects.filter(version__in=clips).update(valid_until=START),
    ]
    for _ in range(40):
        if chance.random() < 0.3:
            older, newer = sorted(chance.sample(range(5), 2))
            MadeFrom.objects.get_or_create(
                version=clips[newer], source=clips[older], defaults={"relation": Relation.INPUT}
            )
        else:
            chance.choice(changes)()
    for version in Version.objects.select_related("asset", "rights", "inherited"):
        assert end_of(version) == policy.left(terms.of(version)).valid_until
    assert list(ends.wrongly_kept()) == []


def test_the_check_finds_and_mends_wrong_ends(by: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ends, "AT_ONCE", 2)
    source, made, never, right = clip(by, START), clip(by), clip(by), clip(by, START)
    making.add(made, source, relation=Relation.COMPONENT, by=by)
    RightsEnd.objects.filter(version=made).delete()
    RightsEnd.objects.filter(version=source).update(ends_at=START + DAY)
    RightsEnd.objects.create(version=never, brand=by.brand, ends_at=START)
    assert set(ends.wrongly_kept()) == {source.pk, made.pk, never.pk}
    with pytest.raises(SystemExit):  # masters of these clips are missing; the ends are mended
        call_command("fsck", repair=True)
    assert list(ends.wrongly_kept()) == []
    assert [end_of(each) for each in (source, made, never, right)] == [START, START, None, START]


@pytest.mark.django_db(transaction=True)
def test_the_check_does_not_write_over_what_is_changed_meanwhile(by: Member) -> None:
    own, made, source = clip(by, START), clip(by), clip(by, START)
    making.add(made, source, relation=Relation.COMPONENT, by=by)
    RightsEnd.objects.all().delete()

    def repair() -> None:
        try:
            ends.keep_anew([own.pk, made.pk])
        finally:
            connections.close_all()

    other = Thread(target=repair)
    with transaction.atomic():
        for version in (own, source):
            until_when(version, START + DAY)
        other.start()
        other.join(timeout=1)  # it waits for this transaction
        assert other.is_alive()
    other.join(timeout=60)
    assert (end_of(own), end_of(made)) == (START + DAY, START + DAY)


@pytest.mark.django_db(transaction=True)
def test_an_older_library_is_filled_in_batches(by: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    source, made, never = clip(by, START), clip(by), clip(by)
    making.add(made, source, relation=Relation.COMPONENT, by=by)
    RightsEnd.objects.all().delete()
    migration = import_module("dam.migrations.0102_rights_ends_of_old")
    monkeypatch.setattr(migration, "BATCH", 1)
    with connection.schema_editor(atomic=False) as editor:
        migration.fill(None, editor)
        migration.fill(None, editor)  # as after an interruption
    assert [end_of(each) for each in (source, made, never)] == [START, START, None]


@pytest.mark.django_db(transaction=True)
def test_who_changes_its_own_end_and_who_changes_its_sources_see_each_other(by: Member) -> None:
    source, made = clip(by, START + 5 * DAY), clip(by, START + 6 * DAY)
    making.add(made, source, relation=Relation.COMPONENT, by=by)
    failed: list[DatabaseError] = []

    def change() -> None:
        try:
            until_when(source, START + DAY)
        except DatabaseError as problem:
            failed.append(problem)
        finally:
            connections.close_all()

    other = Thread(target=change)
    with transaction.atomic():
        until_when(made, START + 3 * DAY)
        other.start()
        other.join(timeout=1)  # it waits for this transaction
    other.join(timeout=60)
    assert not failed
    assert end_of(made) == START + DAY
    assert InheritedTerms.objects.get(version=made).valid_until == START + DAY
