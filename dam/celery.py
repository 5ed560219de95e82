"""The Celery application. Every task is named after its queue (dam.core.tasks)."""

import logging
import os
from typing import Any

from celery import Celery
from celery.signals import heartbeat_sent, worker_ready
from django.conf import settings

from dam.core import broker, sandbox, tasks, workers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dam.settings")

broker.tolerate()
app = Celery("reelproof")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "dam.audit",
        "dam.ingest",
        "dam.operations",
        "dam.search",
        "provenance.manifests",
        "provenance.releases",
        "generation",
    ],
    related_name="tasks",
)


@worker_ready.connect
def _log_protections(**_: object) -> None:
    """A worker reads files from outside: say at its start how far its kernel helps with that."""
    missing = sandbox.PROTECTIONS.keys() - sandbox.protections()
    level = logging.WARNING if missing else logging.INFO
    logging.getLogger(__name__).log(level, sandbox.describe_protections())


_heartbeat = workers.Heartbeat()


@worker_ready.connect
def _serve(sender: Any, **_: object) -> None:
    _heartbeat.queues = tuple(queue.name for queue in sender.task_consumer.queues)
    _heartbeat.beat()
    if settings.WARM_UP and "index" in _heartbeat.queues:
        tasks.offer("index.warm_up")


@heartbeat_sent.connect
def _still_there(**_: object) -> None:
    _heartbeat.beat()
