"""Consents that a version needs: who says what, and that nothing leaves once one ended, nor is made of it."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from dam.access import brand_tables
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog import stored_files
from dam.catalog.models import Approval, Asset, Version
from dam.core import storage
from dam.delivery import access
from dam.operations import stored
from dam.rights import cleared, consents, ends, making, policy, terms
from dam.rights.consent_documents import MOST_BYTES, Document, DocumentRefused
from dam.rights.consents import ConsentChanged, ConsentRefused, Said
from dam.rights.models import Consent, ConsentLink, MadeFrom, Relation, RightsEnd, RightsRecord
from tests.factories import ApprovedVersionFactory, BrandFactory, VersionFactory, member, next_version

pytestmark = pytest.mark.django_db
START = datetime(2027, 3, 27, 22, 59, 59, tzinfo=UTC)
DAY = timedelta(days=1)
PDF = Document("Release Ada.pdf", b"%PDF-1.7 nothing that anybody opens")
ADA = Said("model", "Ada Example", "Social media")


@pytest.fixture
def brand() -> Brand:
    made: Brand = BrandFactory.create()
    return made


@pytest.fixture
def legal(brand: Brand) -> Member:
    return member(brand, Role.LEGAL_REVIEWER)


@pytest.fixture
def creator(brand: Brand) -> Member:
    return member(brand, Role.CREATOR)


def draft(brand: Brand) -> Version:
    made: Version = VersionFactory.create(asset__brand=brand)
    return made


def approved(brand: Brand) -> Version:
    made: Version = ApprovedVersionFactory.create(asset__brand=brand)
    return made


def ending(until: datetime | None, name: str = "Ada Example") -> Said:
    return Said("model", name, until=until)


def reasons(version: Version, by: Member, at: datetime) -> tuple[str, ...]:
    """Why it can't leave then; that the filter and the columns agree is asserted."""
    row = Version.objects.select_related("asset", "brand", "rights", "inherited").get(pk=version.pk)
    found = Asset.objects.filter(
        cleared.throughout("latest", first=at, until=at + timedelta(microseconds=1)), pk=row.asset_id
    )
    told = access.may_download(by, row, at=at, named=True).reasons
    assert found.exists() == (not told)
    values = Asset.objects.filter(pk=row.asset_id).values_list(*terms.columns("latest")).get()
    assert terms.of_columns(values) == terms.of(row)
    return told


def test_nothing_leaves_from_the_moment_it_ends_nor_what_was_made_from_it(
    brand: Brand, legal: Member
) -> None:
    source, made = approved(brand), approved(brand)
    making.add(made, source, relation=Relation.COMPONENT, by=member(brand, Role.ADMIN))
    consents.add(source, ending(START), by=legal)
    just_before = START - timedelta(microseconds=1)
    assert reasons(source, legal, just_before) == reasons(made, legal, just_before) == ()
    assert reasons(source, legal, START) == ("A consent that it needs ended on 27 March 2027.",)
    assert reasons(made, legal, START) == (
        f"It's made from “{source.asset.title}”, which needs a consent that ended on 27 March 2027.",
    )
    assert set(RightsEnd.objects.values_list("ends_at", flat=True)) == {START}
    assert RightsEnd.objects.count() == 2


