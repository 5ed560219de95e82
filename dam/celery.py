"""The Celery application. Every task is named after its queue (dam.core.tasks)."""

import logging
import os
from typing import Any

from celery import Celery
from celery.signals import heartbeat_sent, worker_process_init, worker_ready
from celery.worker import state
from django.conf import settings

from dam.core import broker, sandbox, task_context, tasks, telemetry, workers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dam.settings")

broker.tolerate()
task_context.follow()
app = Celery("reelproof")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "dam.access",
        "dam.accounts",
        "dam.audit",
        "dam.bulk",
        "dam.collections",
        "dam.duplicates",
        "dam.ingest",
        "dam.media",
        "dam.operations",
        "dam.rights",
        "dam.search",
        "provenance.attachments",
        "provenance.comment_pdfs",
        "provenance.downloads",
        "provenance.evidence_packs",
        "provenance.guests",
        "provenance.manifests",
        "provenance.recalls",
        "provenance.releases",
        "dam.notifications",
        "provenance.review",
        "provenance.sidecars",
        "generation",
        "generation.demo_data",
    ],
    related_name="tasks",
)


@worker_ready.connect
def _log_protections(**_: object) -> None:
    """A worker reads files from outside: say at its start how far its kernel helps with that."""
    missing = sandbox.PROTECTIONS.keys() - sandbox.protections()
    level = logging.WARNING if missing else logging.INFO
    logging.getLogger(__name__).log(level, sandbox.describe_protections())


def _doing() -> tuple[workers.Doing, ...]:
    """What this worker's processes are at: their parent, which is asked, knows."""
    return tuple(
        workers.Doing(each.name, each.id, each.time_start)
        for each in tuple(state.active_requests)
        if each.time_start
    )


@worker_process_init.connect
def _trace(**_: object) -> None:
    telemetry.start()


_heartbeat = workers.Heartbeat(_doing)


@worker_ready.connect
def _serve(sender: Any, **_: object) -> None:
    _heartbeat.name = sender.hostname
    _heartbeat.queues = tuple(queue.name for queue in sender.task_consumer.queues)
    _heartbeat.beat()
    if settings.WARM_UP and "index" in _heartbeat.queues:
        tasks.offer("index.warm_up")


@heartbeat_sent.connect
def _still_there(**_: object) -> None:
    _heartbeat.beat()
