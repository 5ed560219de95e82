"""People who work on the same clips at the same moment: nobody's change is lost, and nobody gets an error."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit import trail
from dam.catalog import assets, tags
from dam.catalog.models import Asset, Tag
from tests.factories import BrandFactory, VersionFactory, member

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], object]) -> list[Exception]:
    """Run them together, each in a thread with a connection of its own; what they raised."""
    together, failures = threading.Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        try:
            together.wait(timeout=60)
            work()
        except Exception as problem:  # noqa: BLE001 - a thread's failure is the test's
            failures.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads)
    return failures


def clips(brand: Brand, person: Member, count: int) -> list[Asset]:
    made = [VersionFactory.create(asset__brand=brand, asset__created_by=person.user) for _ in range(count)]
    return [version.asset for version in made]


def tag_in_browser(brand: Brand, person: Member, chosen: list[Asset], words: str) -> None:
    client = Client(raise_request_exception=True)
    client.force_login(person.user)
    form = {"asset": [str(asset.pk) for asset in chosen], "tags": words}
    assert client.post(reverse("selection-tags", args=[brand.slug]), form).status_code == 302


def test_ten_people_who_tag_one_clip_at_once_each_keep_their_tag() -> None:
    brand = BrandFactory.create()
    people = [member(brand, Role.CREATOR) for _ in range(10)]
    (clip,) = clips(brand, people[0], 1)
    failures = at_once(
        *(
            lambda person=person, number=number: tag_in_browser(brand, person, [clip], f"tag {number}")
            for number, person in enumerate(people)
        )
    )
    assert failures == []
    assert set(clip.tags.values_list("name", flat=True)) == {f"tag {number}" for number in range(10)}
    assert trail.first_broken(brand) is None


def test_bulk_tagging_and_single_edits_do_not_stop_each_other() -> None:
    brand = BrandFactory.create()
    person, other = member(brand, Role.LIBRARIAN), member(brand, Role.CREATOR)
    chosen = clips(brand, person, 12)

    def edit_each() -> None:
        for asset in reversed(chosen):
            assets.edit(asset, by=other, title=f"{asset.title} again", tag_names=["autumn", "beach"])

    def tag_all() -> None:
        for word in ("summer", "beach, autumn", "autumn, city", "winter"):
            tag_in_browser(brand, person, chosen, word)

    def trash_and_restore() -> None:
        for _ in range(4):
            for asset in assets.trash_many(chosen[::-1], by=person):
                assets.restore(asset, by=person)

    assert at_once(tag_all, edit_each, tag_all, edit_each, trash_and_restore) == []
    assert trail.first_broken(brand) is None


def test_a_tag_that_nobody_uses_goes_when_the_house_is_cleaned() -> None:
    brand = BrandFactory.create()
    person = member(brand, Role.CREATOR)
    (clip,) = clips(brand, person, 1)
    assets.edit(clip, by=person, tag_names=["summer"])
    assets.edit(clip, by=person, tag_names=["winter"])
    assert tags.delete_unused() == 1
    assert list(Tag.objects.filter(brand=brand).values_list("name", flat=True)) == ["winter"]


def test_tags_that_come_and_go_at_once_are_kept_where_they_are_used() -> None:
    brand = BrandFactory.create()
    person = member(brand, Role.CREATOR)
    chosen = clips(brand, person, 4)

    def give_and_take() -> None:
        for _ in range(8):
            assets.add_tags(chosen, ["summer"], by=person)
            for asset in chosen:
                assets.edit(asset, by=person, tag_names=[])

    def clean() -> None:
        for _ in range(40):
            tags.delete_unused()

    assert at_once(give_and_take, give_and_take, clean) == []
    assets.add_tags(chosen, ["summer"], by=person)
    assert all(list(asset.tags.values_list("name", flat=True)) == ["summer"] for asset in chosen)


def test_who_waited_for_an_asset_gets_the_version_that_came_meanwhile() -> None:
    brand = BrandFactory.create()
    (clip,) = clips(brand, member(brand, Role.CREATOR), 1)
    newer = VersionFactory.create(asset=clip, number=2)
    Asset.objects.filter(pk=clip.pk).update(latest=clip.versions.get(number=1))
    held, got = threading.Event(), []

    def bring_a_version() -> None:
        with transaction.atomic():
            Asset.objects.select_for_update(no_key=True).get(pk=clip.pk)
            held.set()
            until_somebody_waits()
            Asset.objects.filter(pk=clip.pk).update(latest=newer)

    def lock() -> None:
        held.wait(timeout=60)
        with transaction.atomic():
            got.extend(assets.lock([clip]))

    assert at_once(bring_a_version, lock) == []
    assert [asset.latest for asset in got] == [newer]


def until_somebody_waits() -> None:
    """For a row that this connection holds."""
    waiting = "SELECT 1 FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    for _ in range(2_000):
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            if cursor.fetchone():
                return
        time.sleep(0.01)
    raise AssertionError("Nobody waits.")