def test_a_withdrawal_stops_every_version_that_needs_it_and_can_be_taken_back(
    brand: Brand, legal: Member
) -> None:
    first = approved(brand)
    consent = consents.add(first, ADA, by=legal)
    later = next_version(first, approval=Approval.APPROVED)
    RightsRecord.objects.update_or_create(version=later, defaults={"uses": ["web"]})
    assert consents.carry(first, later) == 1
    assert reasons(later, legal, timezone.now()) == ()
    consents.withdraw(first, consent.pk, reason="By letter", by=legal)
    for version in (first, later):
        known = terms.of(Version.objects.select_related("asset", "rights", "inherited").get(pk=version.pk))
        assert not policy.decide(known, at=timezone.now()).allowed
    consents.reinstate(later, consent.pk, by=legal)
    assert reasons(later, legal, timezone.now() + 9 * DAY) == ()


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_changed_in_whatever_order_nothing_is_ever_more_permissive(
    brand: Brand, seed: int
) -> None:
    chance = random.Random(seed)
    clips = [approved(brand) for _ in range(4)]
    for version in clips[:2]:
        RightsRecord.objects.filter(version=version).delete()  # terms that aren't there yet are made

    def any_consent() -> Any:
        return Consent.objects.filter(
            pk=chance.choice(list(Consent.objects.values_list("pk", flat=True)) or [0])
        )

    def moment() -> datetime | None:
        return chance.choice([None, START + chance.randrange(20) * DAY])

    def new() -> None:
        made = Consent.objects.create(brand=brand, kind="model", name="A", until=moment())
        for version in chance.sample(clips, chance.randint(1, 2)):
            ConsentLink.objects.create(version=version, consent=made)

    changes: list[Callable[[], Any]] = [
        new,
        new,
        lambda: any_consent().update(until=moment()),
        lambda: any_consent().update(withdrawn_at=moment()),
        lambda: any_consent().delete(),
        lambda: ConsentLink.objects.filter(version=chance.choice(clips)).delete(),
        lambda: RightsRecord.objects.filter(version__in=clips).update(valid_until=moment()),
        lambda: MadeFrom.objects.get_or_create(
            version=clips[3], source=clips[chance.randrange(3)], defaults={"relation": Relation.INPUT}
        ),
    ]
    for _ in range(40):
        chance.choice(changes)()
        assert not Consent.objects.filter(links=None).exists()
    for version in Version.objects.select_related("asset", "rights", "inherited"):
        every = Consent.objects.filter(links__version=version)
        said = [each for row in every for each in (row.until, row.withdrawn_at) if each]
        known = terms.of(version)
        assert known.consents_until == min(said, default=None)
        assert known.inherited == making.fresh(version)
        end = RightsEnd.objects.filter(version=version).values_list("ends_at", flat=True).first()
        assert end == policy.left(known).valid_until
    assert not [*ends.wrongly_kept(), *consents.wrongly_kept(), *making.wrongly_kept()]


def test_the_check_finds_and_mends_what_is_wrongly_kept(brand: Brand, legal: Member) -> None:
    one, other = approved(brand), approved(brand)
    consents.add(one, ending(START), by=legal)
    RightsRecord.objects.filter(version=one).update(consents_until=None)
    RightsRecord.objects.filter(version=other).update(consents_until=START)
    assert set(consents.wrongly_kept()) == {one.pk, other.pk}
    with pytest.raises(SystemExit):  # masters of these clips are missing
        call_command("fsck", repair=True)
    assert list(consents.wrongly_kept()) == []
    assert RightsEnd.objects.get().version == one


def test_until_a_review_counts_on_it_whoever_edits_changes_it(
    brand: Brand, creator: Member, legal: Member
) -> None:
    version = draft(brand)
    consent = consents.add(version, ADA, by=creator)
    assert consents.change(version, consent.pk, ending(START), seen=0, by=creator)
    Version.objects.filter(pk=version.pk).update(approval=Approval.IN_REVIEW)
    version.refresh_from_db()
    for refused in (
        lambda: consents.add(version, ADA, by=creator),
        lambda: consents.change(version, consent.pk, ADA, seen=1, by=creator),
        lambda: consents.withdraw(version, consent.pk, reason="So", by=creator),
    ):
        with pytest.raises(ConsentRefused) as told:
            refused()
        assert told.value.code == "decided"
    for nobody in (creator, legal):
        with pytest.raises(ConsentRefused, match="so it stays"):
            consents.remove(version, consent.pk, by=nobody)
    assert consents.change(version, consent.pk, ADA, seen=1, by=legal)
    consents.withdraw(version, consent.pk, reason="By mail", by=member(brand, Role.BRAND_REVIEWER))
    with pytest.raises(PermissionDenied):
        consents.reinstate(version, consent.pk, by=member(brand, Role.BRAND_REVIEWER))
    with pytest.raises(PermissionDenied):
        consents.add(version, ADA, by=member(brand, Role.VIEWER))


