"""The pages of batches: sending a list, how far it is, its report, and stopping it."""

import csv
import io
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from generation.models import BatchLine, GenerationJob, PromptBatch
from generation.prompt_gate import rules
from generation.prompt_gate.rules import RuleWish
from generation.states import JobState
from generation.verdicts import Subject, Verdict
from tests.factories import VersionFactory, member
from tests.integration.generation.models import write_card

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ready(client: Client, creator: Member, tmp_path: Path, settings: Any, sent: list[str]) -> None:
    settings.GENERATOR_MODEL = str(write_card(tmp_path / "model"))
    client.force_login(creator.user)


def at(brand: Brand, name: str, *args: object) -> str:
    return reverse(name, args=[brand.slug, *args])


def form(**fields: Any) -> dict[str, Any]:
    usual = {"key": str(uuid4()), "name": "Spring", "size": "128x80", "frames": 33, "steps": 8, "guidance": 3}
    return {**usual, **fields}


async def body(response: Any) -> bytes:
    return b"".join([piece async for piece in response.streaming_content])


def test_a_pasted_list_becomes_takes_and_a_report(client: Client, brand: Brand) -> None:
    sent = form(prompts="prompt,seed,mood\nA red ball,1,x\nA <b> can,2,\nA ball,x,")
    page = client.post(at(brand, "prompt-batch-add"), sent, follow=True)
    assert page.status_code == 200
    content = page.content.decode()
    assert "1 line couldn&#x27;t be used" in content
    assert "Ignored: mood" in content
    assert "A &lt;b&gt; can" in content
    batch = PromptBatch.objects.get()
    version = VersionFactory.create(asset__brand=brand)
    GenerationJob.objects.filter(seed=1).update(state=JobState.DONE, version=version)
    report = async_to_sync(body)(client.get(at(brand, "prompt-batch-report", batch.pk))).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(report)))
    assert [(row["line"], row["state"]) for row in rows] == [("2", "done"), ("3", "queued"), ("4", "refused")]
    assert str(version.asset_id) in rows[0]["clip"]
    listed = client.get(at(brand, "prompt-batches")).content.decode()
    assert "Spring" in listed
    assert "Refused" in listed


def test_lines_are_counted_as_they_were_pasted(client: Client, brand: Brand) -> None:
    client.post(at(brand, "prompt-batch-add"), form(prompts="\r\n\r\nA red ball"))
    assert BatchLine.objects.get().number == 3


def test_a_file_is_read_too(client: Client, brand: Brand) -> None:
    file = SimpleUploadedFile("a.jsonl", b'{"prompt": "A red ball", "seed": 5}\n{"prompt": "A can"}')
    client.post(at(brand, "prompt-batch-add"), form(file=file))
    assert GenerationJob.objects.get(seed=5).prompt == "A red ball"
    assert BatchLine.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"prompts": " "}, "The list has no prompts"),
        ({"file": b"\xff\xff\xff"}, "UTF-8"),
        ({"file": b""}, "The list has no prompts"),
        ({"prompts": "A", "file": b"B"}, "not both"),
        ({"prompts": "prompt,seed\nA ball,x"}, "None of these prompts can be used"),
        ({"prompts": "A", "steps": 9999}, "40"),
        ({"prompts": "A", "size": "1x1"}, "Select a valid choice"),
    ],
)
def test_what_cant_be_used_is_said_and_stays_in_the_form(
    client: Client, brand: Brand, fields: dict[str, Any], says: str
) -> None:
    if "file" in fields:
        fields = fields | {"file": SimpleUploadedFile("a.csv", fields["file"])}
    page = client.post(at(brand, "prompt-batch-add"), form(**fields))
    assert page.status_code == 422
    assert says in page.content.decode()
    assert 'value="Spring"' in page.content.decode()
    assert not PromptBatch.objects.exists()


def test_it_is_stopped_by_who_asked_alone(client: Client, brand: Brand) -> None:
    client.post(at(brand, "prompt-batch-add"), form(prompts="A red ball\nA can"))
    batch = PromptBatch.objects.get()
    other = Client()
    other.force_login(member(brand, Role.CREATOR).user)
    for name in ("prompt-batch", "prompt-batch-report"):
        assert other.get(at(brand, name, batch.pk)).status_code == 404
    assert other.post(at(brand, "prompt-batch-stop", batch.pk)).status_code == 404
    page = client.post(at(brand, "prompt-batch-stop", batch.pk), follow=True).content.decode()
    assert "2 takes were cancelled" in page
    assert set(GenerationJob.objects.values_list("state", flat=True)) == {"cancelled"}
    assert (
        "already been queued or refused"
        in client.post(at(brand, "prompt-batch-stop", batch.pk), follow=True).content.decode()
    )


