"""What metrics say beside counts: how things stand in the broker, the database and on the disk now."""

import time
from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError, InterfaceError

from dam.core import queues, storage, workers
from dam.core.tasks import QUEUES
from dam.operations import backups, sizes, stored, troubles


class HowThingsStand:
    """A collector of prometheus-client. What can't be found out is left out, and said to be away."""

    def collect(self) -> Iterator[Any]:
        yield from _of_the_broker()
        try:
            found = list(_of_the_database())
        except (DatabaseError, InterfaceError):
            yield _gauge("database_up", "Whether the database answers.", 0)
            return
        yield _gauge("database_up", "Whether the database answers.", 1)
        yield from found


def _of_the_broker() -> Iterator[Any]:
    known, spoke = queues.all_of_them(), workers.known()
    yield _gauge("broker_up", "Whether the broker answers.", int(known is not None))
    depth = _labelled("queue_messages", "Messages that wait in a queue.", "queue")
    oldest = _labelled("queue_oldest_seconds", "How long the oldest of them has waited.", "queue")
    for queue in known or ():
        depth.add_metric([queue.name], queue.depth)
        if queue.oldest is not None:
            oldest.add_metric([queue.name], queue.oldest)
    served = _labelled("queue_workers", "Workers that serve a queue.", "queue")
    if spoke is not None:
        for queue_name in QUEUES:
            served.add_metric([queue_name], sum(queue_name in worker.queues for worker in spoke))
    yield from (depth, oldest, served)


def _of_the_database() -> Iterator[Any]:
    failed = _labelled("failed_steps", "Processing steps that failed, by step.", "step")
    for name, count in troubles.failed_by_step().items():
        failed.add_metric([name], count)
    kept = _labelled("stored_bytes", "Bytes in storage, by brand (its number) and kind.", "brand", "kind")
    for brand_id, files in stored.of_all().items():
        for each in files:
            kept.add_metric([str(brand_id), each.kind], each.bytes)
    yield from (failed, kept)
    yield _gauge("database_bytes", "Size of the database.", sizes.database_bytes())
    free = storage.free()
    if free is not None:
        yield _gauge("disk_free_bytes", "Bytes that still fit in storage.", free)
    last = backups.last()
    if last is not None:
        yield _gauge("backup_made_time_seconds", "When the last backup was made.", last.made_at.timestamp())
    yield _gauge("scraped_time_seconds", "The clock of the process that answered.", time.time())


def _gauge(name: str, words: str, value: float) -> Any:
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(f"reelproof_{name}", words, value=value)


def _labelled(name: str, words: str, *labels: str) -> Any:
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(f"reelproof_{name}", words, labels=labels)
