"""The licence of the model that made a clip is inherited: by the clip, and by all that is made from it."""

from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dam.access import brand_settings
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog import versions
from dam.catalog.models import Approval, Asset, Version
from dam.delivery import access
from dam.rights import cleared, making, terms
from dam.rights.model_licences import made_with, records, standings
from dam.rights.model_licences.models import ApprovedBefore, MadeWith, ModelRecord, ModelStanding
from dam.rights.model_licences.records import ReadingRefused
from dam.rights.model_licences.standings import Weights
from dam.rights.models import InheritedTerms, Relation, RightsRecord
from dam.rights.policy import Use
from tests.factories import ApprovedVersionFactory, BrandFactory, VersionFactory, member, next_version

pytestmark = pytest.mark.django_db
APACHE = Weights(sha256="a" * 64, name="previz-dit", version="0.3", licence="Apache-2.0")
UNKNOWN = Weights(sha256="b" * 64, name="Somebody's", licence="")
HUNYUAN = Weights(sha256="c" * 64, name="Hunyuan", licence="tencent-hunyuan-community")
LTX = Weights(sha256="d" * 64, name="LTX-2", licence="ltx-2-community-license-agreement")
STOPPED = (
    "It's made with Somebody's, whose licence isn't cleared for this brand. An installation administrator "
    "can record that it is.",
)


@pytest.fixture
def by() -> Member:
    return member(BrandFactory.create(), Role.ADMIN)


@pytest.fixture
def operator(by: Member) -> Member:
    return member(by.brand, Role.ADMIN, is_superuser=True)


def made(by: Member, weights: Weights | None, *, draft: bool = False) -> Version:
    factory = VersionFactory if draft else ApprovedVersionFactory
    version: Version = factory.create(asset__brand=by.brand)
    if weights is not None:
        standings.record(version, weights)
    return version


def verdict(
    version: Version, by: Member, *, use: Use | None = None, territory: str | None = None
) -> tuple[str, ...]:
    """Why it can't leave now; that the filter and a fresh computation agree is asserted."""
    row = Version.objects.select_related("asset", "brand", "rights", "inherited").get(pk=version.pk)
    assert terms.of(row).inherited == making.fresh(row)
    assert not list(making.wrongly_kept())
    now = timezone.now()
    reasons = access.may_download(by, row, at=now, named=True, use=use, territory=territory).reasons
    soon = now + timedelta(microseconds=1)
    found = Asset.objects.filter(
        cleared.throughout("latest", first=now, until=soon, use=use, territory=territory), pk=row.asset_id
    )
    assert found.exists() == (not reasons)
    return reasons


def test_a_clip_of_a_cleared_model_is_as_free_as_any(by: Member) -> None:
    clip = made(by, APACHE)
    assert verdict(clip, by) == ()
    assert not InheritedTerms.objects.exists()
    assert [str(each) for each in made_with.models_of(clip)] == ["previz-dit 0.3"]


def test_what_a_model_without_a_known_licence_made_cannot_leave_nor_what_is_made_from_it(by: Member) -> None:
    clip, cut = made(by, UNKNOWN), made(by, None)
    making.add(cut, clip, relation=Relation.COMPONENT, by=by)
    assert verdict(clip, by) == STOPPED
    assert verdict(cut, by) == STOPPED


def test_a_reading_clears_it_for_every_clip_and_taking_it_back_stops_all_again(
    by: Member, operator: Member
) -> None:
    clip, cut = made(by, UNKNOWN), made(by, None)
    making.add(cut, clip, relation=Relation.COMPONENT, by=by)
    model = ModelRecord.objects.get()
    reading = records.read(model, cleared=True, everywhere=False, note="Signed.", brand=None, by=operator)
    assert standings.unspread(by.brand.pk)
    assert not standings.spread()
    assert verdict(clip, by) == verdict(cut, by) == ()
    records.end(model, reading.pk, by=operator)
    assert not standings.spread()
    assert verdict(clip, by) == verdict(cut, by) == STOPPED
    events = Event.objects.filter(brand=by.brand, verb__startswith="model.").order_by("sequence")
    assert [(each.verb, each.data["cleared"], each.data["note"]) for each in events] == [
        ("model.licence_read", True, "Signed."),
        ("model.reading_ended", True, "Signed."),
    ]


