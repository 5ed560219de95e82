"""Something is killed or away in the middle of a step: the step ends done, and once."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from kombu import Connection

from dam.catalog.models import Version
from dam.celery import app
from dam.core import storage, tasks
from dam.embedded import postgres, servers, valkey
from dam.ingest import recovery, step_specs, steps
from dam.ingest.models import Step, StepState
from dam.media import specs
from dam.media.probe import MediaInfo
from tests.conftest import DATA_DIR
from tests.factories import VersionFactory, member
from tests.interrupted_worker import SLOW

WaitUntil = Callable[..., None]
pytestmark = pytest.mark.django_db(transaction=True)


class Broker:
    """A Valkey of this test's own, to be stopped and started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = valkey.url(folder)
        self.start()

    def start(self) -> None:
        self.server: servers.Server = valkey.start(self.folder, say=print)

    def stop(self) -> None:
        self.server.stop()


class Workers:
    """Workers whose one step takes until the test says `go`."""

    def __init__(self, folder: Path, broker: Broker) -> None:
        self.folder = folder
        self.broker = broker
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "--app", "tests.interrupted_worker", "worker"]
        command += ["--queues", "transcode", "--concurrency", "1", "--loglevel", "INFO"]
        command += ["--without-gossip", "--without-mingle", "--hostname", f"{len(self.processes)}@%h"]
        database = settings.DATABASES["default"]["NAME"]
        with (self.folder / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=settings.BASE_DIR,
                env={
                    **os.environ,
                    "DATABASE_URL": postgres.url(DATA_DIR, database=database),
                    "BROKER_URL": self.broker.url,
                    "CACHE_URL": settings.CACHE_URL,
                    "INTERRUPTED_DIR": str(self.folder),
                    "LOG_LEVEL": "INFO",
                },
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def began(self) -> int:
        return len(list(self.folder.glob("began-*")))

    def go(self) -> None:
        (self.folder / "go").touch()

    def log(self) -> str:
        return (self.folder / "worker.log").read_text()[-4000:]


@pytest.fixture
def broker(tmp_path_factory: pytest.TempPathFactory, servers: None) -> Iterator[Broker]:
    broker = Broker(tmp_path_factory.mktemp("broker"))
    yield broker
    broker.stop()


@pytest.fixture
def workers(tmp_path: Path, broker: Broker, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    def send(name: str, **ids: Any) -> None:
        options = {"socket_connect_timeout": 1.0, "socket_timeout": 5.0}
        with Connection(broker.url, transport_options=options) as there:
            app.send_task(name, kwargs=ids, queue=tasks.queue_of(name), connection=there, retry=False)

    monkeypatch.setattr(tasks, "send", send)
    monkeypatch.setattr(specs, "RENDITIONS", (SLOW,))
    monkeypatch.setattr(step_specs, "OTHERS", ())
    workers = Workers(tmp_path, broker)
    yield workers
    for process in workers.processes:
        if process.poll() is None:
            workers.kill(process)


@pytest.fixture
def version(clip: Path, info: MediaInfo) -> Iterator[Version]:
    version = VersionFactory.create(media_info=info.to_json())
    kept = storage.put(clip, brand_id=version.brand_id, suffix=".mp4")
    Version.objects.filter(pk=version.pk).update(storage_key=kept.key)
    yield version
    storage.delete(kept.key)


def step() -> Step:
    return Step.objects.get(name="slow")


def is_done() -> bool:
    return step().state == StepState.DONE


def test_a_worker_killed_in_the_middle(version: Version, workers: Workers, wait_until: WaitUntil) -> None:
    first = workers.start()
    steps.begin(version)
    wait_until(lambda: workers.began() == 1)
    workers.kill(first)
    workers.go()
    workers.start()
    assert recovery.run() == 0  # it may still live, for all we know
    Step.objects.update(held_until=timezone.now())  # the minute and a half went by
    assert recovery.run(at=timezone.now() + timedelta(minutes=3)) == 1
    wait_until(is_done)
    assert (workers.began(), step().attempts, version.renditions.count()) == (2, 2, 1)


def test_the_database_drops_every_connection_in_the_middle(
    version: Version, workers: Workers, wait_until: WaitUntil
) -> None:
    workers.start()
    steps.begin(version)
    wait_until(lambda: workers.began() == 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    # This process's own pool was hit as well: its next test must not wait until it finds that out.
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    workers.go()
    wait_until(is_done)
    assert (workers.began(), step().attempts, version.renditions.count()) == (1, 1, 1)


def test_the_broker_goes_in_the_middle_and_comes_back(
    version: Version, workers: Workers, broker: Broker, wait_until: WaitUntil
) -> None:
    workers.start()
    steps.begin(version)
    wait_until(lambda: workers.began() == 1)
    broker.stop()
    workers.go()
    wait_until(is_done)
    broker.start()
    steps.retry(version, "slow", by=member(version.brand))  # what is sent now is done as well
    wait_until(is_done)
    assert (workers.began(), step().attempts, version.renditions.count()) == (2, 1, 1)


def test_a_broker_that_is_away_when_a_clip_is_taken_breaks_nothing(
    version: Version, workers: Workers, broker: Broker, wait_until: WaitUntil
) -> None:
    broker.stop()
    steps.begin(version)
    assert step().state == StepState.WAITING
    broker.start()
    workers.go()
    workers.start()
    assert recovery.run(at=timezone.now() + timedelta(minutes=3)) == 1
    wait_until(is_done)
    assert workers.began() == 1
