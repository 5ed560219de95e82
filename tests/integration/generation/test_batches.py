"""Many prompts at once: asked for as there is room, told line by line, and stopped."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.core import events
from generation import batches, jobs, model_register, prompt_lists
from generation.batches import BatchEnded, BatchRefused, BatchSettings, LineState, NothingLeft
from generation.models import BatchLine, GenerationJob, PromptBatch
from generation.prompt_gate import rules
from generation.prompt_gate.rules import RuleWish
from generation.states import JobState
from generation.verdicts import Subject, Verdict
from tests.factories import member
from tests.integration.generation.briefs import BRIEF
from tests.integration.generation.models import write_card

pytestmark = pytest.mark.django_db
SETTINGS = BatchSettings(frames=33, width=128, height=80, steps=8, guidance=3.0)
ROOM = jobs.MOST_OPEN - batches.KEPT_FREE


@pytest.fixture(autouse=True)
def _model(tmp_path: object, settings: object, sent: list[str]) -> None:
    settings.GENERATOR_MODEL = str(write_card(tmp_path / "model"))  # type: ignore[attr-defined,operator]


def made(by: Member, text: str, key: object = None) -> PromptBatch:
    prompts = prompt_lists.read(text)
    return batches.create(by=by, key=key or uuid4(), name="Spring", prompts=prompts, settings=SETTINGS)  # type: ignore[arg-type]


def many(count: int) -> str:
    return "prompt,seed\n" + "\n".join(f"A red ball {number},{number}" for number in range(count))


def states_of(batch: PromptBatch) -> list[LineState]:
    lines = BatchLine.objects.filter(batch=batch).select_related("job").order_by("number")
    return [batches.state_of(line, stopped=batch.stopped_at is not None) for line in lines]


def end_some(count: int) -> None:
    keys = GenerationJob.objects.order_by("created_at").values_list("pk", flat=True)
    open_ones = keys.filter(state=JobState.REQUESTED)[:count]
    GenerationJob.objects.filter(pk__in=list(open_ones)).update(state=JobState.DONE)


def test_twenty_prompts_are_asked_for_and_keep_their_seeds(creator: Member) -> None:
    batch = made(creator, many(20))
    assert states_of(batch) == [LineState.QUEUED] * 20
    asked = GenerationJob.objects.order_by("seed").values_list("seed", "prompt", "frames", "steps")
    assert list(asked)[3] == (3, "A red ball 3", 33, 8)
    batch.refresh_from_db()
    assert batch.fed_at is not None
    assert Event.objects.get(verb="job.batch_requested").data["prompts"] == 20


def test_what_has_no_room_waits_and_is_asked_for_later(creator: Member) -> None:
    batch = made(creator, many(ROOM + 5))
    assert states_of(batch).count(LineState.WAITING) == 5
    assert batches.feed_all() == 0
    assert jobs.request(by=creator, brief=BRIEF)  # there is room for a single one
    end_some(3)
    assert batches.feed_all() == 2
    end_some(ROOM)
    assert batches.feed_all() == 3
    assert LineState.WAITING not in states_of(batch)
    assert GenerationJob.objects.count() == ROOM + 6


def test_sent_twice_it_is_one_and_a_lost_answer_makes_no_second_take(creator: Member) -> None:
    key = uuid4()
    first, again = made(creator, many(3), key), made(creator, many(3), key)
    assert first.pk == again.pk
    BatchLine.objects.update(job=None, asked_at=None)
    PromptBatch.objects.update(fed_at=None)
    batches.feed_all()
    assert GenerationJob.objects.count() == 3
    assert states_of(first) == [LineState.QUEUED] * 3


def test_a_list_that_was_changed_in_the_same_form_is_another_batch(creator: Member) -> None:
    key = uuid4()
    first, other = made(creator, many(3), key), made(creator, many(4), key)
    assert first.pk != other.pk
    assert GenerationJob.objects.count() == 7


def test_another_persons_key_gives_nothing_of_theirs(brand: Brand, creator: Member) -> None:
    key = uuid4()
    mine, theirs = made(creator, many(1), key), made(member(brand, Role.CREATOR), many(1), key)
    assert mine.pk != theirs.pk
    assert theirs.requested_by != creator.user


def test_a_worker_that_dies_between_take_and_line_leaves_neither(
    creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    request, dying = jobs.request, iter([False, True])

    def asking(**given: Any) -> list[GenerationJob]:
        found = request(**given)
        if next(dying):
            raise SystemExit
        return found

    monkeypatch.setattr(jobs, "request", asking)
    with pytest.raises(SystemExit):
        made(creator, many(4))
    assert GenerationJob.objects.count() == BatchLine.objects.exclude(job=None).count() == 1
    monkeypatch.setattr(jobs, "request", request)
    assert batches.feed_all() == 3
    assert GenerationJob.objects.count() == 4


def test_what_is_stopped_while_it_is_fed_gets_no_more_takes(
    creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = made(creator, many(ROOM + 5))
    end_some(5)
    generator = model_register.generator

    def stopped_first() -> Any:
        batches.stop(batch, by=creator)
        return generator()

    monkeypatch.setattr(model_register, "generator", stopped_first)
    assert batches.feed_all() == 0
    batch.refresh_from_db()
    assert states_of(batch)[-5:] == [LineState.STOPPED] * 5
    assert not GenerationJob.objects.filter(state=JobState.REQUESTED).exists()


def test_a_line_that_is_refused_is_told_and_the_rest_goes_on(brand: Brand, creator: Member) -> None:
    rules.add(
        RuleWish("Nike", Subject.MARK, Verdict.REFUSE, reason="No marks."), by=member(brand, Role.ADMIN)
    )
    batch = made(creator, "prompt,seed\nA red ball,1\nA Nike ball,2\nA blue ball,x\nA can,4")
    assert states_of(batch) == [LineState.QUEUED, LineState.REFUSED, LineState.REFUSED, LineState.QUEUED]
    reasons = BatchLine.objects.exclude(reason="").order_by("number").values_list("reason", flat=True)
    assert "No marks." in reasons[0]
    assert "whole number" in reasons[1]


def test_a_line_with_letters_that_cant_be_kept_is_told(creator: Member) -> None:
    batch = made(creator, '{"prompt": "A red ball"}\n{"prompt": "a\\u0000b\\ud800"}')
    assert states_of(batch) == [LineState.QUEUED, LineState.REFUSED]


def test_lines_that_are_refused_take_no_room(brand: Brand, creator: Member) -> None:
    rules.add(RuleWish("Nike", Subject.MARK, Verdict.REFUSE), by=member(brand, Role.ADMIN))
    refused = "\n".join(f"A Nike ball {number}" for number in range(ROOM + 10))
    batch = made(creator, f"{refused}\nA red ball\nA blue ball")
    assert states_of(batch)[-3:] == [LineState.REFUSED, LineState.QUEUED, LineState.QUEUED]


def test_a_rule_counts_when_a_line_is_asked_for(brand: Brand, creator: Member) -> None:
    admin = member(brand, Role.ADMIN)
    rule = rules.add(RuleWish("can", Subject.WORD, Verdict.REFUSE), by=admin)
    batch = made(creator, many(ROOM) + "\nA can,1\nA Nike ball,2")
    rules.delete(rule, by=admin)
    rules.add(RuleWish("Nike", Subject.MARK, Verdict.REFUSE), by=admin)
    end_some(ROOM)
    assert batches.feed_all() == 1
    assert states_of(batch)[-2:] == [LineState.QUEUED, LineState.REFUSED]


def test_a_worker_tells_the_reason_in_the_persons_language(brand: Brand, creator: Member) -> None:
    creator.user.language = "de"
    creator.user.save()
    batch = made(creator, many(ROOM) + "\nA Nike ball,1")
    rules.add(RuleWish("Nike", Subject.MARK, Verdict.REFUSE), by=member(brand, Role.ADMIN))
    end_some(ROOM)
    batches.feed_all()
    assert "Die Regeln Ihrer Marke" in BatchLine.objects.get(batch=batch, number=ROOM + 2).reason


def test_what_waits_in_a_closed_brand_goes_on_when_it_opens_again(brand: Brand, creator: Member) -> None:
    batch = made(creator, many(ROOM + 2))
    end_some(ROOM)
    Brand.objects.update(closed_at=timezone.now())
    assert batches.feed_all() == 0
    assert states_of(batch)[-2:] == [LineState.WAITING] * 2
    Brand.objects.update(closed_at=None)
    assert batches.feed_all() == 2


def test_a_batch_that_cant_be_fed_keeps_no_other_from_it(
    brand: Brand, creator: Member, caplog: pytest.LogCaptureFixture
) -> None:
    broken = made(creator, many(ROOM + 1))
    fine = made(member(brand, Role.CREATOR), many(ROOM + 1))
    PromptBatch.objects.filter(pk=broken.pk).update(settings={"of": "another release"})
    end_some(2 * ROOM)
    assert batches.feed_all() == 1
    assert LineState.WAITING not in states_of(fine)
    assert "can't be fed" in caplog.text


def test_pages_are_told_only_of_what_changed(creator: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = made(creator, many(ROOM + 2))
    told: list[str] = []
    monkeypatch.setattr(events, "publish", lambda *, brand_id, name: told.append(name))
    batches.feed_all()
    assert told == []
    end_some(1)
    batches.feed_all()
    assert told.count(f"batch-{batch.pk}") == 1


def test_five_hundred_prompts_are_kept_at_once(
    creator: Member, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(20 * ROOM + 40):
        batch = made(creator, many(prompt_lists.MOST_LINES))
    counts = batches.progress([batch])[batch.pk].counts
    assert (counts[LineState.QUEUED], counts[LineState.WAITING]) == (ROOM, prompt_lists.MOST_LINES - ROOM)


def test_a_take_that_is_tried_again_is_open_again(creator: Member) -> None:
    batch = made(creator, many(1))
    jobs.cancel(GenerationJob.objects.get(), by=creator)
    assert batches.progress([batch])[batch.pk].ended == 1
    jobs.retry(GenerationJob.objects.select_related("brand").get(), by=creator)
    assert states_of(batch) == [LineState.QUEUED]


def test_what_is_being_cancelled_is_not_cancelled_twice(creator: Member) -> None:
    batch = made(creator, many(2))
    jobs.claim(GenerationJob.objects.earliest("created_at").pk)
    assert batches.stop(batch, by=creator) == 2
    with pytest.raises(BatchEnded):
        batches.stop(batch, by=creator)
    assert Event.objects.filter(verb="job.batch_stopped").count() == 1


def test_what_was_stopped_goes_on_with_its_seeds_and_leaves_what_was_cancelled_before(
    creator: Member,
) -> None:
    batch = made(creator, "\n".join(f"A red ball {number}" for number in range(ROOM + 2)))
    first = GenerationJob.objects.earliest("created_at")
    jobs.cancel(first, by=creator)
    seeds = set(GenerationJob.objects.exclude(pk=first.pk).values_list("pk", "seed"))
    batches.stop(batch, by=creator)
    assert batches.go_on(batch, by=creator) == ROOM
    batch.refresh_from_db()
    found = states_of(batch)
    assert found[0] == LineState.CANCELLED
    assert found[1:] == [LineState.QUEUED] * ROOM + [LineState.WAITING]
    assert seeds <= set(GenerationJob.objects.filter(state=JobState.REQUESTED).values_list("pk", "seed"))
    assert Event.objects.filter(verb="job.batch_continued").count() == 1
    with pytest.raises(NothingLeft):
        batches.go_on(batch, by=creator)


def test_a_batch_that_was_wholly_queued_goes_on_after_a_stop_too(creator: Member) -> None:
    batch = made(creator, many(3))
    batches.stop(batch, by=creator)
    assert batches.go_on(batch, by=creator) == 3
    assert GenerationJob.objects.filter(state=JobState.REQUESTED).count() == 3


def test_a_stopped_batch_goes_on_only_while_few_wait_and_something_is_left(creator: Member) -> None:
    done = made(creator, many(1))
    end_some(1)
    with pytest.raises(BatchEnded):
        batches.stop(done, by=creator)
    with pytest.raises(NothingLeft):
        batches.go_on(done, by=creator)
    stopped = made(creator, many(ROOM + 1))
    batches.stop(stopped, by=creator)
    for _ in range(batches.MOST_OPEN):
        made(creator, many(ROOM + 1))
    with pytest.raises(BatchRefused):
        batches.go_on(stopped, by=creator)
    stopped.refresh_from_db()
    assert states_of(stopped) == [LineState.CANCELLED] * ROOM + [LineState.STOPPED]


def test_a_rule_that_came_meanwhile_refuses_what_goes_on(brand: Brand, creator: Member) -> None:
    batch = made(creator, "A red ball\nA Nike ball")
    batches.stop(batch, by=creator)
    rules.add(RuleWish("Nike", Subject.MARK, Verdict.REFUSE), by=member(brand, Role.ADMIN))
    assert batches.go_on(batch, by=creator) == 1
    assert states_of(batch) == [LineState.QUEUED, LineState.REFUSED]


def test_a_list_without_a_usable_line_is_refused(creator: Member) -> None:
    with pytest.raises(BatchRefused):
        made(creator, "prompt,seed\nA,x")
    assert not PromptBatch.objects.exists()


def test_one_person_has_few_that_wait(creator: Member) -> None:
    for _ in range(batches.MOST_OPEN):
        made(creator, many(ROOM + 1))
    with pytest.raises(BatchRefused):
        made(creator, many(1))


def test_stopping_cancels_what_is_open_and_asks_for_no_more(creator: Member) -> None:
    batch = made(creator, many(ROOM + 2))
    end_some(1)
    assert batches.stop(batch, by=creator) == ROOM - 1
    batch.refresh_from_db()
    found = states_of(batch)
    assert [found.count(each) for each in (LineState.DONE, LineState.CANCELLED, LineState.STOPPED)] == [
        1,
        ROOM - 1,
        2,
    ]
    assert batches.feed_all() == 0
    with pytest.raises(BatchEnded):
        batches.stop(batch, by=creator)


def test_who_may_not_generate_any_more_gets_no_further_takes(brand: Brand, creator: Member) -> None:
    batch = made(creator, many(ROOM + 2))
    end_some(ROOM)
    Membership.objects.filter(user=creator.user).update(role=Role.VIEWER)
    assert batches.feed_all() == 0
    assert states_of(batch)[-2:] == [LineState.REFUSED] * 2
    with pytest.raises(PermissionDenied):
        made(member(brand, Role.VIEWER), many(1))


def test_progress_of_many_is_one_query(
    creator: Member, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    both = [made(creator, many(4)), made(creator, "A red ball\n" + "x" * 1001)]
    end_some(2)
    GenerationJob.objects.filter(state=JobState.REQUESTED).earliest("created_at").delete()
    with django_assert_num_queries(1):
        found = batches.progress(both)
    first, second = (found[batch.pk] for batch in both)
    assert (first.total, first.ended, first.counts[LineState.DONE]) == (4, 3, 2)
    assert first.counts[LineState.FORGOTTEN] == 1
    assert (second.total, second.counts[LineState.REFUSED]) == (2, 1)


def test_a_model_that_is_away_keeps_the_lines_waiting(creator: Member, settings: object) -> None:
    settings.GENERATOR_MODEL = "/nowhere"  # type: ignore[attr-defined]
    batch = made(creator, many(2))
    assert states_of(batch) == [LineState.WAITING] * 2


def test_steps_beyond_the_model_are_its_most(creator: Member) -> None:
    prompts = prompt_lists.read("A red ball")
    batches.create(by=creator, key=uuid4(), name="", prompts=prompts, settings=replace(SETTINGS, steps=9999))
    assert GenerationJob.objects.get().steps == 40
