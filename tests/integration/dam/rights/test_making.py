"""What a version was made from: who may record it, and that nothing made from it does more for a moment."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from threading import Barrier, BrokenBarrierError, Thread

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dam.accounts.capabilities import Capability, Role
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog import assets, versions
from dam.catalog.models import Approval, Asset, Credentials, Version
from dam.delivery import access
from dam.ingest import deleting
from dam.rights import clearances, cleared, making, terms, visibility
from dam.rights.making import NotMadeFrom
from dam.rights.models import InheritedTerms, MadeFrom, Relation, RightsRecord
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
def by() -> Member:
    return member(BrandFactory.create(), Role.ADMIN)


def approved(by: Member, **fields: object) -> Version:
    made: Version = ApprovedVersionFactory.create(asset__brand=by.brand, **fields)
    return made


def link(version: Version, source: Version, by: Member) -> MadeFrom:
    return making.add(version, source, relation=Relation.COMPONENT, by=by)


def verdict(version: Version, by: Member) -> tuple[str, ...]:
    """Why it can't leave now; that the filter, the columns and a fresh computation agree is asserted."""
    row = Version.objects.select_related("asset", "brand", "rights", "inherited").get(pk=version.pk)
    assert terms.of(row).inherited == making.fresh(row)
    now = timezone.now()
    reasons = access.may_download(by, row, at=now, named=True).reasons
    found = Asset.objects.filter(
        cleared.throughout("latest", first=now, until=now + timedelta(microseconds=1)), pk=row.asset_id
    )
    assert found.exists() == (not reasons)
    values = Asset.objects.filter(pk=row.asset_id).values_list(*terms.columns("latest")).get()
    assert terms.of_columns(values) == terms.of(row)
    return reasons


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            lambda source, by: versions.set_approval(
                source.pk, Approval.WITHDRAWN, expected=[Approval.APPROVED]
            ),
            "It's made from “Bottle”, whose approval was withdrawn.",
        ),
        (
            lambda source, by: versions.set_credentials(source.pk, Credentials.ALTERED),
            "It's made from “Bottle”, whose Content Credentials are invalid.",
        ),
        (
            lambda source, by: assets.trash(source.asset, by=by),
            "It's made from a clip you can't see, which is in the trash.",
        ),
        (
            lambda source, by: clearances.grant(
                source, uses=["broadcast"], territories=["US"], valid_until=None, at=timezone.now()
            ),
            "There's no use for which all that it's made from is cleared.",
        ),
        (
            lambda source, by: RightsRecord.objects.filter(version=source).update(
                valid_until=timezone.now() - DAY
            ),
            "It's made from “Bottle”, whose clearance ended on",
        ),
        (
            lambda source, by: RightsRecord.objects.filter(version=source).update(
                embargo_until=timezone.now() + DAY
            ),
            "It's made from “Bottle”, which is under embargo until",
        ),
        (lambda source, by: RightsRecord.objects.filter(version=source).delete(), "There's no use"),
    ],
)
def test_whatever_ends_a_source_ends_all_that_was_made_from_it(
    by: Member, change: Callable[[Version, Member], object], reason: str
) -> None:
    source, between, made = approved(by, asset__title="Bottle"), approved(by), approved(by)
    link(made, between, by)
    link(between, source, by)
    assert verdict(made, by) == ()
    change(source, by)
    assert verdict(made, by)[0].startswith(reason)
    assert verdict(between, by)[0].startswith(reason)


def test_what_comes_back_frees_it_again(by: Member) -> None:
    source, made = approved(by), approved(by)
    record = link(made, source, by)
    assets.trash(source.asset, by=by)
    assert verdict(made, by)
    assets.restore(Asset.objects.select_related("brand", "latest").get(pk=source.asset_id), by=by)
    assert verdict(made, by) == ()
    making.remove(made, record.pk, by=member(by.brand, Role.LEGAL_REVIEWER))
    assert not InheritedTerms.objects.exists()


