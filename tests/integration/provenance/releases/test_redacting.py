"""A brand has the words of prompts taken out of what it releases; the master keeps them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dam.accounts.models import ReleasePrompts
from dam.core import storage
from provenance.manifests import claims, signing, verify
from provenance.manifests.validation_codes import State
from tests import claim_factory, rubric
from tests.release_factory import case_of, sign

pytestmark = pytest.mark.django_db
WORDS = "a red kite of the third secret campaign"
TYPED = "the third secret campaign, as it was typed"


@pytest.fixture
def told(plain: Path, tmp_path: Path) -> Path:
    """A master that is signed with its prompt, made from a clip that is, too."""
    source, out = tmp_path / "source.mp4", tmp_path / "told.mp4"
    given: dict[str, Any] = {"prompt": WORDS, "typed_prompt": TYPED, "prompt_disclosure": "text"}
    signing.sign_generated(plain, out=source, facts=claim_factory.generated(**given))
    made_from = (claim_factory.source("source", "parentOf"),)
    facts = claim_factory.generated(**given, mode="extend", sources=made_from)
    signing.sign_generated(plain, out=out, facts=facts, sources=[source])
    return out


def released(master: Path, out: Path, *, policy: str) -> Path:
    case = case_of(master)
    case.brand.release_prompts = policy
    case.brand.save()
    case.approve_all()
    release = sign(case.version)
    assert release.state == "ready", release.reason
    with storage.local_copy(case.version.storage_key) as kept:
        assert kept.read_bytes() == master.read_bytes()
    with storage.local_copy(release.storage_key) as path:
        out.write_bytes(path.read_bytes())
    return out


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (ReleasePrompts.TRADE_SECRET, b"c2pa.trade-secret.present"),
        (ReleasePrompts.PERSONAL, b"c2pa.PII.present"),
    ],
)
def test_no_prompt_leaves_and_the_file_is_trusted(
    told: Path, tmp_path: Path, policy: str, reason: bytes
) -> None:
    assert told.read_bytes().count(WORDS.encode()) == 2
    path = released(told, tmp_path / "released.mp4", policy=policy)
    content = path.read_bytes()
    assert WORDS.encode() not in content
    assert TYPED.encode() not in content
    assert reason in content
    report = verify.check(path)
    assert (report.state, report.codes) == (State.TRUSTED, ())
    assert report.ai_generated
    assert report.model is not None
    redacted = [action for action in report.chain[0].actions if action.code == "c2pa.redacted"]
    assert len(redacted) == 4  # the prompt and what was typed, of two clips
    assert rubric.broken(path) == []


@pytest.mark.parametrize("kind", ["text/plain;charset=utf-8", "application/json"])
def test_no_prompt_leaves_that_is_kept_in_another_form(
    plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    made, master = claims._prompt, tmp_path / "foreign.mp4"
    monkeypatch.setattr(claims, "_prompt", lambda facts: replace(made(facts), content_type=kind))
    facts = claim_factory.generated(prompt=WORDS, prompt_disclosure="text")
    signing.sign_generated(plain, out=master, facts=facts)
    assert verify.check(master).chain[0].prompt == ""
    path = released(master, tmp_path / "released.mp4", policy=ReleasePrompts.PERSONAL)
    assert WORDS.encode() not in path.read_bytes()
    assert verify.check(path).state is State.TRUSTED


def test_prompts_stay_in_where_the_brand_says_nothing(told: Path, tmp_path: Path) -> None:
    path = released(told, tmp_path / "released.mp4", policy=ReleasePrompts.KEEP)
    assert path.read_bytes().count(WORDS.encode()) == 2
    assert verify.check(path).state is State.TRUSTED


def test_hashes_of_prompts_are_left_where_they_are(generated: Path, tmp_path: Path) -> None:
    path = released(generated, tmp_path / "released.mp4", policy=ReleasePrompts.TRADE_SECRET)
    report = verify.check(path)
    assert report.chain[1].generation["prompt_sha256"]
    assert not any(action.code == "c2pa.redacted" for action in report.chain[0].actions)
