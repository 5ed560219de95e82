"""What a version was made from: who may record it, and that nothing made from it does more for a moment."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dam.accounts.capabilities import Role
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
from tests.factories import ApprovedVersionFactory, BrandFactory, VersionFactory, member, next_version

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
    making.remove(made, record.pk, by=by)
    assert not InheritedTerms.objects.exists()


def test_a_source_deleted_for_good_goes_on_stopping_it(by: Member) -> None:
    source, made = VersionFactory.create(asset__brand=by.brand), approved(by)
    link(made, source, by)
    assets.trash(source.asset, by=by)
    assert deleting.by_hand(Asset.objects.filter(pk=source.asset_id), by=by) == 1
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
    assert verdict(made, viewer) == ("It's made from a clip you can't see, which a reviewer rejected.",)
    assert [each.version for each in making.links(made, by=viewer)] == [None]
    assert making.used_in(source, by=viewer, most=5) == ([made], 1)


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


def test_only_who_may_withdraw_an_approval_takes_a_source_from_what_is_approved(by: Member) -> None:
    maker, legal = member(by.brand, Role.CREATOR), member(by.brand, Role.LEGAL_REVIEWER)
    made, source = approved(by), approved(by)
    record = link(made, source, by)
    with pytest.raises(NotMadeFrom, match="review counts on this"):
        making.remove(made, record.pk, by=maker)
    making.remove(made, record.pk, by=legal)
    own = link(made, source, maker)
    making.remove(made, own.pk, by=maker)  # a slip, taken back at once
    own = link(made, source, maker)
    MadeFrom.objects.update(recorded_at=timezone.now() - DAY)
    with pytest.raises(NotMadeFrom, match="review counts on this"):
        making.remove(made, own.pk, by=maker)
    with pytest.raises(PermissionDenied):
        making.remove(made, own.pk, by=member(by.brand, Role.VIEWER))


def test_it_leaves_a_trace_that_names_no_other_clip(by: Member) -> None:
    made, source = approved(by, asset__title="Cut"), approved(by, asset__title="Secret")
    record = link(made, source, by)
    making.remove(made, record.pk, by=by)
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


@pytest.mark.django_db(transaction=True)
def test_two_who_record_at_once_make_no_circle() -> None:
    by = member(BrandFactory.create(), Role.ADMIN)
    one, two = approved(by), approved(by)
    refused = at_once(lambda: link(one, two, by), lambda: link(two, one, by))
    assert [each.code for each in refused if isinstance(each, NotMadeFrom)] == ["circle"]
    assert MadeFrom.objects.count() == 1


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