def test_no_byte_leaves_before_a_worker_has_brought_it_to_the_clips(by: Member, operator: Member) -> None:
    clip = made(by, APACHE)
    records.read(ModelRecord.objects.get(), cleared=False, everywhere=False, note="", brand=None, by=operator)
    row = Version.objects.select_related("asset", "brand", "rights", "inherited").get(pk=clip.pk)
    assert not access.may_download(by, row, at=timezone.now(), labels=access.UNLABELLED).allowed
    assert not access.may_download(by, row, at=timezone.now(), fresh=True).allowed  # as a ZIP asks


def test_what_was_noted_for_one_brand_is_not_in_the_log_of_another(by: Member, operator: Member) -> None:
    other = member(BrandFactory.create(), Role.ADMIN)
    made(by, UNKNOWN)
    made(other, UNKNOWN)
    record = ModelRecord.objects.get()
    reading = records.read(
        record, cleared=True, everywhere=True, note="Contract 4711", brand=other.brand, by=operator
    )
    records.end(record, reading.pk, by=operator)
    notes = {
        event.brand_id: event.data.get("note")
        for event in Event.objects.filter(verb__startswith="model.read")
    }
    assert notes == {by.brand.pk: None, other.brand.pk: "Contract 4711"}


def test_a_reading_for_one_brand_is_for_that_one_alone(by: Member, operator: Member) -> None:
    other = member(BrandFactory.create(), Role.ADMIN)
    here, there = made(by, UNKNOWN), made(other, UNKNOWN)
    records.read(
        ModelRecord.objects.get(), cleared=True, everywhere=True, note="", brand=by.brand, by=operator
    )
    standings.spread()
    assert verdict(here, by) == ()
    assert verdict(there, other) == STOPPED
    assert not Event.objects.filter(brand=other.brand, verb__startswith="model.").exists()


def test_places_that_a_licence_leaves_out_are_left_out_of_its_clips(by: Member) -> None:
    Brand.objects.filter(pk=by.brand.pk).update(country="US")
    by.brand.refresh_from_db()
    clip, cut = made(by, HUNYUAN), made(by, None)
    making.add(cut, clip, relation=Relation.COMPONENT, by=by)
    for each in (clip, cut):
        assert verdict(each, by) == verdict(each, by, territory="US") == ()
        assert verdict(each, by, territory="CH") == ()
        assert verdict(each, by, territory="DE")
    assert verdict(clip, by, territory="EU") == ("It's made with Hunyuan, whose licence leaves out the EU.",)
    RightsRecord.objects.filter(version=clip).update(territories=["EU"])
    assert verdict(clip, by)  # nothing of what it is cleared for is left


def test_a_brand_that_states_its_country_or_revenue_is_judged_anew(by: Member) -> None:
    ltx, hunyuan = made(by, LTX), made(by, HUNYUAN)
    assert verdict(ltx, by)
    assert verdict(hunyuan, by)
    brand_settings.save(by.brand, by=by, revision=0, country="CH", revenue="1m_to_10m")
    standings.spread()
    assert verdict(ltx, by) == verdict(hunyuan, by) == ()
    brand_settings.save(by.brand, by=by, revision=1, country="FR", revenue="over_10m")
    standings.spread()
    assert verdict(ltx, by)
    assert verdict(hunyuan, by)
    for field, value in (("country", "XX"), ("revenue", "a lot")):
        with pytest.raises(brand_settings.SettingRefused):
            brand_settings.save(by.brand, by=by, revision=2, **{field: value})


def test_what_was_approved_before_anybody_asked_stays_until_its_approval_ends(by: Member) -> None:
    clip = made(by, None)
    ApprovedBefore.objects.create(version=clip)
    standings.record(clip, UNKNOWN)
    assert verdict(clip, by) == ()
    cut = made(by, None)
    making.add(cut, clip, relation=Relation.COMPONENT, by=by)
    assert verdict(cut, by) == STOPPED  # what is made now is asked about
    versions.set_approval(clip.pk, Approval.WITHDRAWN, expected=[Approval.APPROVED])
    assert not ApprovedBefore.objects.exists()
    versions.set_approval(clip.pk, Approval.APPROVED, expected=[Approval.WITHDRAWN])
    assert verdict(clip, by) == STOPPED