def test_a_source_deleted_for_good_goes_on_stopping_it(by: Member) -> None:
    source, made = VersionFactory.create(asset__brand=by.brand), approved(by)
    link(made, source, by)
    assets.trash(source.asset, by=by)
    clip = Asset.objects.filter(pk=source.asset_id)
    assert deleting.by_hand(clip, by=by) == 0  # what is approved counts on it
    Version.objects.filter(pk=made.pk).update(approval=Approval.WITHDRAWN)
    assert deleting.by_hand(clip, by=by) == 1
    Version.objects.filter(pk=made.pk).update(approval=Approval.APPROVED)
    assert verdict(made, by) == ("It's made from a clip that was deleted.",)
    assert [each.gone for each in making.links(made, by=by)] == [True]
    Version.objects.filter(pk=made.pk).delete()
    assert not MadeFrom.objects.exists()
    assert not InheritedTerms.objects.exists()


def test_a_clip_is_named_to_those_alone_who_may_see_it(by: Member) -> None:
    source, made = VersionFactory.create(asset__brand=by.brand, asset__title="Secret"), approved(by)
    link(made, source, by)
    versions.set_approval(source.pk, Approval.REJECTED, expected=[Approval.DRAFT])
    viewer = member(by.brand, Role.VIEWER)
    assert verdict(made, by) == ("It's made from “Secret”, which a reviewer rejected.",)
    assert verdict(made, viewer) == ("It's made from a clip that can't be used now.",)
    assert [each.version for each in making.links(made, by=viewer)] == [None]
    assert making.used_in(source, by=viewer, most=5) == ([made], 1)


def test_what_was_made_from_it_is_counted_up_to_a_bound_with_the_last_first(
    by: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "MOST_COUNTED", 2)
    card, cuts = VersionFactory.create(asset__brand=by.brand), []
    for _number in range(4):
        cuts.append(VersionFactory.create(asset__brand=by.brand))
        link(cuts[-1], card, by)
    assert making.used_in(card, by=by, most=2) == ([cuts[3], cuts[2]], 3)


def test_viewers_learn_of_it_only_after_the_embargo_of_what_is_in_it(by: Member) -> None:
    source, made = approved(by), approved(by)
    link(made, source, by)
    viewer = member(by.brand, Role.VIEWER)
    assert visibility.visible_assets(viewer).count() == 2
    RightsRecord.objects.filter(version=source).update(embargo_until=timezone.now() + DAY)
    assert visibility.visible_assets(viewer).count() == 0
    assert versions.not_under_embargo([made.pk]) == set()


def test_there_are_no_circles(by: Member) -> None:
    first, second, third = (approved(by) for _ in range(3))
    link(second, first, by)
    link(third, second, by)
    for version, source, code in [
        (first, third, "circle"),
        (first, first, "itself"),
        (second, first, "already"),
    ]:
        with pytest.raises(NotMadeFrom) as refused:
            link(version, source, by)
        assert refused.value.code == code


def test_there_is_an_end_to_the_steps(by: Member) -> None:
    chain = [VersionFactory.create(asset__brand=by.brand) for _ in range(making.MOST_STEPS + 2)]
    for number in range(making.MOST_STEPS):
        link(chain[number + 1], chain[number], by)
    with pytest.raises(NotMadeFrom, match="12 steps"):
        link(chain[-1], chain[-2], by)


def test_another_brands_clip_is_not_there(by: Member) -> None:
    elsewhere = ApprovedVersionFactory.create()
    with pytest.raises(NotMadeFrom, match="no such clip"):
        link(approved(by), elsewhere, by)
    with pytest.raises(PermissionDenied):
        link(elsewhere, approved(by), by)


