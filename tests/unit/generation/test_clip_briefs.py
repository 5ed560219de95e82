"""What a clip says of its making, read as a stranger's word."""

import math
from typing import Any
from uuid import UUID

import pytest

from generation import clip_briefs
from generation.clip_briefs import ClipSource
from generation.composition import Settings
from generation.generators.modes import Mode
from provenance.manifests.claims import GENERATION_LABEL

MAKING: dict[str, Any] = {
    "job": "00000000-0000-4000-8000-000000000001",
    "seed": 7,
    "steps": 8,
    "guidance": 3.5,
    "frames": 49,
    "frames_generated": 33,
    "width": 128,
    "height": 80,
    "model": "previz-dit",
    "model_version": "0.3",
    "weights_sha256": "ab" * 32,
    "prompt_sha256": "cd" * 32,
}


def report(*manifests: dict[str, Any], lists: dict[str, Any] | None = None) -> dict[str, Any]:
    usual = {"relation": "active", "label": "urn:1", "proven": True, "prompt": "", "signed_at": "2026-11-22"}
    data = {"label": GENERATION_LABEL, "data": lists or {}}
    return {
        "manifests": [usual | {"signer": {"organisation": "Northwind"}} | each for each in manifests],
        "raw": {"manifests": {"urn:1": {"assertions": [data]}}},
    }


def read(making: dict[str, Any], *, prompt: str = "", lists: dict[str, Any] | None = None) -> Any:
    return clip_briefs.read(report({"generation": making, "prompt": prompt}, lists=lists))


def test_all_that_it_takes_to_ask_again_is_read() -> None:
    found = read(
        MAKING | {"mode": "edit"},
        prompt="a  red\nball",
        lists={
            "strength": 0.7,
            "region": [0.1, 0.2, 0.3, 0.4],
            "sources": [{"role": "source", "sha256": "ef" * 32, "at": 1.5}],
        },
    )
    assert (found.prompt, found.prompt_kept, found.model) == ("a red ball", False, "previz-dit 0.3")
    assert (found.seed, found.steps, found.guidance, found.size) == (7, 8, 3.5, (128, 80))
    assert found.frames == 33  # of a longer clip, what the model made of it
    assert (found.mode, found.settings) == (Mode.EDIT, Settings(0.7, (0.1, 0.2, 0.3, 0.4)))
    assert found.sources == (ClipSource("source", "ef" * 32, 1.5),)
    assert found.job == UUID(MAKING["job"])
    assert (found.proven, found.signer) == (True, "Northwind")


def test_a_prompt_that_stays_secret_is_said_to_be_there() -> None:
    found = read(MAKING)
    assert (found.prompt, found.prompt_kept) == ("", True)


def test_of_a_release_the_making_is_that_of_its_master() -> None:
    others: list[dict[str, Any]] = [
        {"relation": "active", "generation": {}},
        {"relation": "inputTo", "generation": MAKING | {"seed": 1}},
        {"relation": "parentOf", "generation": MAKING | {"seed": 2}},
        {"relation": "parentOf", "generation": MAKING | {"seed": 3}},
    ]
    found = clip_briefs.read(report(*others))
    assert found is not None
    assert found.seed == 2


def test_a_file_that_nothing_made_here_says_nothing() -> None:
    assert clip_briefs.read(report({"generation": {}})) is None
    assert clip_briefs.read({"manifests": []}) is None


@pytest.mark.parametrize("odd", ["x", "", -1, 2**40, True, None, math.nan, math.inf, [], {}])
@pytest.mark.parametrize("name", ["seed", "steps", "guidance", "frames_generated", "width", "height"])
def test_a_figure_of_another_kind_is_left_out(name: str, odd: object) -> None:
    found = read(MAKING | {name: odd})
    values = {"frames_generated": found.frames, "width": found.size, "height": found.size}
    assert values.get(name, getattr(found, name, None)) is None


@pytest.mark.parametrize(
    "lists",
    [
        {"sources": "x", "region": "0.1", "strength": "x"},
        {"sources": [1, {"role": "nobody"}, {}], "region": [0.1, 0.2, 0.3], "strength": math.nan},
        {"sources": None, "region": [0, 0, 2, 2], "strength": -1},
        {"region": {"left": 1}, "strength": True},
    ],
)
def test_lists_of_another_kind_are_left_out(lists: dict[str, Any]) -> None:
    found = read(MAKING | {"mode": "edit"}, lists=lists)
    assert (found.sources, found.settings) == ((), None)


def test_a_time_of_another_kind_is_the_beginning() -> None:
    (source,) = read(MAKING, lists={"sources": [{"role": "source", "at": "x", "sha256": 3}]}).sources
    assert source == ClipSource("source", "3", 0.0)


def test_a_mode_that_is_not_known_and_a_job_that_is_none_are_left_out() -> None:
    found = read(MAKING | {"mode": "hologram", "job": "0b5f"})
    assert (found.mode, found.job) == (None, None)
