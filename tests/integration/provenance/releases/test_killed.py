"""Real workers killed, and a broker that is really away, anywhere between approval and release."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from dam.audit import trail
from dam.audit.models import Event
from dam.catalog.models import ReleaseState, Version
from dam.celery import app
from dam.core import storage
from dam.embedded import postgres
from provenance.models import Release
from provenance.releases import recovery, sending
from tests.conftest import BASE_DIR, DATA_DIR
from tests.media_factory import movie
from tests.release_factory import case_of
from tests.review_factory import Case

Wait = Callable[..., None]
pytestmark = pytest.mark.django_db(transaction=True)
QUEUES = ("sign", "transcode")

APPROVE = """
import sys
from dam.accounts import principals
from dam.accounts.models import User
from provenance.models import Review
from provenance.review import reviews
review = Review.objects.get(pk=sys.argv[1])
by = principals.member(User.objects.get(pk=sys.argv[2]), review.brand)
reviews.decide(
    review, by=by, kind="approve", expected_sha256=review.content_sha256, uses=["web"], territories=["EU"]
)
"""


def environment(**changes: str) -> dict[str, str]:
    database = settings.DATABASES["default"]["NAME"]
    return {
        **os.environ,
        "DATABASE_URL": postgres.url(DATA_DIR, database=database),
        "SIGNING_DIR": str(settings.SIGNING_DIR),
        **changes,
    }


class Workers:
    """Workers of the queues that releases take, each a process group that can be killed whole."""

    def __init__(self) -> None:
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "--app", "dam.celery", "worker"]
        command += [
            "--queues",
            ",".join(QUEUES),
            "--concurrency",
            "1",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
        with (DATA_DIR / "logs" / "sign-worker.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=BASE_DIR, stdout=log, stderr=log, env=environment(), start_new_session=True
            )
        self.processes.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """The worker and its pool, as a power cut would."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                self.kill(process)


@pytest.fixture
def workers(servers: None) -> Iterator[Workers]:
    """The shared worker, where an earlier test has started it, leaves these queues alone meanwhile."""
    for queue in QUEUES:
        app.control.cancel_consumer(queue, reply=True, timeout=2)
    app.control.purge()
    started = Workers()
    try:
        yield started
    finally:
        started.end()
        app.control.purge()
        for queue in QUEUES:
            app.control.add_consumer(queue, reply=True, timeout=2)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """In review, approved but for the legal stage. Its release takes a while: it has to be converted."""
    made = case_of(
        movie(tmp_path / "clip.webm", codec="libvpx", width=640, height=360, frames=200), suffix=".webm"
    )
    made.approve(made.submit(), by=made.brand_reviewer)
    return made


def approve(case: Case) -> Release:
    case.approve(case.version.reviews.get(), by=case.legal_reviewer)
    return Release.objects.get()


def claimed(release: Release) -> bool:
    return Release.objects.exclude(claim="").filter(pk=release.pk).exists()


def later() -> recovery.Recovered:
    """What beat would do some minutes on."""
    return recovery.recover(at=timezone.now() + timedelta(minutes=10))


def released_once(case: Case) -> bool:
    """Exactly one release, one file beside the master, one event, and a chain that holds."""
    release = Release.objects.get()
    files = {entry.key for entry in storage.entries(str(case.brand.pk))}
    assert release.state == "ready", release.reason
    assert files == {case.version.storage_key, release.storage_key}
    assert Event.objects.filter(verb="release.signed").count() == 1
    assert Version.objects.get(pk=case.version.pk).release == ReleaseState.READY
    assert trail.first_broken(case.brand) is None
    return True


def is_ready() -> bool:
    return Release.objects.filter(state__in=["ready", "failed"]).exists()


def test_a_worker_killed_in_the_middle_of_signing(case: Case, workers: Workers, wait_until: Wait) -> None:
    worker = workers.start()
    release = approve(case)
    wait_until(lambda: claimed(release))
    workers.kill(worker)
    assert Release.objects.get().state == "signing"
    workers.start()
    assert later() == recovery.Recovered(sent=1, failed=0)
    held = Release.objects.filter(pk=release.pk, claimed_until__isnull=False)
    held.update(claimed_until=timezone.now())  # the minutes have passed, unless it was let go already
    wait_until(is_ready)
    assert released_once(case)
    assert Release.objects.get().attempts == 2


def test_a_pool_process_killed_in_the_middle_of_signing(
    case: Case, workers: Workers, wait_until: Wait
) -> None:
    """The worker itself lives and delivers the task again: nobody has to wait for recovery."""
    worker = workers.start()
    release = approve(case)
    wait_until(lambda: claimed(release))
    children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
    for child in children:
        os.kill(int(child), signal.SIGKILL)
    wait_until(is_ready)
    assert released_once(case)


def test_a_message_lost_between_approval_and_signing(case: Case, workers: Workers, wait_until: Wait) -> None:
    approve(case)
    assert app.control.purge() == 2  # the release to sign, and the events to tell people of
    workers.start()
    assert later() == recovery.Recovered(sent=1, failed=0)
    wait_until(is_ready)
    assert released_once(case)


def test_three_killed_workers_end_in_a_sentence(case: Case, workers: Workers, wait_until: Wait) -> None:
    release = approve(case)
    Release.objects.filter(pk=release.pk).update(attempts=2)
    worker = workers.start()
    wait_until(lambda: claimed(release))
    workers.kill(worker)
    assert later() == recovery.Recovered(sent=0, failed=1)
    assert "stopped 3 times" in Release.objects.get().reason


@pytest.fixture(params=["refused", "hung"])
def dead_broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a broker that refuses, or that takes connections and never says a word."""
    address = Path(f"/tmp/reelproof-dead-{os.getpid()}.sock")
    if request.param == "refused":
        yield f"redis+socket://{address}"
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(address))
        server.listen(64)
        held: list[socket.socket] = []
        threading.Thread(target=lambda: _accept(server, held), daemon=True).start()
        try:
            yield f"redis+socket://{address}"
        finally:
            address.unlink()
            for connection in held:
                connection.close()


def _accept(server: socket.socket, held: list[socket.socket]) -> None:
    while True:
        try:
            held.append(server.accept()[0])
        except OSError:
            return


def test_an_approval_while_the_broker_is_away(
    case: Case, workers: Workers, wait_until: Wait, dead_broker: str
) -> None:
    review = case.version.reviews.get()
    subprocess.run(
        [
            sys.executable,
            "-c",
            f"import django; django.setup()\n{APPROVE}",
            str(review.pk),
            str(case.legal_reviewer.user.pk),
        ],
        cwd=BASE_DIR,
        env=environment(BROKER_URL=dead_broker, DJANGO_SETTINGS_MODULE="dam.settings"),
        check=True,
        timeout=90,
    )
    release = Release.objects.get()
    assert (release.state, release.sent_at, release.reason) == ("signing", None, sending.QUEUE_AWAY)
    workers.start()
    assert later() == recovery.Recovered(sent=1, failed=0)
    wait_until(is_ready)
    assert released_once(case)