@pytest.mark.parametrize("approval", [Approval.IN_REVIEW, Approval.APPROVED])
def test_only_a_legal_reviewer_takes_a_source_from_what_is_decided(by: Member, approval: Approval) -> None:
    maker, legal = member(by.brand, Role.CREATOR), member(by.brand, Role.LEGAL_REVIEWER)
    made, source = VersionFactory.create(asset__brand=by.brand), approved(by)
    record = link(made, source, maker)  # in this moment, and their own
    Version.objects.filter(pk=made.pk).update(approval=approval)
    for who in (maker, by, member(by.brand, Role.BRAND_REVIEWER), token_of(by, Capability)):
        with pytest.raises((NotMadeFrom, PermissionDenied)):
            making.remove(made, record.pk, by=who)
        assert not making.may_remove(made, by=who)
    with pytest.raises(NotMadeFrom, match="Only a legal reviewer"):
        making.remove(made, record.pk, by=maker)
    assert making.may_remove(made, by=legal)
    making.remove(made, record.pk, by=legal)


def test_a_draft_between_counts_as_decided_where_what_was_made_from_it_is(by: Member) -> None:
    maker = member(by.brand, Role.CREATOR)
    source, raw, cut = approved(by), VersionFactory.create(asset__brand=by.brand), approved(by)
    record = link(raw, source, by)
    link(cut, raw, by)
    versions.set_approval(source.pk, Approval.WITHDRAWN, expected=[Approval.APPROVED])
    with pytest.raises(NotMadeFrom, match="review counts on this"):
        making.remove(raw, record.pk, by=maker)
    assert verdict(cut, by)
    versions.set_approval(cut.pk, Approval.WITHDRAWN, expected=[Approval.APPROVED])
    making.remove(raw, record.pk, by=maker)


def test_under_legal_hold_what_is_recorded_stays(by: Member) -> None:
    made, source = VersionFactory.create(asset__brand=by.brand), approved(by)
    record = link(made, source, by)
    Asset.objects.filter(pk=made.asset_id).update(held_at=timezone.now(), hold_reason="Case 7")
    made.asset.refresh_from_db()
    for who in (by, member(by.brand, Role.LEGAL_REVIEWER)):
        assert not making.may_remove(made, by=who)
        with pytest.raises(NotMadeFrom, match="legal hold"):
            making.remove(made, record.pk, by=who)


def test_whoever_may_not_withdraw_an_approval_does_not_stop_what_is_approved_by_a_source(by: Member) -> None:
    maker = member(by.brand, Role.CREATOR)
    raw, cut, fine = VersionFactory.create(asset__brand=by.brand), approved(by), approved(by)
    link(cut, raw, by)
    rejected = VersionFactory.create(asset__brand=by.brand, approval=Approval.REJECTED)
    narrow, later = approved(by), VersionFactory.create(asset__brand=by.brand)
    RightsRecord.objects.filter(version=narrow).update(uses=["internal"])
    RightsRecord.objects.filter(version=later).update(embargo_until=timezone.now() + DAY)
    for source in (rejected, narrow, later):
        for version in (cut, raw):
            with pytest.raises(NotMadeFrom, match="would narrow"):
                link(version, source, maker)
    assert MadeFrom.objects.count() == 1
    assert verdict(cut, by) == ()
    link(raw, fine, maker)  # takes nothing away
    link(VersionFactory.create(asset__brand=by.brand), rejected, maker)  # nobody counts on it
    link(raw, rejected, member(by.brand, Role.ADMIN))
    assert verdict(cut, by)


def test_it_leaves_a_trace_that_names_no_other_clip(by: Member) -> None:
    made, source = approved(by, asset__title="Cut"), approved(by, asset__title="Secret")
    record = link(made, source, by)
    making.remove(made, record.pk, by=member(by.brand, Role.LEGAL_REVIEWER))
    events = Event.objects.filter(asset_id=made.asset_id).order_by("sequence")
    assert [each.verb for each in events] == [Verb.SOURCE_ADDED, Verb.SOURCE_REMOVED]
    for event in events:
        assert event.target == "Cut"
        assert event.data["source"] == str(source.pk)
        assert "Secret" not in str(event.data)


