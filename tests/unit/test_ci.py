"""The hosted CI does what everybody's machine does, and nothing of its own."""

import tomllib
from pathlib import Path
from typing import Any

import yaml

BASE_DIR = Path(__file__).resolve().parent.parent.parent
WORKFLOW: dict[str, Any] = yaml.safe_load((BASE_DIR / ".github/workflows/ci.yml").read_text())
STEPS: list[dict[str, Any]] = WORKFLOW["jobs"]["test"]["steps"]


def test_it_runs_what_is_run_before_a_change_is_sent() -> None:
    assert [step["run"] for step in STEPS if "run" in step] == [".ci/run"]
    assert (BASE_DIR / ".ci/run").stat().st_mode & 0o111


def test_it_has_the_oldest_python_that_is_supported() -> None:
    oldest = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["requires-python"]
    assert next(
        step["with"]["python-version"] for step in STEPS if "setup-python" in step.get("uses", "")
    ) == (oldest.removeprefix(">="))


def test_it_keeps_downloads_for_as_long_as_the_pinned_versions_stay() -> None:
    setup = next(step["with"] for step in STEPS if "setup-python" in step.get("uses", ""))
    assert setup["cache"] == "pip"
    assert all((BASE_DIR / path).exists() for path in setup["cache-dependency-path"].split())


def test_it_may_only_read_the_repository() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read"}


def test_every_step_of_others_names_its_version() -> None:
    assert all("@v" in step["uses"] for step in STEPS if "uses" in step)