def test_nobody_ends_what_an_approved_clip_was_made_from_by_its_raw_take(
    brand: Brand, creator: Member
) -> None:
    take, cut = draft(brand), approved(brand)
    consent = consents.add(take, ADA, by=creator)
    MadeFrom.objects.create(version=cut, source=take, relation=Relation.COMPONENT)
    with pytest.raises(ConsentRefused):
        consents.withdraw(take, consent.pk, reason="To annoy", by=creator)
    with pytest.raises(ConsentRefused):
        consents.add(take, ending(START), by=creator)


def test_a_consent_of_another_version_or_brand_is_not_there(brand: Brand, legal: Member) -> None:
    consent = consents.add(draft(brand), ADA, by=legal)
    with pytest.raises(ConsentRefused) as told:
        consents.withdraw(draft(brand), consent.pk, reason="So", by=legal)
    assert told.value.code == "gone"
    stranger = member(BrandFactory.create(), Role.LEGAL_REVIEWER)
    with pytest.raises(PermissionDenied):
        consents.withdraw(consent.links.get().version, consent.pk, reason="So", by=stranger)


def test_what_somebody_else_changed_meanwhile_is_told(brand: Brand, creator: Member) -> None:
    version = draft(brand)
    consent = consents.add(version, ADA, by=creator)
    assert consents.change(version, consent.pk, ending(START), seen=0, by=creator)
    with pytest.raises(ConsentChanged) as told:
        consents.change(version, consent.pk, ending(None, "Grace"), seen=0, by=creator)
    assert told.value.now.until == START
    assert not consents.change(version, consent.pk, ending(START), seen=1, by=creator)  # nothing new


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_it_at_once_one_is_told(brand: Brand, creator: Member) -> None:
    version = draft(brand)
    consent = consents.add(version, ADA, by=creator)
    told: list[str] = []

    def change(name: str) -> None:
        try:
            consents.change(version, consent.pk, ending(START, name), seen=0, by=creator)
            told.append("kept")
        except ConsentChanged:
            told.append("told")
        finally:
            connections.close_all()

    threads = [Thread(target=change, args=[name]) for name in ("Ada", "Grace")]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=60)
    assert sorted(told) == ["kept", "told"]


def test_the_activity_log_names_nobody(brand: Brand, legal: Member) -> None:
    version = draft(brand)
    consent = consents.add(version, ADA, document=PDF, by=legal)
    consents.change(version, consent.pk, ending(START, "Grace Example"), seen=0, by=legal)
    consents.withdraw(version, consent.pk, reason="Grace rang", by=legal)
    consents.forget(version, consent.pk, by=legal)
    events = Event.objects.filter(brand=brand, verb__startswith="asset.consent").order_by("pk")
    assert [each.verb for each in events] == [
        *(Verb.CONSENT_ADDED, Verb.CONSENT_CHANGED, Verb.CONSENT_WITHDRAWN, Verb.CONSENT_ERASED),
    ]
    said = "".join(f"{each.data} {each.target}" for each in events)
    assert not [word for word in ("Ada", "Grace", "rang", "Release") if word in said]


def test_what_is_erased_is_gone_everywhere_and_still_narrows(
    brand: Brand, legal: Member, django_capture_on_commit_callbacks: Any
) -> None:
    first = approved(brand)
    consent = consents.add(first, Said("model", "Ada Example", "All", START), document=PDF, by=legal)
    later = next_version(first)
    consents.carry(first, later)
    key = Consent.objects.get().storage_key
    assert storage.exists(key)
    with pytest.raises(PermissionDenied):
        consents.forget(later, consent.pk, by=member(brand, Role.CREATOR))
    with django_capture_on_commit_callbacks(execute=True):
        consents.forget(later, consent.pk, by=member(brand, Role.ADMIN))
        assert storage.exists(key)  # until that is written down
    kept = Consent.objects.get()
    assert (kept.name, kept.covers, kept.filename, kept.storage_key, kept.size) == ("", "", "", "", 0)
    assert not storage.exists(key)
    assert RightsEnd.objects.get(version=first).ends_at == START
    with pytest.raises(ConsentRefused, match="removed"):
        consents.change(later, consent.pk, ADA, seen=kept.revision, by=legal)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"<html><script>alert(1)</script>", "unknown"),
        (b"MZ\x90\x00 a program", "unknown"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unknown"),
        (b"%PDF-" + b"x" * MOST_BYTES, "too_large"),
    ],
)
def test_what_is_no_document_is_refused_before_anything_is_kept(
    brand: Brand, legal: Member, data: bytes, code: str
) -> None:
    with pytest.raises(DocumentRefused) as told:
        consents.add(draft(brand), ADA, document=Document("a.pdf", data), by=legal)
    assert told.value.code == code
    assert not Consent.objects.exists()


