"""Handing work to the workers."""

from typing import Any

from django.db import transaction

QUEUES = ("gpu", "media", "index", "sign", "default")


def queue_of(task_name: str) -> str:
    """The queue a task runs on: the part of its name before the dot. ValueError for an unknown one."""
    queue = task_name.partition(".")[0]
    if queue not in QUEUES:
        raise ValueError(f"Task {task_name!r} must be named after its queue, one of {', '.join(QUEUES)}.")
    return queue


def enqueue(task_name: str, **ids: Any) -> None:
    """Send a task by name once the surrounding transaction has committed.

    Workers are faster than transactions: a task sent earlier may not find its row. Pass ids, not
    objects; the task may run twice.
    """
    from dam.celery import app

    queue = queue_of(task_name)
    transaction.on_commit(lambda: app.send_task(task_name, kwargs=ids, queue=queue))


def send(task_name: str, **values: Any) -> None:
    """Send a task by name at once: for a question that waits for its answer and changes nothing."""
    from dam.celery import app

    app.send_task(task_name, kwargs=values, queue=queue_of(task_name))
