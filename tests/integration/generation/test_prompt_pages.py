"""The pages of prompt rules and waivers, and what the brief says while it is typed."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from dam.accounts import times
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from generation import jobs
from generation.models import GenerationJob, PromptRule, PromptWaiver
from generation.prompt_gate import gate, rules, waivers
from generation.prompt_gate.rules import RuleWish
from generation.verdicts import Subject, Verdict
from generation.web import prompt_waivers
from tests.factories import VersionFactory, member
from tests.integration.generation.briefs import BRIEF
from tests.integration.generation.models import write_card

pytestmark = pytest.mark.django_db
SHOE = "a red shoe by Nike on a table"


@pytest.fixture
def admin(brand: Brand) -> Member:
    return member(brand, Role.ADMIN)


def at(brand: Brand, name: str, *args: object) -> str:
    return reverse(name, args=[brand.slug, *args])


def asked(by: Member) -> PromptWaiver:
    return waivers.ask(by=by, prompt=SHOE, judgement=gate.judge(by.brand, SHOE), reason="Licence 12")


def test_a_rule_is_made_tried_changed_and_brought_back(client: Client, brand: Brand, admin: Member) -> None:
    client.force_login(admin.user)
    form = {
        "revision": "0",
        "name": "Nike",
        "subject": "mark",
        "verdict": "refuse",
        "spellings": "ナイキ\n耐克",
    }
    client.post(at(brand, "prompt-rule-add"), form)
    made = PromptRule.objects.get()
    assert made.spellings == ["ナイキ", "耐克"]
    page = client.get(at(brand, "prompt-rules"), {"prompt": "n.i.k.e"}).content.decode()
    assert "n.i.k.e</q>" in page
    assert "Refused" in page
    assert "No rule finds" in client.get(at(brand, "prompt-rules"), {"prompt": "a ball"}).content.decode()
    client.post(at(brand, "prompt-rule-edit", made.pk), form | {"verdict": "note"})
    stale = client.post(at(brand, "prompt-rule-edit", made.pk), form | {"verdict": "waiver"})
    assert stale.status_code == 422
    assert "Someone else changed this rule" in stale.content.decode()
    client.post(at(brand, "prompt-rule-delete", made.pk))
    assert not rules.of(brand).exists()
    client.post(at(brand, "prompt-rule-restore", made.pk))
    assert rules.of(brand).get().verdict == "note"


def test_a_wrong_rule_keeps_what_was_typed(client: Client, brand: Brand, admin: Member) -> None:
    client.force_login(admin.user)
    form = {"revision": "0", "name": "***", "subject": "mark", "verdict": "refuse", "reason": "Because <b>"}
    page = client.post(at(brand, "prompt-rule-add"), form)
    assert page.status_code == 422
    assert "Because &lt;b&gt;" in page.content.decode()


class TestTheBrief:
    @pytest.fixture(autouse=True)
    def _ready(self, client: Client, creator: Member, admin: Member, tmp_path: Path, settings: Any) -> None:
        settings.GENERATOR_MODEL = str(write_card(tmp_path / "model"))
        rules.add(RuleWish("Nike", Subject.MARK, Verdict.WAIVER, reason="A <mark>."), by=admin)
        rules.add(RuleWish("table", Subject.WORD, Verdict.REFUSE), by=admin)
        client.force_login(creator.user)

    def test_it_says_what_the_rules_find_while_it_is_typed(self, client: Client, brand: Brand) -> None:
        said = client.get(at(brand, "generate-forecast"), {"prompt": "a Nike shoe"}).content.decode()
        assert "Needs a waiver" in said
        assert "A &lt;mark&gt;." in said
        assert "waivers/new/?prompt=a%20Nike%20shoe" in said
        refused = client.get(at(brand, "generate-forecast"), {"prompt": SHOE}).content.decode()
        assert "Refused" in refused
        assert "Ask for a waiver" not in refused

    def test_a_take_that_a_new_rule_refuses_is_neither_tried_again_nor_made_once_more(
        self, client: Client, brand: Brand, creator: Member
    ) -> None:
        (job,) = jobs.request(by=creator, brief=replace(BRIEF, prompt="A red ball"))
        GenerationJob.objects.update(state="failed", prompt=SHOE)
        again = client.post(at(brand, "job-retry", job.pk), follow=True).content.decode()
        more = client.post(at(brand, "job-more", job.pk), {"key": str(uuid4())}, follow=True).content.decode()
        assert "rules don&#x27;t allow" in again
        assert "rules don&#x27;t allow" in more
        assert list(GenerationJob.objects.values_list("state", flat=True)) == ["failed"]

    def test_the_command_line_is_refused_too(self, brand: Brand, creator: Member) -> None:
        with pytest.raises(CommandError, match="table"):
            call_command("generate", SHOE, brand=brand.slug, email=creator.user.email)

    def test_what_is_refused_stays_in_the_form(self, client: Client, brand: Brand) -> None:
        start = client.get(at(brand, "generate")).context["form"]
        form = {name: start[name].value() for name in ("size", "frames", "takes", "steps", "guidance", "key")}
        page = client.post(at(brand, "generate"), form | {"prompt": SHOE})
        assert page.status_code == 422
        content = page.content.decode()
        assert SHOE in content
        assert "allow this prompt as it stands" in content
        assert not GenerationJob.objects.exists()


class TestWaivers:
    @pytest.fixture(autouse=True)
    def _rule(self, admin: Member) -> None:
        rules.add(RuleWish("Nike", Subject.MARK, Verdict.WAIVER), by=admin)

    def test_one_is_asked_for_and_granted(self, client: Client, brand: Brand, creator: Member) -> None:
        client.force_login(creator.user)
        page = client.get(at(brand, "prompt-waiver-ask"), {"prompt": SHOE}).content.decode()
        assert SHOE in page
        empty = client.post(at(brand, "prompt-waiver-ask"), {"prompt": SHOE, "reason": " "})
        assert empty.status_code == 422
        client.post(at(brand, "prompt-waiver-ask"), {"prompt": SHOE, "reason": "Licence <12>"})
        again = client.get(at(brand, "prompt-waiver-ask"), {"prompt": SHOE}).content.decode()
        assert "answered yet" in again
        waiver = PromptWaiver.objects.get()
        lawyer = member(brand, Role.LEGAL_REVIEWER)
        client.force_login(lawyer.user)
        assert "Licence &lt;12&gt;" in client.get(at(brand, "prompt-waivers")).content.decode()
        day = times.today_in(times.of_brand(brand)) + timedelta(days=20)
        client.post(
            at(brand, "prompt-waiver-answer", waiver.pk), {"do": "grant", "until": f"{day}", "answer": "Fine"}
        )
        assert gate.judge(brand, SHOE).is_allowed
        client.force_login(creator.user)
        listed = client.get(at(brand, "prompt-waivers")).content.decode()
        assert "Use this prompt" in listed
        assert "Fine" in listed

    def test_to_decline_one_says_why_and_keeps_what_was_typed(
        self, client: Client, brand: Brand, creator: Member
    ) -> None:
        waiver = asked(creator)
        client.force_login(member(brand, Role.LEGAL_REVIEWER).user)
        address = at(brand, "prompt-waiver-answer", waiver.pk)
        assert client.post(address, {"do": "decline", "answer": ""}).status_code == 422
        late = client.post(address, {"do": "grant", "until": "2001-01-01", "answer": "My words"})
        assert late.status_code == 422
        assert "My words" in late.content.decode()
        waiver.refresh_from_db()
        assert waiver.decided_at is None
        client.post(address, {"do": "decline", "answer": "The licence is over."})
        waiver.refresh_from_db()
        assert (waiver.granted, waiver.answer) == (False, "The licence is over.")

    def test_what_somebody_else_asked_for_leaves_the_reason_in_the_form(
        self, client: Client, brand: Brand, creator: Member
    ) -> None:
        asked(creator)
        client.force_login(member(brand, Role.CREATOR).user)
        page = client.post(at(brand, "prompt-waiver-ask"), {"prompt": SHOE, "reason": "My licence"})
        assert page.status_code == 422
        assert "My licence" in page.content.decode()
        assert "Someone else asked" in page.content.decode()

    def test_more_that_wait_than_a_page_shows_are_counted_and_come_in_their_order(
        self, client: Client, brand: Brand, creator: Member, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(prompt_waivers, "PAGE", 2)
        for number in range(5):
            prompt = f"{SHOE} {number}"
            waivers.ask(by=creator, prompt=prompt, judgement=gate.judge(brand, prompt), reason="Licence")
        client.force_login(member(brand, Role.LEGAL_REVIEWER).user)
        page = client.get(at(brand, "prompt-waivers")).content.decode()
        assert "3 more are waiting" in page
        assert page.index(f"{SHOE} 0") < page.index(f"{SHOE} 1")
        assert f"{SHOE} 4" not in page

    def test_creators_see_their_own_alone(self, client: Client, brand: Brand, creator: Member) -> None:
        waiver = asked(creator)
        client.force_login(member(brand, Role.CREATOR).user)
        assert SHOE not in client.get(at(brand, "prompt-waivers")).content.decode()
        assert client.post(at(brand, "prompt-waiver-answer", waiver.pk), {"do": "grant"}).status_code == 403

    def test_the_clip_shows_what_was_found(self, client: Client, brand: Brand, creator: Member) -> None:
        PromptRule.objects.update(verdict=Verdict.NOTE)
        (job,) = jobs.request(by=creator, brief=replace(BRIEF, prompt=SHOE))
        version = VersionFactory.create(asset__brand=brand, origin="generated")
        GenerationJob.objects.filter(pk=job.pk).update(
            version=version, finished_at=version.created_at, state="done"
        )
        client.force_login(creator.user)
        page = client.get(at(brand, "asset-origin", version.asset_id)).content.decode()
        assert "Prompt rules" in page
        assert "Allowed with a note" in page
