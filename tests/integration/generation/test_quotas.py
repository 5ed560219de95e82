"""Machine time of takes: counted as a worker lets go of them, and no more than a brand allows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog.models import Version
from generation import batches, jobs, quotas
from generation.batches import LineState
from generation.models import GenerationJob, MachineTime
from generation.quotas import QuotaUsed
from tests.factories import BrandFactory, VersionFactory, member
from tests.integration.generation.briefs import BRIEF
from tests.integration.generation.models import write_card
from tests.integration.generation.test_batches import made, many, states_of
from tests.integration.provenance.web.room import signed_in

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def run(creator: Member, *, seconds: float, began: datetime = NOON) -> GenerationJob:
    (job,) = jobs.request(by=creator, brief=BRIEF)
    claimed = jobs.claim(job.pk, at=began)
    assert claimed is not None
    return claimed


def fail(creator: Member, *, seconds: float, began: datetime = NOON) -> None:
    jobs.fail(run(creator, seconds=seconds, began=began), reason="No.", at=began + timedelta(seconds=seconds))


def used(brand: Brand, at: datetime = NOON) -> tuple[float, int]:
    found = quotas.total(brand, at=at)
    return (found.seconds, found.takes) if found is not None else (0.0, 0)


def test_what_a_worker_spends_counts_however_it_ends(brand: Brand, creator: Member, sent: list[str]) -> None:
    fail(creator, seconds=40)
    cancelled = run(creator, seconds=5)
    jobs.cancel(cancelled, by=creator)
    jobs.stop(cancelled, at=NOON + timedelta(seconds=5))
    job = run(creator, seconds=20)
    jobs.begin_signing(job)
    version: Version = VersionFactory.create(asset__brand=brand)
    jobs.finish(job, version, at=NOON + timedelta(seconds=20))
    assert used(brand) == (65.0, 1)
    assert used(BrandFactory.create()) == (0.0, 0)


def test_a_take_that_is_given_back_has_used_what_it_used(
    brand: Brand, creator: Member, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON + timedelta(seconds=7))
    jobs.release(run(creator, seconds=7))
    assert used(brand) == (7.0, 0)


def test_a_worker_that_died_is_counted_until_its_last_sign_of_life(
    brand: Brand, creator: Member, sent: list[str]
) -> None:
    """A machine that was off all night has made nothing all night."""
    job = run(creator, seconds=0)
    assert jobs.beat(job, at=NOON + timedelta(seconds=30))
    assert jobs.recover(at=NOON + timedelta(hours=12)) == 1
    assert used(brand) == (30.0, 0)


def test_what_is_withdrawn_before_it_ran_has_used_nothing(brand: Brand, creator: Member) -> None:
    (job,) = jobs.request(by=creator, brief=BRIEF)
    jobs.cancel(job, by=creator)
    assert not MachineTime.objects.exists()


def test_each_month_begins_anew_where_the_brand_is(brand: Brand, creator: Member, sent: list[str]) -> None:
    Brand.objects.update(time_zone="Asia/Tokyo")
    creator.brand.refresh_from_db()
    fail(creator, seconds=30, began=datetime(2026, 11, 30, 14, tzinfo=UTC))  # 23:00 there
    fail(creator, seconds=50, began=datetime(2026, 11, 30, 16, tzinfo=UTC))  # 1:00 on 1 December there
    brand.refresh_from_db()
    assert used(brand, datetime(2026, 11, 5, tzinfo=UTC)) == (30.0, 0)
    assert used(brand, datetime(2026, 12, 5, tzinfo=UTC)) == (50.0, 0)


def test_once_the_brands_time_is_used_nothing_more_is_asked_for(
    brand: Brand, creator: Member, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    Brand.objects.update(take_minutes=1)
    creator.brand.refresh_from_db()
    fail(creator, seconds=59)
    (job,) = jobs.request(by=creator, brief=BRIEF)  # a second is left
    fail(creator, seconds=1)
    with pytest.raises(QuotaUsed, match="This brand has used its 1 min of machine time") as refused:
        jobs.request(by=member(brand, Role.CREATOR), brief=BRIEF)
    assert "1 December 2026" in str(refused.value)
    jobs.cancel(job, by=creator)
    with pytest.raises(QuotaUsed):
        jobs.retry(job, by=creator)
    assert jobs.claim(job.pk) is None


def test_one_persons_limit_leaves_the_others_theirs(
    brand: Brand, creator: Member, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    Brand.objects.update(person_take_minutes=1)
    creator.brand.refresh_from_db()
    fail(creator, seconds=90)
    with pytest.raises(QuotaUsed, match="You have used your 1 min"):
        jobs.request(by=creator, brief=BRIEF)
    assert jobs.request(by=member(brand, Role.CREATOR), brief=BRIEF)


def test_without_a_limit_nothing_is_asked_of_the_database(
    brand: Brand, creator: Member, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        quotas.require(brand, creator.user)
        assert quotas.nearest(brand, creator.user) is None


@pytest.fixture
def _model(tmp_path: Any, settings: Any, sent: list[str]) -> None:
    settings.GENERATOR_MODEL = str(write_card(tmp_path / "model"))


@pytest.mark.usefixtures("_model")
def test_a_batch_waits_for_the_next_month(
    brand: Brand, creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    Brand.objects.update(take_minutes=0)
    creator.brand.refresh_from_db()
    batch = made(creator, many(2))
    assert states_of(batch) == [LineState.WAITING] * 2
    page = signed_in(creator).get(reverse("prompt-batch", args=[brand.slug, batch.pk])).content.decode()
    assert "This brand has used its 0 s of machine time for this month." in page
    assert "The rest is queued automatically then." in page
    Brand.objects.update(take_minutes=None)
    assert batches.feed_all() == 2


@pytest.mark.usefixtures("_model")
def test_the_brief_says_how_much_is_used_before_anything_is_asked_for(brand: Brand, creator: Member) -> None:
    page = reverse("generate", args=[brand.slug])
    assert "of machine time" not in signed_in(creator).get(page).content.decode()
    Brand.objects.update(take_minutes=120)
    shown = signed_in(creator).get(page).content.decode()
    assert "This brand has used 0 s of its 2 h of machine time this month." in shown


def test_who_manages_the_brand_sees_whose_takes_used_what(
    brand: Brand, creator: Member, sent: list[str], django_assert_max_num_queries: Any
) -> None:
    fail(creator, seconds=3 * 3600 + 1200, began=datetime.now(UTC) - timedelta(hours=3, minutes=20))
    page = reverse("administration-running", args=[brand.slug])
    shown = signed_in(member(brand, Role.ADMIN)).get(page).content.decode()
    assert "3 h 20 min" in shown
    assert creator.name in shown


def test_a_limit_is_set_in_the_brands_settings(brand: Brand) -> None:
    from dam.access import brand_settings

    admin = member(brand, Role.ADMIN)
    brand_settings.save(brand, by=admin, revision=brand.revision, take_minutes=90, person_take_minutes=None)
    brand.refresh_from_db()
    assert (brand.take_minutes, brand.person_take_minutes) == (90, None)
    with pytest.raises(brand_settings.SettingRefused):
        brand_settings.save(brand, by=admin, revision=brand.revision, take_minutes=-1)
