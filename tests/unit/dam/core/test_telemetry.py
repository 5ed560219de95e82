"""Traces are sent only where somebody asked for them and the packages are there."""

from typing import Any

import pytest

from dam.core import telemetry


def absent(name: str) -> Any:
    raise ImportError(name, name=name)


def test_nothing_is_loaded_unless_it_is_asked_for(settings: Any) -> None:
    settings.OPENTELEMETRY = False
    assert telemetry.start(lambda name: pytest.fail(f"loaded {name}")) == ()


def test_without_its_packages_it_says_so_and_everything_goes_on(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.OPENTELEMETRY = True
    assert telemetry.start(absent) == ()
    assert "opentelemetry.trace isn't installed" in caplog.text
