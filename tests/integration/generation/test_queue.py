"""Many takes at once: fair turns between brands and people, true places, and a bound for each person."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dam.accounts.models import Brand
from dam.accounts.principals import Member
from generation import jobs, runner, selectors
from generation.generators.base import ModelIdentity
from generation.models import GenerationJob
from generation.states import JobState
from generation.web import cards
from tests.factories import BrandFactory, member
from tests.integration.generation.briefs import BRIEF

pytestmark = pytest.mark.django_db
FOUR = replace(BRIEF, takes=4)


def fill(creator: Member) -> None:
    """As many takes as one person may have in the queue."""
    for _ in range(jobs.MOST_OPEN // 4):
        jobs.request(by=creator, brief=FOUR)


def test_another_brands_take_does_not_stand_behind_a_full_queue(creator: Member) -> None:
    fill(creator)
    (theirs,) = jobs.request(by=member(BrandFactory.create()), brief=BRIEF)
    taken = [jobs.claim_next(), jobs.claim_next()]
    assert theirs in taken


def test_another_persons_take_does_not_stand_behind_a_full_queue(brand: Brand, creator: Member) -> None:
    fill(creator)
    (theirs,) = jobs.request(by=member(brand), brief=BRIEF)
    assert theirs in [jobs.claim_next(), jobs.claim_next()]


def test_takes_are_made_in_the_order_that_their_cards_tell(brand: Brand, creator: Member) -> None:
    jobs.request(by=creator, brief=FOUR)
    jobs.request(by=member(brand), brief=FOUR)
    jobs.request(by=member(BrandFactory.create()), brief=FOUR)
    jobs.claim_next()
    told = selectors.places()
    assert sorted(told.values()) == list(range(1, 12))
    for place in range(1, 12):
        taken = jobs.claim_next()
        assert taken is not None
        assert told[taken.pk] == place


def test_a_new_take_is_told_its_own_place(brand: Brand, creator: Member) -> None:
    fill(creator)
    other = member(brand)
    told = selectors.before_next(brand, by=other.user)
    (job,) = jobs.request(by=other, brief=BRIEF)
    assert told == selectors.places()[job.pk] == 1


def test_a_page_of_cards_asks_for_places_once(
    creator: Member, brand: Brand, django_assert_max_num_queries: Any
) -> None:
    fill(creator)
    waiting = list(selectors.for_cards(brand))
    with django_assert_max_num_queries(3):
        made = cards.all_of(waiting, by=creator, at=timezone.now())
    assert sorted(card.ahead for card in made) == list(range(jobs.MOST_OPEN))


def test_what_one_person_may_queue_is_bounded_and_the_refusal_says_what_to_do(creator: Member) -> None:
    fill(creator)
    with pytest.raises(jobs.QueueFull, match=r"24 of your takes are in the queue.*cancel some"):
        jobs.request(by=creator, brief=BRIEF)
    assert GenerationJob.objects.count() == jobs.MOST_OPEN
    waiting = GenerationJob.objects.first()
    assert waiting is not None
    jobs.cancel(waiting, by=creator)
    jobs.request(by=creator, brief=BRIEF)


def test_a_brief_that_fits_in_part_is_told_for_how_many_there_is_room(creator: Member) -> None:
    fill(creator)
    for job in GenerationJob.objects.order_by("created_at")[:2]:
        jobs.cancel(job, by=creator)
    with pytest.raises(jobs.QueueFull, match="room for 2 more"):
        jobs.request(by=creator, brief=FOUR)


def test_trying_again_is_bounded_too(creator: Member) -> None:
    (first,) = jobs.request(by=creator, brief=BRIEF)
    jobs.cancel(first, by=creator)
    fill(creator)
    with pytest.raises(jobs.QueueFull):
        jobs.retry(first, by=creator)
    first.refresh_from_db()
    assert first.state == JobState.CANCELLED


def test_a_second_click_at_the_bound_is_no_refusal(creator: Member) -> None:
    for _ in range(jobs.MOST_OPEN // 4 - 1):
        jobs.request(by=creator, brief=FOUR)
    key = uuid4()
    first = jobs.request(by=creator, brief=FOUR, key=key)
    assert jobs.request(by=creator, brief=FOUR, key=key) == first


def test_the_page_keeps_the_brief_and_says_so(client: Client, creator: Member, brand: Brand) -> None:
    fill(creator)
    client.force_login(creator.user)
    page = client.get(reverse("generate", args=[brand.slug]))
    names = ("size", "frames", "steps", "guidance", "takes", "key")
    form = {name: page.context["form"].initial[name] for name in names} | {"prompt": "A kept prompt"}
    answer = client.post(reverse("generate", args=[brand.slug]), form)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "of your takes are in the queue" in text
    assert "A kept prompt" in text


@pytest.mark.django_db(transaction=True)
def test_clicks_at_once_do_not_pass_the_bound(servers: None, creator: Member) -> None:
    for _ in range(jobs.MOST_OPEN // 4 - 1):
        jobs.request(by=creator, brief=FOUR)
    start = threading.Barrier(4)
    refused: list[Exception] = []

    def click() -> None:
        start.wait()
        try:
            jobs.request(by=creator, brief=FOUR)
        except jobs.QueueFull as full:
            refused.append(full)
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(4)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert (GenerationJob.objects.count(), len(refused)) == (jobs.MOST_OPEN, 3)


@pytest.mark.parametrize(("frames", "index"), [(17, "job_latest_clips"), (1, "job_latest_pictures")])
def test_how_long_takes_run_is_read_from_an_index_of_their_own(frames: int, index: str) -> None:
    """However many pictures were made since the last clip, and the other way round."""
    identity = ModelIdentity(
        name="previz-dit",
        version="0.1",
        licence="",
        weights_sha256="",
        pipeline_class="",
        early_checkpoint=False,
        note="",
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    with CaptureQueriesContext(connection) as asked:
        selectors.expected_seconds(frames=frames, width=128, height=80, steps=8, identity=identity)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {asked.captured_queries[0]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert index in plan
    assert "Sort" not in plan
    assert "frames" not in plan  # nothing is read to be left out


def test_a_take_for_a_loaded_model_goes_first_but_not_for_long(creator: Member, sent: list[str]) -> None:
    other, fitting, third = (
        jobs.request(by=creator, brief=BRIEF, generator=name)[0] for name in ("other", "loaded", "")
    )
    at = timezone.now()

    def taken(*, later: timedelta) -> list[str]:
        """What a worker would take next, and then."""
        order = [job_id for job_id in jobs.in_turn() if job_id is not None]
        found = jobs._fitting_first(order, lambda name: name == "loaded", at=at + later)
        names = dict(GenerationJob.objects.values_list("pk", "generator"))
        return list(dict.fromkeys(names[job_id] for job_id in found))

    assert taken(later=timedelta()) == ["loaded", "other", ""]
    assert taken(later=jobs.PATIENCE) == ["other", "loaded", ""]
    assert jobs.claim_next(fits=lambda name: name == "loaded") == fitting
    assert jobs.claim_next(fits=lambda name: name == "loaded") == other
    assert jobs.claim_next() == third


def test_only_what_stands_in_turn_and_is_loaded_here_overtakes(
    creator: Member, sent: list[str], model_here: None
) -> None:
    jobs.request(by=creator, brief=BRIEF, generator="gone")
    assert not runner._is_loaded("gone")
    assert not runner._is_loaded("")
    assert jobs.claim_next(fits=runner._is_loaded) is not None
