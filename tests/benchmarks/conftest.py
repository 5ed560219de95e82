"""Measuring, and the table at the end.

Machines differ and are noisy, so a figure means little by itself: each row may name a baseline measured in
the same run, and the table gives their ratio.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pytest
from pytest_django import Settings

from dam.core import side_by_side
from dam.core.call_room import roomy


@dataclass(frozen=True)
class Measurement:
    """One measurement: seconds of each run, and how many units a run does."""

    name: str
    seconds: tuple[float, ...]
    units: float
    unit: str
    against: str

    @property
    def p95(self) -> float:
        """The slowest but one of twenty."""
        return float(np.quantile(self.seconds, 0.95))

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


ROWS: list[Measurement] = []
Measure = Callable[..., None]


@pytest.fixture(autouse=True)
def side_connections(settings: Settings) -> Iterator[None]:
    """As many as a web process has."""
    settings.DATABASE_SIDE_CONNECTIONS = 2
    yield
    side_by_side.close()


@pytest.fixture
def measure() -> Measure:
    """`measure(name, work, runs=5, units=1, unit="run", against=other_name)`; the first run warms up."""

    def run(
        name: str,
        work: Callable[[], object],
        *,
        runs: int = 5,
        units: float = 1,
        unit: str = "",
        against: str = "",
    ) -> None:
        work = roomy(work)  # as a request is
        work()
        seconds = []
        for _ in range(runs):
            began = time.perf_counter()
            work()
            seconds.append(time.perf_counter() - began)
        row = Measurement(name=name, seconds=tuple(seconds), units=units, unit=unit, against=against)
        ROWS.append(row)
        print(f"  {name}: median {row.median * 1e3:,.1f} ms, p95 {row.p95 * 1e3:,.1f} ms", flush=True)

    return run


def in_turns(works: Mapping[str, Callable[[], object]], *, runs: int, units: float, unit: str) -> None:
    """Measure several things one after the other, round by round, each against the first.

    What else the machine does falls on all of them alike. The first round warms up.
    """
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(runs + 1):
        for name, work in works.items():
            began = time.perf_counter()
            work()
            if turn:
                seconds[name].append(time.perf_counter() - began)
    first, *others = works
    for name in works:
        against = first if name in others else ""
        ROWS.append(
            Measurement(name=name, seconds=tuple(seconds[name]), units=units, unit=unit, against=against)
        )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    medians = {row.name: row.median for row in ROWS}
    write = terminalreporter.write_line
    write("")
    write(f"{'what':<58}{'median ms':>11}{'p95 ms':>10}{'rate':>20}{'ratio':>8}  against")
    for row in ROWS:
        rate = f"{row.units / row.median:,.1f} {row.unit}/s" if row.unit else ""
        ratio = f"{row.median / medians[row.against]:.2f}" if row.against in medians else ""
        write(
            f"{row.name:<58}{row.median * 1000:>11,.1f}{row.p95 * 1000:>10,.1f}{rate:>20}{ratio:>8}"
            f"  {row.against}"
        )
