"""Around each task in a worker: what its log lines are about, and what metrics count of it."""

import time
from contextlib import ExitStack
from typing import Any

from celery.signals import task_postrun, task_prerun

from dam.core import log_context, metrics, tasks

_open: dict[str, tuple[ExitStack, float]] = {}


def follow() -> None:
    """Have every task of this process followed."""
    task_prerun.connect(_begin)
    task_postrun.connect(_end)


def _begin(task_id: str, task: Any, **_: object) -> None:
    stack = ExitStack()
    asked_by = log_context.given_or_new(str(getattr(task.request, "request_id", "") or ""))
    stack.enter_context(log_context.about(request_id=asked_by, task=task.name, task_id=task_id))
    _open[task_id] = (stack, time.perf_counter())
    sent_at = getattr(task.request, tasks.SENT_AT, None)
    if isinstance(sent_at, int | float):
        metrics.task_began(task.name, waited=max(0.0, time.time() - sent_at))


def _end(task_id: str, task: Any, state: str | None = None, **_: object) -> None:
    stack, began = _open.pop(task_id, (None, 0.0))
    if stack is not None:
        metrics.task_ended(task.name, state=(state or "unknown").lower(), seconds=time.perf_counter() - began)
        stack.close()
