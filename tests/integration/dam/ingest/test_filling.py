"""Renditions that older clips lack, asked for on the page *Storage and jobs*."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone, translation

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog.models import Version
from dam.ingest import disk_space, filling, missing
from dam.ingest.filling import FillUnderWay
from dam.ingest.models import FillState, RenditionFill, Step, StepState
from dam.media.errors import FileRefused
from dam.media.specs import RenditionSpec
from tests.factories import BrandFactory, member
from tests.integration.dam.ingest.test_missing import clip
from tests.integration.provenance.web.room import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    return BrandFactory.create()


@pytest.fixture
def admin(brand: Brand) -> Member:
    return member(brand, Role.ADMIN)


def clips(brand: Brand, many: int) -> None:
    for _ in range(many):
        clip(asset__brand=brand)


def turn() -> int:
    return filling.go_on(at=timezone.now())


def settle() -> None:
    """What waits is made."""
    Step.objects.filter(name="stream").update(state=StepState.SKIPPED, started_at=timezone.now())


def now(brand: Brand) -> RenditionFill:
    return RenditionFill.objects.get(brand=brand, kind="stream")


def test_all_that_lack_it_get_it_a_few_at_a_time_and_then_it_is_done(
    brand: Brand, admin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missing, "AT_ONCE", 2)
    clips(brand, 3)
    clips(BrandFactory.create(), 1)
    filling.start(brand, "stream", by=admin)
    assert turn() == 2
    assert (now(brand).state, now(brand).asked, now(brand).of) == (FillState.MAKING, 2, 3)
    assert turn() == 0  # no room
    settle()
    assert turn() == 1
    assert (now(brand).state, now(brand).asked) == (FillState.DONE, 3)
    assert turn() == 0


def test_it_goes_on_behind_the_last_one_and_asks_for_none_twice(
    brand: Brand, admin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missing, "AT_ONCE", 1)
    clips(brand, 3)
    filling.start(brand, "stream", by=admin)
    seen: list[Any] = []
    real = missing.ask

    def watched(spec: RenditionSpec, version: Version) -> bool:
        seen.append(version.pk)
        return real(spec, version)

    monkeypatch.setattr(missing, "ask", watched)
    for _ in range(5):
        turn()
        settle()
    assert len(seen) == len(set(seen)) == 3


def test_a_second_one_is_refused_while_it_is_under_way(brand: Brand, admin: Member) -> None:
    filling.start(brand, "stream", by=admin)
    with pytest.raises(FillUnderWay):
        filling.start(brand, "stream", by=admin)
    filling.start(brand, "poster", by=admin)
    assert filling.stop(brand, "stream", by=admin, at=timezone.now())
    filling.start(brand, "stream", by=admin)


def test_stopped_it_asks_for_nothing_more(brand: Brand, admin: Member) -> None:
    clips(brand, 1)
    filling.start(brand, "stream", by=admin)
    assert filling.stop(brand, "stream", by=admin, at=timezone.now())
    assert not filling.stop(brand, "stream", by=admin, at=timezone.now())
    assert (turn(), now(brand).state) == (0, FillState.STOPPED)


def test_a_closed_brand_waits_until_it_is_opened_again(brand: Brand, admin: Member) -> None:
    clips(brand, 1)
    filling.start(brand, "stream", by=admin)
    Brand.objects.filter(pk=brand.pk).update(closed_at=timezone.now())
    assert (turn(), now(brand).state) == (0, FillState.MAKING)
    Brand.objects.filter(pk=brand.pk).update(closed_at=None)
    assert (turn(), now(brand).state) == (1, FillState.DONE)


def test_what_was_stopped_in_the_middle_of_a_turn_asks_for_no_more(
    brand: Brand, admin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    clips(brand, 3)
    filling.start(brand, "stream", by=admin)

    def stopped(spec: RenditionSpec) -> bool:
        filling.stop(brand, "stream", by=admin, at=timezone.now())
        return True

    monkeypatch.setattr(missing, "has_room", stopped)
    assert (turn(), now(brand).state) == (0, FillState.STOPPED)
    assert not Step.objects.filter(name="stream").exists()


def test_a_full_disk_ends_it_with_its_reason(
    brand: Brand, admin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(size: int) -> None:
        raise FileRefused("disk_full")

    monkeypatch.setattr(disk_space, "require_work", full)
    clips(brand, 1)
    filling.start(brand, "stream", by=admin)
    turn()
    assert (now(brand).state, bool(now(brand).reason), now(brand).asked) == (FillState.REFUSED, True, 0)


def test_a_turn_has_an_end(brand: Brand, admin: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "TURN_SECONDS", 0.0)
    clips(brand, 1)
    filling.start(brand, "stream", by=admin)
    assert (turn(), now(brand).state) == (0, FillState.MAKING)


def test_it_is_for_who_administers_the_brand_and_in_its_log(brand: Brand, admin: Member) -> None:
    for other in (member(brand, Role.CREATOR), member(BrandFactory.create(), Role.ADMIN)):
        with pytest.raises(PermissionDenied):
            filling.start(brand, "stream", by=other)
    filling.start(brand, "stream", by=admin)
    filling.stop(brand, "stream", by=admin, at=timezone.now())
    verbs = Event.objects.filter(brand=brand).order_by("sequence").values_list("verb", flat=True)
    assert list(verbs) == ["renditions.asked", "renditions.stopped"]


def test_kinds_are_named_in_the_language_of_who_reads_them(brand: Brand) -> None:
    with translation.override("de"):
        assert "Prüfvorschau" in {each.title for each in filling.of(brand)}


def test_the_page_starts_it_shows_how_it_stands_and_stops_it(
    brand: Brand, admin: Member, django_assert_max_num_queries: Any
) -> None:
    clips(brand, 2)
    browser = signed_in(admin)
    page = reverse("administration-running", args=[brand.slug])
    start, stop = (
        reverse(name, args=[brand.slug, "stream"])
        for name in ("administration-fill", "administration-fill-stop")
    )
    assert browser.post(start).status_code == 302
    assert browser.post(start, follow=True).status_code == 200  # pressed twice
    assert "Counting the clips that lack it" in browser.get(page).content.decode()
    fragment = browser.get(page, headers={"HX-Request": "true", "HX-Target": "fills"}).content.decode()
    assert "every 10s" in fragment
    turn()
    fragment = browser.get(page, headers={"HX-Request": "true", "HX-Target": "fills"}).content.decode()
    assert "2 of 2 clips asked for" in fragment or "Done" in fragment
    assert "<html" not in fragment
    assert "every 10s" not in fragment  # all are asked for
    browser.post(stop)
    assert browser.post(reverse("administration-fill", args=[brand.slug, "odd"])).status_code == 404