def test_what_was_stopped_can_be_continued(client: Client, brand: Brand) -> None:
    client.post(at(brand, "prompt-batch-add"), form(prompts="A red ball\nA can"))
    batch = PromptBatch.objects.get()
    address = at(brand, "prompt-batch-continue", batch.pk)
    assert address not in client.get(at(brand, "prompt-batch", batch.pk)).content.decode()
    stopped = client.post(at(brand, "prompt-batch-stop", batch.pk), follow=True).content.decode()
    assert "This batch was stopped." in stopped
    assert address in stopped
    other = Client()
    other.force_login(member(brand, Role.CREATOR).user)
    assert other.post(address).status_code == 404
    assert "The batch was continued" in client.post(address, follow=True).content.decode()
    assert "no prompts left" in client.post(address, follow=True).content.decode()
    assert set(GenerationJob.objects.values_list("state", flat=True)) == {"requested"}


def test_a_long_list_is_shown_in_parts(client: Client, brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    client.post(at(brand, "prompt-batch-add"), form(prompts="\n".join(f"Ball {n}" for n in range(150))))
    batch = PromptBatch.objects.get()
    first = client.get(at(brand, "prompt-batch", batch.pk)).content.decode()
    assert 'href="?after=100"' in first
    second = client.get(at(brand, "prompt-batch", batch.pk), {"after": "100"}).content.decode()
    assert "Ball 149" in second
    assert "Ball 99<" not in second
    assert 'href="?after=' not in second
    assert "First lines" in second
    for odd in ("x", "-1", "9" * 18, "9" * 30):
        assert client.get(at(brand, "prompt-batch", batch.pk), {"after": odd}).status_code == 200


def test_once_it_has_ended_nothing_can_be_stopped_and_that_is_told(client: Client, brand: Brand) -> None:
    client.post(at(brand, "prompt-batch-add"), form(prompts="A red ball"))
    batch = PromptBatch.objects.get()
    address = at(brand, "prompt-batch-stop", batch.pk)
    assert address in client.get(at(brand, "prompt-batch", batch.pk)).content.decode()
    GenerationJob.objects.update(state=JobState.DONE)
    ended = client.get(at(brand, "prompt-batch", batch.pk)).content.decode()
    assert address not in ended
    assert "This batch is finished." in ended


def test_a_refused_prompt_leads_to_the_brief_that_says_why(client: Client, brand: Brand) -> None:
    rules.add(RuleWish("Nike", Subject.MARK, Verdict.WAIVER), by=member(brand, Role.ADMIN))
    page = client.post(at(brand, "prompt-batch-add"), form(prompts="A red ball\nA Nike ball"), follow=True)
    assert "only with a waiver" in page.content.decode()
    link = at(brand, "generate") + "?mode=text&amp;kit=off&amp;prompt=A%20Nike%20ball"
    assert link in page.content.decode()
    assert "A Nike ball" in client.get(link.replace("&amp;", "&")).content.decode()


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"name": "", "prompts": "a red ball, round\nA can"}, "A red ball, round"),
        ({"name": "", "file": SimpleUploadedFile("spring.csv", b"prompt\nA red ball")}, "spring"),
        ({"name": " Spring ", "prompts": "A"}, "Spring"),
    ],
)
def test_a_batch_without_a_name_is_called_by_its_file_or_its_first_prompt(
    client: Client, brand: Brand, fields: dict[str, Any], name: str
) -> None:
    client.post(at(brand, "prompt-batch-add"), form(**fields))
    assert PromptBatch.objects.get().name == name


def test_a_form_without_its_key_is_told_to_be_incomplete(client: Client, brand: Brand) -> None:
    assert client.post(at(brand, "prompt-batch-add"), form(prompts="A", key="")).status_code == 400


def test_the_list_asks_as_often_however_many_there_are(client: Client, brand: Brand) -> None:
    def asked() -> int:
        client.get(at(brand, "prompt-batches"))  # what there is to tell was told
        with CaptureQueriesContext(connection) as queries:
            client.get(at(brand, "prompt-batches"))
            return len(queries)

    client.post(at(brand, "prompt-batch-add"), form(prompts="A red ball"))
    once = asked()
    for _ in range(3):
        client.post(at(brand, "prompt-batch-add"), form(prompts="A red ball\nA can"))
    assert asked() == once > 0


def test_a_list_becomes_still_images(client: Client, brand: Brand) -> None:
    assert 'name="makes"' in client.get(at(brand, "prompt-batch-add")).content.decode()
    rules.add(RuleWish("Nike", Subject.MARK, Verdict.WAIVER), by=member(brand, Role.ADMIN))
    sent = form(prompts="A red ball\nA Nike can", makes="still")
    page = client.post(at(brand, "prompt-batch-add"), sent, follow=True).content.decode()
    job = GenerationJob.objects.get()
    assert (job.mode, job.frames) == ("still", 1)
    assert "Still images" in page
    assert "?mode=still&amp;kit=off&amp;prompt=A%20Nike%20can" in page


def test_a_list_of_a_model_without_stills_becomes_clips(
    client: Client, brand: Brand, tmp_path: Path, settings: Any
) -> None:
    settings.GENERATOR_MODEL = str(write_card(tmp_path / "plain", modes=["text"]))
    assert 'name="makes"' not in client.get(at(brand, "prompt-batch-add")).content.decode()
    client.post(at(brand, "prompt-batch-add"), form(prompts="A red ball", makes="still"))
    assert GenerationJob.objects.get().mode == "text"
    assert "mode" not in PromptBatch.objects.get().settings