def test_a_new_version_begins_with_what_the_one_before_was_made_from(by: Member) -> None:
    made, source = approved(by), approved(by)
    link(made, source, by)
    later = next_version(made)
    with transaction.atomic():
        assert making.carry(made, later) == 1
        assert making.carry(made, later) == 0  # once
    assets.trash(source.asset, by=by)
    assert terms.of(Version.objects.get(pk=later.pk)).inherited == making.fresh(later)
    assert InheritedTerms.objects.get(version=later).stopped


def test_many_clips_are_looked_at_together(by: Member) -> None:
    source = approved(by)
    made = [approved(by) for _ in range(5)]
    MadeFrom.objects.bulk_create(
        MadeFrom(version=each, source=source, relation=Relation.INPUT) for each in made
    )
    with CaptureQueriesContext(
        connection,
    ) as asked:
        RightsRecord.objects.filter(version=source).update(uses=["web"])
    assert len(asked) == 1
    assert set(InheritedTerms.objects.values_list("uses__0", flat=True)) == {"web"}
    assert InheritedTerms.objects.filter(~Q(uses=["web"])).count() == 0


def test_a_new_version_is_not_made_from_more_than_there_may_be(
    by: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, later = (VersionFactory.create(asset__brand=by.brand) for _ in range(3))
    link(one, approved(by), by)
    link(two, approved(by), by)
    monkeypatch.setattr(making, "MOST_SOURCES", 1)
    with transaction.atomic():
        making.carry(one, later)
        with pytest.raises(NotMadeFrom, match="at most"):
            making.carry(two, later)


@pytest.mark.django_db(transaction=True)
def test_two_who_record_at_once_make_no_circle() -> None:
    """No row of a clip is locked by both: the lock of the brand alone makes one wait for the other."""
    by = member(BrandFactory.create(), Role.ADMIN)
    one, two, three, four = (approved(by) for _ in range(4))
    link(two, one, by)
    link(four, three, by)
    refused = at_once(lambda: link(three, two, by), lambda: link(one, four, by))
    assert [each.code for each in refused if isinstance(each, NotMadeFrom)] == ["circle"]
    assert MadeFrom.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_new_versions_that_are_made_at_once_do_not_wait_for_each_other() -> None:
    by = member(BrandFactory.create(), Role.ADMIN)
    source = approved(by)
    cuts = [VersionFactory.create(asset__brand=by.brand) for _ in range(2)]
    for cut in cuts:
        link(cut, source, by)
    written = Barrier(2, timeout=2)

    def replace(cut: Version) -> None:
        with transaction.atomic():
            making.before_carrying(cut)
            later = next_version(cut)  # its rights are written
            with suppress(BrokenBarrierError):  # where the other waits for the lock
                written.wait()
            making.carry(cut, later)

    assert at_once(*(partial(replace, cut) for cut in cuts)) == []
    assert MadeFrom.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_source_that_ends_while_it_is_recorded_is_not_missed() -> None:
    by = member(BrandFactory.create(), Role.ADMIN)
    made, source, other = (approved(by) for _ in range(3))
    MadeFrom.objects.create(version=made, source=other, relation=Relation.PARENT)
    problems = at_once(
        lambda: link(made, source, by),
        lambda: versions.set_credentials(source.pk, Credentials.ALTERED),
        lambda: versions.set_approval(other.pk, Approval.WITHDRAWN, expected=[Approval.APPROVED]),
    )
    assert problems == []
    assert len(verdict(made, by)) == 2


def at_once(*doing: Callable[[], object]) -> list[Exception]:
    """All of it at the same time; what was refused."""
    start, refused = Barrier(len(doing)), []

    def run(do: Callable[[], object]) -> None:
        try:
            start.wait()
            do()
        except Exception as problem:  # noqa: BLE001
            refused.append(problem)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=[each]) for each in doing]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return refused
