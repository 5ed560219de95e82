"""The brand kit: kept by administrators, added to prompts in sight of people, and kept with each take."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog.models import AssetKind, Version
from dam.web import audit_changes
from generation import batches, briefs, jobs, kits, waiting
from generation.batches import BatchSettings
from generation.kit_words import KitRefused, KitWords
from generation.kits import KitChanged, KitWish
from generation.models import BrandKit, GenerationJob, PromptBatch
from generation.prompt_gate import rules
from generation.prompt_gate.rules import RuleWish
from generation.prompt_lists import Line, PromptList
from generation.verdicts import Subject, Verdict
from generation.web import slots
from tests.factories import BrandFactory, VersionFactory, member
from tests.integration.generation.briefs import BRIEF
from tests.integration.generation.models import FakeGenerator, write_card

pytestmark = pytest.mark.django_db

WISH = KitWish(prefix="Product shot of", suffix=", warm light", negative="text, blur")
WHOLE = "Product shot of a red ball, warm light"


@pytest.fixture(autouse=True)
def _model(tmp_path: Path, settings: Any) -> None:
    settings.GENERATOR_MODEL = str(write_card(tmp_path / "model"))


@pytest.fixture
def admin(brand: Brand) -> Member:
    return member(brand, Role.ADMIN)


@pytest.fixture
def page(client: Client, creator: Member) -> Client:
    client.force_login(creator.user)
    return client


@pytest.fixture
def kit(admin: Member) -> KitWords:
    kits.change(WISH, by=admin, revision=0)
    return kits.of(admin.brand).words


def at(brand: Brand, name: str, *args: object) -> str:
    return reverse(name, args=[brand.slug, *args])


def form(**fields: str | int) -> dict[str, str | int]:
    usual: dict[str, str | int] = {
        "prompt": "a red ball",
        "size": "128x80",
        "frames": 33,
        "takes": 1,
        "seed": "",
        "steps": 8,
        "guidance": 3,
        "key": str(uuid4()),
    }
    return usual | fields


def still(brand: Brand, title: str = "Can on white", **about: Any) -> Version:
    version: Version = VersionFactory.create(
        asset__brand=brand, asset__title=title, kind=AssetKind.STILL, **about
    )
    return version


class TestTheKit:
    def test_a_change_is_an_event_that_says_what_changed(self, admin: Member, kit: KitWords) -> None:
        kits.change(replace(WISH, palette="Sunrise #FF7A00"), by=admin, revision=1)
        event = Event.objects.filter(verb="brand.kit_changed").latest("pk")
        assert event.data["palette"] == [[], ["Sunrise #ff7a00"]]
        assert audit_changes.of(event) == ("Palette: + Sunrise #ff7a00",)
        assert kits.of(admin.brand).words.revision == 2

    def test_the_same_again_is_no_change(self, admin: Member, kit: KitWords) -> None:
        kits.change(WISH, by=admin, revision=1)
        assert Event.objects.filter(verb="brand.kit_changed").count() == 1

    def test_of_two_who_edit_the_second_is_told(self, admin: Member, kit: KitWords) -> None:
        with pytest.raises(KitChanged):
            kits.change(KitWish(), by=admin, revision=0)
        assert kits.of(admin.brand).words == kit

    @pytest.mark.parametrize("role", [Role.CREATOR, Role.VIEWER, Role.LEGAL_REVIEWER])
    def test_others_change_nothing(self, brand: Brand, role: Role) -> None:
        with pytest.raises(PermissionDenied):
            kits.change(WISH, by=member(brand, role), revision=0)
        with pytest.raises(PermissionDenied):
            kits.add_reference(still(brand).asset, by=member(brand, role))
        assert not BrandKit.objects.exists()

    def test_another_brand_has_none_of_it(self, kit: KitWords) -> None:
        assert kits.of(BrandFactory.create()).words == KitWords()


class TestReferences:
    def test_an_image_is_offered_as_long_as_it_is_seen(self, admin: Member, creator: Member) -> None:
        version = still(admin.brand)
        kits.add_reference(version.asset, by=admin)
        kits.add_reference(version.asset, by=admin)
        assert kits.references(kits.of(creator.brand), by=creator) == [version]
        assert Event.objects.filter(verb="brand.kit_changed").count() == 1
        type(version.asset).objects.update(trashed_at="2026-11-01T00:00:00Z")
        assert kits.references(kits.of(creator.brand), by=creator) == []

    def test_a_video_is_none(self, admin: Member) -> None:
        with pytest.raises(KitRefused, match="Choose an image"):
            kits.add_reference(VersionFactory.create(asset__brand=admin.brand).asset, by=admin)

    def test_there_is_an_end_to_them(self, admin: Member, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(kits, "MOST_REFERENCES", 1)
        first = still(admin.brand).asset
        kits.add_reference(first, by=admin)
        with pytest.raises(KitRefused, match="Remove one first"):
            kits.add_reference(still(admin.brand).asset, by=admin)
        kits.remove_reference(first, by=admin)
        kits.add_reference(still(admin.brand).asset, by=admin)

    def test_one_in_the_trash_makes_room(self, admin: Member, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(kits, "MOST_REFERENCES", 1)
        first, second = still(admin.brand), still(admin.brand)
        kits.add_reference(first.asset, by=admin)
        type(first.asset).objects.filter(pk=first.asset_id).update(trashed_at="2026-11-01T00:00:00Z")
        kits.add_reference(second.asset, by=admin)
        assert kits.of(admin.brand).images == (second.asset_id,)

    def test_they_leave_the_words_as_they_are(self, admin: Member, kit: KitWords) -> None:
        kits.add_reference(still(admin.brand).asset, by=admin)
        assert kits.of(admin.brand).words == kit


class TestTheAdministrationsPage:
    def test_it_keeps_what_is_typed_and_shows_swatches(
        self, client: Client, brand: Brand, admin: Member
    ) -> None:
        client.force_login(admin.user)
        sent = {"revision": 0, "before": "Shot of", "palette": "Sunrise ff7a00", "presets": "Reels 9:16"}
        assert client.post(at(brand, "brand-kit"), sent).status_code == 302
        text = client.get(at(brand, "brand-kit")).content.decode()
        assert 'fill="#ff7a00"' in text
        assert "Reels 9:16" in text
        assert "Test model 1" in text

    def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
        self, client: Client, brand: Brand, admin: Member
    ) -> None:
        client.force_login(admin.user)
        sent = {"revision": 0, "before": "x" * 301, "palette": '<script>"#fff'}
        answer = client.post(at(brand, "brand-kit"), sent)
        text = answer.content.decode()
        assert answer.status_code == 422
        assert "This has 301" in text
        assert "x" * 301 in text
        answer = client.post(at(brand, "brand-kit"), sent | {"before": ""})
        assert "isn&#x27;t a name and a colour" in answer.content.decode()
        assert "<script>&quot;" not in answer.content.decode()

    def test_images_are_found_added_and_removed(self, client: Client, brand: Brand, admin: Member) -> None:
        version = still(brand)
        client.force_login(admin.user)
        assert "Can on white" in client.get(at(brand, "brand-kit"), {"words": "white"}).content.decode()
        assert "No image matches" in client.get(at(brand, "brand-kit"), {"words": "zebra"}).content.decode()
        client.post(at(brand, "brand-kit-reference-add", version.asset_id))
        assert kits.references(kits.of(admin.brand), by=admin) == [version]
        client.post(at(brand, "brand-kit-reference-remove", version.asset_id))
        assert kits.references(kits.of(admin.brand), by=admin) == []

    def test_it_says_that_there_are_more_images(
        self, client: Client, brand: Brand, admin: Member, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(slots, "MOST_OFFERED", 1)
        client.force_login(admin.user)
        still(brand)
        assert "newest are shown" not in client.get(at(brand, "brand-kit")).content.decode()
        still(brand)
        assert "The 1 newest are shown." in client.get(at(brand, "brand-kit")).content.decode()

    def test_an_image_of_another_brand_isnt_there(self, client: Client, brand: Brand, admin: Member) -> None:
        client.force_login(admin.user)
        other = still(BrandFactory.create())
        assert client.post(at(brand, "brand-kit-reference-add", other.asset_id)).status_code == 404
        assert client.post(at(brand, "brand-kit-reference-remove", other.asset_id)).status_code == 404
        assert client.get(at(other.asset.brand, "brand-kit")).status_code == 404


class TestTheBrief:
    def test_the_switch_is_on_and_what_is_added_is_shown(
        self, page: Client, brand: Brand, kit: KitWords
    ) -> None:
        text = page.get(at(brand, "generate")).content.decode()
        assert "checked" in text.split('id="id_kit"')[1].split(">")[0]
        assert "Product shot of" in text
        assert "text, blur" in text

    def test_without_words_there_is_no_switch(self, page: Client, brand: Brand) -> None:
        assert "id_kit" not in page.get(at(brand, "generate")).content.decode()

    def test_the_whole_prompt_follows_what_is_typed(self, page: Client, brand: Brand, kit: KitWords) -> None:
        text = page.get(at(brand, "generate-forecast"), form(kit="on")).content.decode()
        assert "<mark>Product shot of </mark>a red ball<mark>, warm light</mark>" in text
        assert "<mark>" not in page.get(at(brand, "generate-forecast"), form(kit="off")).content.decode()

    def test_both_prompts_are_kept_with_the_take_and_in_the_log(
        self, page: Client, brand: Brand, kit: KitWords
    ) -> None:
        page.post(at(brand, "generate"), form(kit="on", kit_seen=1))
        job = GenerationJob.objects.get()
        assert (job.prompt, job.typed_prompt, job.negative_prompt) == (WHOLE, "a red ball", "text, blur")
        assert kits.of_job(job) == kit
        event = Event.objects.get(verb="job.requested")
        assert (event.target, event.data["typed"], event.data["kit_revision"]) == (WHOLE, "a red ball", 1)

    @pytest.mark.parametrize("sent", [{}, {"kit": "off"}])
    def test_who_turns_it_off_or_says_nothing_gets_what_they_typed(
        self, page: Client, brand: Brand, kit: KitWords, sent: dict[str, str]
    ) -> None:
        page.post(at(brand, "generate"), form(**sent))
        job = GenerationJob.objects.get()
        assert (job.prompt, job.kit, job.negative_prompt) == ("a red ball", {}, "")

    def test_a_kit_that_changed_meanwhile_is_shown_before_it_is_sent(
        self, page: Client, brand: Brand, kit: KitWords, admin: Member
    ) -> None:
        kits.change(replace(WISH, suffix="at night"), by=admin, revision=1)
        answer = page.post(at(brand, "generate"), form(kit="on", kit_seen=1))
        assert answer.status_code == 422
        text = answer.content.decode()
        assert "The brand kit was changed after you opened this page" in text
        assert "at night</mark>" in text
        assert not GenerationJob.objects.exists()
        page.post(at(brand, "generate"), form(kit="on", kit_seen=2))
        assert GenerationJob.objects.get().prompt == "Product shot of a red ball at night"

    def test_the_rules_are_asked_of_what_the_kit_added_too(
        self, page: Client, brand: Brand, kit: KitWords, admin: Member
    ) -> None:
        rules.add(RuleWish(name="warm", subject=Subject.WORD, verdict=Verdict.REFUSE), by=admin)
        answer = page.post(at(brand, "generate"), form(kit="on", kit_seen=1))
        assert answer.status_code == 422
        assert page.post(at(brand, "generate"), form(kit="off")).status_code == 302

    def test_too_long_names_the_kits_part(self, page: Client, brand: Brand, kit: KitWords) -> None:
        answer = page.post(at(brand, "generate"), form(prompt="x" * 990, kit="on", kit_seen=1))
        assert answer.status_code == 422
        assert "With the 28 that the brand kit adds" in answer.content.decode()
        live = page.get(at(brand, "generate-forecast"), form(prompt="x" * 990, kit="on"))
        assert "With the 28 that the brand kit adds" in live.content.decode()

    def test_it_is_as_long_while_it_is_typed_as_when_it_is_sent(
        self, page: Client, brand: Brand, kit: KitWords
    ) -> None:
        decomposed = "e\u0301" * (briefs.LONGEST_PROMPT - kit.length)
        text = page.get(at(brand, "generate-forecast"), form(prompt=decomposed, kit="on")).content.decode()
        assert "turn the brand kit off" not in text
        assert page.post(at(brand, "generate"), form(prompt=decomposed, kit="on")).status_code == 302

    def test_the_brands_shapes_name_what_the_model_makes(
        self, page: Client, brand: Brand, admin: Member
    ) -> None:
        kits.change(KitWish(presets="Banner 8:5\nSquare 1:1"), by=admin, revision=0)
        text = page.get(at(brand, "generate")).content.decode()
        assert "Banner 128 × 80" in text
        assert "Square 1:1 (as 80 × 128)" in text
        page.post(at(brand, "generate"), form(size="1x1"))
        assert (GenerationJob.objects.get().width, GenerationJob.objects.get().height) == (80, 128)

    def test_a_reference_begins_the_brief(self, page: Client, brand: Brand, admin: Member) -> None:
        version = still(brand)
        kits.add_reference(version.asset, by=admin)
        text = page.get(at(brand, "generate")).content.decode()
        assert f"?mode=image&amp;source={version.pk}" in text
        begun = page.get(at(brand, "generate"), {"mode": "image", "source": str(version.pk)}).content.decode()
        assert "checked" in begun.split(f'value="{version.pk}"')[1].split(">")[0]


class TestWhatIsLikeAnEarlierTake:
    @pytest.fixture
    def take(self, creator: Member, kit: KitWords, admin: Member) -> GenerationJob:
        """Made with the kit, which is another one by now."""
        brief = briefs.check(FakeGenerator.capabilities, prompt="a red ball", kit=kit)
        (job,) = jobs.request(by=creator, brief=brief)
        kits.change(KitWish(prefix="A drawing of"), by=admin, revision=1)
        return job

    def test_one_more_has_what_it_had(self, page: Client, brand: Brand, take: GenerationJob) -> None:
        page.post(at(brand, "job-more", take.pk), {"key": str(uuid4())})
        again = GenerationJob.objects.exclude(pk=take.pk).get()
        assert (again.prompt, again.typed_prompt, again.negative_prompt) == (
            WHOLE,
            "a red ball",
            "text, blur",
        )
        assert again.kit == take.kit

    def test_the_brief_begins_with_its_typed_words_and_its_kit(
        self, page: Client, brand: Brand, take: GenerationJob
    ) -> None:
        text = page.get(at(brand, "generate"), {"from": str(take.pk)}).content.decode()
        assert ">a red ball</textarea>" in text
        assert "<mark>Product shot of </mark>a red ball" in text
        assert "The brand kit has changed since" in text
        page.post(at(brand, "generate"), form(prompt="a blue can", kit="on", kit_of=str(take.pk)))
        again = GenerationJob.objects.exclude(pk=take.pk).get()
        assert again.prompt == "Product shot of a blue can, warm light"

    def test_todays_kit_is_a_link_away(self, page: Client, brand: Brand, take: GenerationJob) -> None:
        asked = {"from": str(take.pk), "kit": "on", "kit_of": ""}
        text = page.get(at(brand, "generate"), asked).content.decode()
        assert "<mark>A drawing of </mark>a red ball" in text

    def test_todays_kit_leaves_it_the_next_version_of_its_clip(
        self, page: Client, brand: Brand, take: GenerationJob
    ) -> None:
        clip = VersionFactory.create(asset__brand=brand).asset
        asked = {"from": str(take.pk), "asset": str(clip.pk)}
        text = page.get(at(brand, "generate"), asked).content.decode()
        assert f"?from={take.pk}&amp;asset={clip.pk}&amp;kit=on&amp;kit_of=#brief" in text

    def test_one_that_had_no_kit_gets_none(
        self, page: Client, brand: Brand, creator: Member, kit: KitWords
    ) -> None:
        (plain,) = jobs.request(by=creator, brief=BRIEF)
        text = page.get(at(brand, "generate"), {"from": str(plain.pk)}).content.decode()
        assert "checked" not in text.split('id="id_kit"')[1].split(">")[0]
        page.post(at(brand, "job-more", plain.pk), {"key": str(uuid4())})
        assert set(GenerationJob.objects.values_list("prompt", flat=True)) == {BRIEF.prompt}

    def test_a_take_of_another_brand_gives_nothing(
        self, page: Client, brand: Brand, take: GenerationJob
    ) -> None:
        GenerationJob.objects.filter(pk=take.pk).update(brand=BrandFactory.create())
        page.post(at(brand, "generate"), form(kit="on", kit_of=str(take.pk)))
        assert GenerationJob.objects.filter(brand=brand).get().prompt == "A drawing of a red ball"


class TestBatches:
    def test_all_prompts_of_a_batch_get_the_kit_it_was_sent_with(
        self, page: Client, brand: Brand, kit: KitWords, admin: Member
    ) -> None:
        sent = {
            "key": str(uuid4()),
            "prompts": "prompt;seed\na red ball;7\n" + "x" * 990 + ";8",
            "size": "128x80",
            "frames": 33,
            "steps": 8,
            "guidance": 3,
            "kit": "on",
            "kit_seen": 1,
        }
        shown = page.get(at(brand, "prompt-batch-add")).content.decode()
        assert "<mark>Product shot of </mark>…<mark>, warm light</mark>" in shown
        answer = page.post(at(brand, "prompt-batch-add"), sent)
        job = GenerationJob.objects.get()
        assert (job.prompt, job.typed_prompt, job.seed) == (WHOLE, "a red ball", 7)
        text = page.get(answer["Location"]).content.decode()
        assert "With the 28 that the brand kit adds" in text
        batch = PromptBatch.objects.get()
        assert f"kit=on&amp;kit_of={batch.pk}&amp;prompt=xxx" in text

    def test_a_line_is_edited_with_the_words_that_its_batch_had(
        self, page: Client, brand: Brand, creator: Member, kit: KitWords, admin: Member
    ) -> None:
        words = {"prefix": kit.prefix, "suffix": kit.suffix, "negative": kit.negative, "revision": 1}
        batch = batches.create(
            by=creator,
            key=uuid4(),
            name="Spring",
            prompts=PromptList((Line(1, "a can"),)),
            settings=BatchSettings(33, 128, 80, 8, 3.0, words),
        )
        GenerationJob.objects.all().delete()
        kits.change(KitWish(prefix="A drawing of"), by=admin, revision=1)
        asked = {"mode": "text", "kit": "on", "kit_of": str(batch.pk), "prompt": "a red ball"}
        text = page.get(at(brand, "generate"), asked).content.decode()
        assert "<mark>Product shot of </mark>a red ball" in text
        assert "These are the words that this batch had" in text
        todays = text.split("Use today")[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
        assert "<mark>A drawing of </mark>a red ball" in page.get(todays.partition("#")[0]).content.decode()
        stills = page.get(at(brand, "generate"), asked | {"mode": "still"}).content.decode()
        assert "?mode=still&amp;prompt=a%20red%20ball&amp;kit=on&amp;kit_of=#brief" in stills
        page.post(at(brand, "generate"), form(kit="on", kit_of=str(batch.pk)))
        assert GenerationJob.objects.get().prompt == WHOLE

    def test_a_file_needn_be_chosen_again_after_the_kit_has_changed(
        self, page: Client, brand: Brand, kit: KitWords, admin: Member
    ) -> None:
        kits.change(replace(WISH, suffix="at night"), by=admin, revision=1)
        sent = {"key": str(uuid4()), "size": "128x80", "frames": 33, "steps": 8, "guidance": 3, "kit": "on"}
        file = SimpleUploadedFile("spring.csv", b"prompt\na red ball")
        answer = page.post(at(brand, "prompt-batch-add"), sent | {"file": file, "kit_seen": 1})
        assert answer.status_code == 422
        text = answer.content.decode()
        assert "The brand kit was changed after you opened this page" in text
        assert "prompt\na red ball</textarea>" in text
        assert 'value="spring"' in text
        again = sent | {"prompts": "prompt\na red ball", "name": "spring", "kit_seen": 2}
        page.post(at(brand, "prompt-batch-add"), again)
        assert PromptBatch.objects.get().name == "spring"
        assert GenerationJob.objects.get().prompt == "Product shot of a red ball at night"

    def test_a_line_whose_turn_comes_later_has_the_kit_of_then(
        self, creator: Member, kit: KitWords, admin: Member, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(jobs, "MOST_OPEN", batches.KEPT_FREE)
        words = {"prefix": kit.prefix, "suffix": kit.suffix, "negative": kit.negative, "revision": 1}
        batch = batches.create(
            by=creator,
            key=uuid4(),
            name="Spring",
            prompts=PromptList((Line(1, "a red ball"),)),
            settings=BatchSettings(33, 128, 80, 8, 3.0, words),
        )
        kits.change(KitWish(), by=admin, revision=1)
        monkeypatch.undo()
        batches.feed(batch.pk)
        assert GenerationJob.objects.get().prompt == WHOLE

    def test_a_batch_without_the_kit_is_kept_as_before(self, creator: Member, kit: KitWords) -> None:
        batch = batches.create(
            by=creator,
            key=uuid4(),
            name="Spring",
            prompts=PromptList((Line(1, "a red ball"),)),
            settings=BatchSettings(33, 128, 80, 8, 3.0),
        )
        assert "kit" not in batch.settings
        assert GenerationJob.objects.get().kit == {}


@pytest.mark.parametrize(("options", "prompt"), [([], WHOLE), (["--no-kit"], "a red ball")])
def test_the_command_adds_the_kit_unless_told_otherwise(
    creator: Member, kit: KitWords, monkeypatch: pytest.MonkeyPatch, options: list[str], prompt: str
) -> None:
    def until_finished(keys: list[Any], **_more: Any) -> list[GenerationJob]:
        return list(GenerationJob.objects.filter(pk__in=keys))

    monkeypatch.setattr(waiting, "until_finished", until_finished)
    with pytest.raises(SystemExit):
        call_command("generate", "a red ball", *options, email=creator.user.email)
    assert GenerationJob.objects.get().prompt == prompt