def test_the_next_version_is_made_with_the_same_unless_another_model_made_it(by: Member) -> None:
    clip = made(by, UNKNOWN)
    later = next_version(clip, approval=Approval.APPROVED)
    made_with.carry(clip, later)
    made_with.carry(clip, later)
    assert MadeWith.objects.filter(version=later).count() == 1
    assert InheritedTerms.objects.get(version=later).stopped


def test_only_who_runs_the_installation_records_what_a_licence_allows(by: Member, operator: Member) -> None:
    model = standings.record_of(UNKNOWN)
    with pytest.raises(PermissionDenied):
        records.read(model, cleared=True, everywhere=False, note="", brand=None, by=by)
    reading = records.read(model, cleared=True, everywhere=False, note="", brand=None, by=operator)
    with pytest.raises(ReadingRefused):
        records.read(model, cleared=False, everywhere=False, note="", brand=None, by=operator)
    with pytest.raises(PermissionDenied):
        records.end(model, reading.pk, by=by)
    records.end(model, reading.pk, by=operator)
    with pytest.raises(ReadingRefused):
        records.end(model, reading.pk, by=operator)
    with pytest.raises(ReadingRefused):
        records.read(model, cleared=True, everywhere=False, note="x" * 2001, brand=None, by=operator)


def test_a_deleted_clip_takes_along_what_it_was_made_with(by: Member) -> None:
    clip = made(by, UNKNOWN, draft=True)
    InheritedTerms.objects.filter(version=clip).get()
    with connection.cursor() as cursor:  # as a process that knows nothing of it
        cursor.execute("UPDATE dam_asset SET latest_id = NULL")
        cursor.execute("DELETE FROM dam_rightsrecord; DELETE FROM dam_version")
    assert not MadeWith.objects.exists()
    assert not InheritedTerms.objects.exists()


def test_a_change_asks_the_same_few_queries_however_many_clips_there_are(
    by: Member, operator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def queries() -> int:
        model = ModelRecord.objects.get()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            reading = records.read(model, cleared=True, everywhere=False, note="", brand=None, by=operator)
            records.end(model, reading.pk, by=operator)
        return len(asked)

    made(by, UNKNOWN)
    first = queries()
    for _ in range(5):
        made(by, UNKNOWN)
    assert queries() <= first
    monkeypatch.setattr(standings, "SLICE", 2)
    assert not standings.spread()
    standing = ModelStanding.objects.get()
    assert standing.spread_after == MadeWith.objects.latest("pk").pk
    assert InheritedTerms.objects.filter(stopped=True).count() == 6


@pytest.mark.django_db(transaction=True)
def test_a_clip_that_comes_in_while_its_model_is_judged_anew_is_not_missed() -> None:
    by = member(BrandFactory.create(), Role.ADMIN)
    operator = member(by.brand, Role.ADMIN, is_superuser=True)
    with transaction.atomic():
        made(by, UNKNOWN)
    coming = ApprovedVersionFactory.create(asset__brand=by.brand)

    def read() -> None:
        model = ModelRecord.objects.get()
        records.read(model, cleared=True, everywhere=True, note="", brand=None, by=operator)
        connections.close_all()

    with transaction.atomic():
        standings.record(coming, UNKNOWN)  # holds the brand's lock with others until it ends
        reader = Thread(target=read)
        reader.start()
        reader.join(0.5)
        assert reader.is_alive()
    reader.join(10)
    assert not reader.is_alive()
    standings.spread()
    assert verdict(coming, by) == ()


def test_a_licence_that_becomes_known_is_filled_in_and_one_that_is_known_stays(by: Member) -> None:
    clip = made(by, UNKNOWN)
    assert standings.fill_in(replace(UNKNOWN, licence="mit", source="somebody/model"))
    standings.spread()
    assert verdict(clip, by) == ()
    assert not standings.fill_in(replace(UNKNOWN, licence="CC-BY-NC-4.0"))
    model = ModelRecord.objects.get()
    assert (model.licence, model.source) == ("mit", "somebody/model")
    assert not standings.fill_in(APACHE)
