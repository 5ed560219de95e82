"""What the processes count for Prometheus: requests and tasks, each process in files of its own.

prometheus-client adds up the files of all processes of a machine when /metrics is asked for. Nothing is
loaded and nothing is counted while METRICS_TOKEN and METRICS_FROM are empty.
"""

import os
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings

BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
LONG_BUCKETS = (0.1, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0, 7200.0)


@dataclass(frozen=True)
class Instruments:
    requests: Any
    request_seconds: Any
    tasks: Any
    task_seconds: Any
    task_waited: Any


def is_on() -> bool:
    return bool(settings.METRICS_TOKEN or settings.METRICS_FROM)


def request_answered(*, method: str, route: str, status: int, seconds: float) -> None:
    if is_on():
        _instruments().requests.labels(method, route, str(status)).inc()
        _instruments().request_seconds.labels(route).observe(seconds)


def task_began(name: str, *, waited: float) -> None:
    """`waited`: seconds since it was sent."""
    if is_on():
        _instruments().task_waited.labels(name.partition(".")[0]).observe(waited)


def task_ended(name: str, *, state: str, seconds: float) -> None:
    if is_on():
        _instruments().tasks.labels(name, state).inc()
        _instruments().task_seconds.labels(name).observe(seconds)


def page(*collectors: Any) -> tuple[bytes, str]:
    """What all processes of this machine counted, and what the collectors find now; its content type."""
    _prepare()
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(settings.METRICS_DIR))  # type: ignore[no-untyped-call]
    for collector in collectors:
        registry.register(collector)
    return generate_latest(registry), CONTENT_TYPE_LATEST


def _prepare() -> None:
    settings.METRICS_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Read by the library as it is imported: from then on it counts in files.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(settings.METRICS_DIR)


@lru_cache(maxsize=1)
def _instruments() -> Instruments:
    _prepare()
    from prometheus_client import CollectorRegistry, Counter, Histogram

    registry = CollectorRegistry()  # of nobody: the page reads the files
    return Instruments(
        requests=Counter(
            "reelproof_requests",
            "Requests answered, by what the address is called.",
            ["method", "route", "status"],
            registry=registry,
        ),
        request_seconds=Histogram(
            "reelproof_request_seconds",
            "How long an answer took, to its beginning.",
            ["route"],
            buckets=BUCKETS,
            registry=registry,
        ),
        tasks=Counter("reelproof_tasks", "Tasks that ended, by how.", ["task", "state"], registry=registry),
        task_seconds=Histogram(
            "reelproof_task_seconds",
            "How long a task ran.",
            ["task"],
            buckets=LONG_BUCKETS,
            registry=registry,
        ),
        task_waited=Histogram(
            "reelproof_task_waited_seconds",
            "How long a message lay in its queue.",
            ["queue"],
            buckets=LONG_BUCKETS,
            registry=registry,
        ),
    )