def test_a_document_is_counted_checked_and_goes_with_the_last_version(
    brand: Brand, legal: Member, django_capture_on_commit_callbacks: Any
) -> None:
    version = draft(brand)
    consent = consents.add(version, ADA, document=PDF, by=legal)
    assert {each.kind: each.bytes for each in stored.of(brand)}["consent"] == len(PDF.data)
    assert Consent in stored_files.tables()
    assert {Consent, ConsentLink} <= set(brand_tables.paths())
    assert storage.open_file(consent.storage_key).read() == PDF.data
    png = Document("b", b"\x89PNG\r\n\x1a\n")
    with django_capture_on_commit_callbacks(execute=True):
        assert consents.change(version, consent.pk, ADA, seen=0, document=png, by=legal)
    assert not storage.exists(consent.storage_key)  # the one before
    consents.remove(version, consent.pk, by=legal)
    assert not Consent.objects.exists()
    assert "consent" not in {each.kind for each in stored.of(brand)}


def test_two_consents_may_have_the_same_document(
    brand: Brand, legal: Member, django_capture_on_commit_callbacks: Any
) -> None:
    version = draft(brand)
    one, other = (consents.add(version, ADA, document=PDF, by=legal) for _ in range(2))
    with django_capture_on_commit_callbacks(execute=True):
        consents.forget(version, one.pk, by=legal)
    assert storage.exists(other.storage_key)


def test_nothing_is_kept_of_what_is_deleted_by_whatever_deletes_it(brand: Brand, legal: Member) -> None:
    first, second = draft(brand), draft(brand)
    for version in (first, second):
        consents.add(version, ending(START), by=legal)
    Asset.objects.filter(pk=first.asset_id).update(latest=None)
    Asset.objects.get(pk=first.asset_id).delete()
    assert Consent.objects.count() == 1
    with connection.cursor() as cursor:  # as another release does, which knows of no consents
        cursor.execute("UPDATE dam_asset SET latest_id = NULL WHERE id = %s", [second.asset_id])
        cursor.execute("DELETE FROM dam_rightsrecord WHERE version_id = %s", [second.pk])
        cursor.execute("DELETE FROM dam_version WHERE id = %s", [second.pk])
    assert not Consent.objects.exists()
    assert not RightsRecord.objects.filter(version__in=[first.pk, second.pk]).exists()


def test_under_legal_hold_nothing_is_removed(brand: Brand, legal: Member) -> None:
    version = draft(brand)
    consent = consents.add(version, ADA, by=legal)
    Asset.objects.filter(pk=version.asset_id).update(held_at=timezone.now(), held_by=legal.user)
    for refused in (consents.remove, consents.forget):
        with pytest.raises(ConsentRefused) as told:
            refused(version, consent.pk, by=legal)
        assert told.value.code == "held"


@pytest.mark.parametrize(
    ("said", "code"),
    [(Said("model", " \u200b"), "no_name"), (Said("model", "x" * 201), "too_long")],
)
def test_a_consent_is_somebodys_in_so_many_words(brand: Brand, legal: Member, said: Said, code: str) -> None:
    with pytest.raises(ConsentRefused) as told:
        consents.add(draft(brand), said, by=legal)
    assert told.value.code == code
