"""A brand's rules for prompts, what they keep from the queue, and the waivers that legal reviewers grant."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from dam.accounts import times
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.notifications import following
from dam.notifications.models import Notification
from generation import jobs
from generation.models import GenerationJob, PromptRule, PromptWaiver
from generation.prompt_gate import gate, rules, waivers
from generation.prompt_gate.gate import PromptRefused
from generation.prompt_gate.rules import RuleChanged, RuleRefused, RuleWish
from generation.prompt_gate.waivers import AlreadyDecided, WaiverRefused
from generation.states import JobState
from generation.verdicts import Subject, Verdict, read
from tests.factories import BrandFactory, member
from tests.integration.generation.briefs import BRIEF

pytestmark = pytest.mark.django_db
SHOE = "a red shoe by Nike on a table"


@pytest.fixture
def admin(brand: Brand) -> Member:
    return member(brand, Role.ADMIN)


@pytest.fixture
def lawyer(brand: Brand) -> Member:
    return member(brand, Role.LEGAL_REVIEWER)


def rule(admin: Member, name: str, verdict: Verdict, **fields: object) -> PromptRule:
    return rules.add(replace(RuleWish(name, Subject.MARK, verdict), **fields), by=admin)  # type: ignore[arg-type]


def asked(by: Member, prompt: str = SHOE, reason: str = "Licence 12 of 2026") -> PromptWaiver:
    return waivers.ask(by=by, prompt=prompt, judgement=gate.judge(by.brand, prompt), reason=reason)


def soon(brand: Brand, days: int = 30) -> object:
    return times.today_in(times.of_brand(brand)) + timedelta(days=days)


class TestTheGate:
    def test_without_rules_everything_may_be_asked(self, brand: Brand, creator: Member) -> None:
        (job,) = jobs.request(by=creator, brief=BRIEF)
        assert job.gate == {}

    def test_what_is_refused_never_reaches_the_queue(
        self, brand: Brand, creator: Member, admin: Member, sent: list[str]
    ) -> None:
        rule(admin, "Nike", Verdict.REFUSE, reason="Show a shoe without a mark.")
        with pytest.raises(PromptRefused, match=r"“N1KE” in a prompt\. Show a shoe without a mark"):
            jobs.request(by=creator, brief=replace(BRIEF, prompt="a shoe by N1KE"))
        assert not sent
        assert not GenerationJob.objects.exists()

    def test_a_note_is_kept_with_the_take(self, brand: Brand, creator: Member, admin: Member) -> None:
        noted = rule(admin, "Nike", Verdict.NOTE)
        (job,) = jobs.request(by=creator, brief=replace(BRIEF, prompt=SHOE))
        (finding,) = read(job.gate).findings
        assert (finding.rule, finding.revision, finding.found) == (noted.pk, 0, "Nike")
        assert Event.objects.get(verb="job.requested").data["rules"] == [{"rule": noted.pk, "revision": 0}]

    def test_the_gravest_rule_counts(self, brand: Brand, admin: Member) -> None:
        rule(admin, "shoe", Verdict.NOTE)
        rule(admin, "Nike", Verdict.REFUSE)
        judgement = gate.judge(brand, SHOE)
        assert (judgement.verdict, [each.name for each in judgement.gravest]) == (Verdict.REFUSE, ["Nike"])
        assert {each.name for each in judgement.findings} == {"shoe", "Nike"}

    def test_rules_of_another_brand_and_deleted_ones_find_nothing(self, brand: Brand, admin: Member) -> None:
        rule(member(BrandFactory.create(), Role.ADMIN), "Nike", Verdict.REFUSE)
        rules.delete(rule(admin, "Nike", Verdict.REFUSE), by=admin)
        assert gate.judge(brand, SHOE).verdict is None

    def test_words_are_found_inflected_in_the_language_of_the_brand(
        self, brand: Brand, admin: Member
    ) -> None:
        brand.language = "de"
        brand.save(update_fields=["language"])
        rule(admin, "Waffe", Verdict.REFUSE, subject=Subject.WORD)
        rule(admin, "shoot", Verdict.REFUSE, subject=Subject.WORD)
        assert [each.found for each in gate.judge(brand, "Waffen, shooting").findings] == [
            "Waffen",
            "shooting",
        ]

    def test_what_was_queued_before_a_rule_runs_on(
        self, brand: Brand, creator: Member, admin: Member
    ) -> None:
        (job,) = jobs.request(by=creator, brief=replace(BRIEF, prompt=SHOE))
        rule(admin, "Nike", Verdict.REFUSE)
        claimed = jobs.claim(job.pk)
        assert claimed is not None
        assert claimed.gate == {}

    def test_a_failed_take_is_judged_again(self, brand: Brand, creator: Member, admin: Member) -> None:
        (job,) = jobs.request(by=creator, brief=replace(BRIEF, prompt=SHOE))
        jobs.cancel(job, by=creator)
        rule(admin, "Nike", Verdict.REFUSE)
        with pytest.raises(PromptRefused):
            jobs.retry(job, by=creator)
        assert GenerationJob.objects.get().state == JobState.CANCELLED

    def test_it_costs_one_query(
        self, brand: Brand, admin: Member, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for name in ("Nike", "adidas", "Pepsi"):
            rule(admin, name, Verdict.NOTE)
        with django_assert_num_queries(1):
            gate.judge(brand, f"{SHOE}, adidas and Pepsi")


class TestRules:
    def test_changes_are_events_and_keep_nothing_that_another_wrote(
        self, brand: Brand, admin: Member
    ) -> None:
        made = rule(admin, "Nike", Verdict.NOTE)
        wish = replace(rules.wish_of(made), spellings=("ナイキ", " ", "Nike"), verdict=Verdict.WAIVER)
        rules.change(made, wish, by=admin, revision=0)
        made.refresh_from_db()
        assert (made.spellings, made.verdict, made.revision) == (["ナイキ"], "waiver", 1)
        with pytest.raises(RuleChanged):
            rules.change(made, replace(wish, reason="Mine"), by=admin, revision=0)
        event = Event.objects.get(verb="prompt_rule.edited")
        assert event.data["verdict"] == ["note", "waiver"]

    def test_deleted_ones_come_back_unless_their_name_is_taken(self, brand: Brand, admin: Member) -> None:
        first = rule(admin, "Nike", Verdict.NOTE)
        rules.delete(first, by=admin)
        second = rule(admin, "Nike", Verdict.REFUSE)
        with pytest.raises(RuleRefused):
            rules.restore(first, by=admin)
        rules.delete(second, by=admin)
        rules.restore(first, by=admin)
        assert [each.verdict for each in rules.of(brand)] == ["note"]

    @pytest.mark.parametrize("name", ["", "  ", "***", "x" * 81, "\u200b"])
    def test_a_term_needs_a_letter(self, admin: Member, name: str) -> None:
        with pytest.raises(RuleRefused) as refused:
            rule(admin, name, Verdict.NOTE)
        assert refused.value.field == "name"

    def test_too_many_are_refused_whole(
        self, brand: Brand, admin: Member, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rules, "MOST", 5)
        with pytest.raises(RuleRefused):
            rules.ship(by=admin)
        assert not PromptRule.objects.exists()

    def test_the_starter_list_comes_once_and_stops_what_it_names(
        self, brand: Brand, creator: Member, admin: Member
    ) -> None:
        rule(admin, "nike", Verdict.NOTE)
        first = rules.ship(by=admin)
        assert first > 30
        assert rules.ship(by=admin) == 0
        for prompt, verdict in (
            ("children play in a park", Verdict.NOTE),
            ("M1ckey M0use at sea", Verdict.WAIVER),
            ("a can of 可口可乐", Verdict.WAIVER),
            ("a red-cross tent", Verdict.REFUSE),
            ("a DeepFake of somebody", Verdict.REFUSE),
            (SHOE, Verdict.NOTE),
            ("a large orange cube moving right over the sea at dusk", None),
        ):
            assert gate.judge(brand, prompt).verdict is verdict, prompt

    def test_only_who_runs_the_brand_makes_them(self, brand: Brand, creator: Member, lawyer: Member) -> None:
        for who in (creator, lawyer):
            with pytest.raises(PermissionDenied):
                rule(who, "Nike", Verdict.NOTE)


class TestWaivers:
    @pytest.fixture(autouse=True)
    def _rule(self, admin: Member) -> None:
        rule(admin, "Nike", Verdict.WAIVER)

    def test_one_that_is_granted_lets_the_prompt_pass(
        self, brand: Brand, creator: Member, lawyer: Member
    ) -> None:
        with pytest.raises(PromptRefused, match="only with a waiver"):
            jobs.request(by=creator, brief=replace(BRIEF, prompt=SHOE))
        waiver = asked(creator)
        waivers.grant(waiver, by=lawyer, until=soon(brand))  # type: ignore[arg-type]
        (job,) = jobs.request(by=creator, brief=replace(BRIEF, prompt=f"  {SHOE.upper()} "))
        assert job.gate["waiver"] == waiver.pk
        assert Event.objects.get(verb="job.requested").data["waiver"] == waiver.pk
        with pytest.raises(PromptRefused):
            jobs.request(by=creator, brief=replace(BRIEF, prompt=f"{SHOE}, and another"))

    def test_it_ends(self, brand: Brand, creator: Member, lawyer: Member) -> None:
        waiver = asked(creator)
        waivers.grant(waiver, by=lawyer, until=soon(brand))  # type: ignore[arg-type]
        assert gate.judge(brand, SHOE).is_allowed
        assert not gate.judge(brand, SHOE, at=timezone.now() + timedelta(days=40)).is_allowed
        waivers.end(waiver, by=lawyer)
        assert not gate.judge(brand, SHOE).is_allowed
        with pytest.raises(AlreadyDecided):
            waivers.end(waiver, by=lawyer)

    def test_another_rule_needs_another_one(
        self, brand: Brand, creator: Member, lawyer: Member, admin: Member
    ) -> None:
        waivers.grant(asked(creator), by=lawyer, until=soon(brand))  # type: ignore[arg-type]
        rule(admin, "red shoe", Verdict.WAIVER)
        assert not gate.judge(brand, SHOE).is_allowed
        waivers.grant(asked(creator), by=lawyer, until=soon(brand))  # type: ignore[arg-type]
        assert gate.judge(brand, SHOE).is_allowed

    def test_what_is_refused_is_never_waived(
        self, brand: Brand, creator: Member, lawyer: Member, admin: Member
    ) -> None:
        waivers.grant(asked(creator), by=lawyer, until=soon(brand))  # type: ignore[arg-type]
        rule(admin, "table", Verdict.REFUSE)
        assert not gate.judge(brand, SHOE).is_allowed
        with pytest.raises(WaiverRefused):
            asked(creator)

    def test_sent_twice_it_is_one_and_another_person_is_told(self, brand: Brand, creator: Member) -> None:
        assert asked(creator).pk == asked(creator).pk
        with pytest.raises(WaiverRefused, match="Someone else asked"):
            asked(member(brand, Role.CREATOR))
        assert Event.objects.filter(verb="waiver.asked").count() == 1

    def test_nobody_answers_their_own_and_nobody_twice(
        self, brand: Brand, creator: Member, lawyer: Member, admin: Member
    ) -> None:
        with pytest.raises(PermissionDenied):
            waivers.grant(asked(creator), by=creator, until=soon(brand))  # type: ignore[arg-type]
        waiver = PromptWaiver.objects.get()
        PromptWaiver.objects.update(asked_by=lawyer.user)
        waiver.refresh_from_db()
        with pytest.raises(WaiverRefused, match="someone else"):
            waivers.grant(waiver, by=lawyer, until=soon(brand))  # type: ignore[arg-type]
        other = member(brand, Role.LEGAL_REVIEWER)
        waivers.decline(waiver, by=other, answer="The licence is over.")
        with pytest.raises(AlreadyDecided):
            waivers.grant(waiver, by=other, until=soon(brand))  # type: ignore[arg-type]
        assert not gate.judge(brand, SHOE).is_allowed

    @pytest.mark.parametrize("days", [None, -1, 400])
    def test_a_period_is_from_today_to_a_year(
        self, brand: Brand, creator: Member, lawyer: Member, days: int | None
    ) -> None:
        with pytest.raises(WaiverRefused) as refused:
            waivers.grant(
                asked(creator),
                by=lawyer,
                until=soon(brand, days) if days else None,  # type: ignore[arg-type]
            )
        assert refused.value.field == "until"

    def test_both_sides_are_notified(self, brand: Brand, creator: Member, lawyer: Member) -> None:
        waiver = asked(creator)
        waivers.decline(waiver, by=lawyer, answer="No.")
        while following.run(brand.pk):
            pass
        told = set(Notification.objects.values_list("user", "kind"))
        assert told >= {(lawyer.user.pk, "waiver_asked"), (creator.user.pk, "waiver_answered")}
