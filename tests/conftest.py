"""The services that tests run against: real PostgreSQL, Valkey and a Celery worker, in a folder of their own.

Nothing starts before the first test that asks for it, so a run of pure tests needs no service.
"""

import gc
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
import hypothesis
import pytest

from dam.embedded import postgres, valkey
from tests import kept_cluster

BASE_DIR = Path(__file__).resolve().parent.parent
# Short: a Unix socket's path has about a hundred characters.
DATA_DIR = Path(tempfile.mkdtemp(prefix="reelproof-test-")).resolve()
(DATA_DIR / "static").mkdir()  # without it WhiteNoise warns again for each client that a test makes
WORKER_SECONDS = 60.0

# How fast a busy machine is says nothing about the code: no example may fail for its time.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")

# dam.asgi moves temporary files into the scratch folder, and tests of cleanup delete what is left there: the
# folders that pytest makes stay outside.
os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())

# Settings read the environment, and are read after this.
for name in (
    "DATABASE_URL",
    "BROKER_URL",
    "CACHE_URL",
    "STORAGE",
    "S3_ENDPOINT_URL",
    "S3_REGION",
    "S3_PUBLIC_URL",
    "S3_DIRECT_UPLOADS",
    "DEBUG",
    "PUBLIC_URL",
    "DEMO",
    "SIGNING_DIR",
):
    os.environ.pop(name, None)
os.environ["DATA_DIR"] = str(DATA_DIR)
# As in what `manage.py up` starts: threads that spin while they wait take the cores from all others.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
if "PYTEST_XDIST_WORKER" in os.environ:  # processes side by side share the cores
    os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["DJANGO_SETTINGS_MODULE"] = "dam.settings"
os.environ["PASSWORD_HASHERS"] = "django.contrib.auth.hashers.MD5PasswordHasher"
os.environ["SETUP"] = "0"  # most tests begin without people, and want no page that makes the first
os.environ["DATABASE_SIDE_CONNECTIONS"] = "0"  # most tests look into a transaction that others don't see
os.environ["WARM_UP"] = "0"  # workers of tests load no encoder unless they are asked for it
os.environ.setdefault("LOG_LEVEL", "WARNING")
# Playwright keeps an event loop in the thread of the test, where Django would refuse the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
# Here, not in a hook: the conftest files below this one import models.
django.setup()

from dam.core import roles  # noqa: E402 - settings are read above
from tests import emptying  # noqa: E402

roles.as_owner()  # the test database is made, emptied and dropped; what tests start is the plain role
emptying.install()


def pytest_configure() -> None:
    # So that the servers are stopped also when a run is, by `timeout` or by CI.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Each process of a parallel run has servers and a folder of its own.

    They inherit this environment, and pytest-django would read the settings before this file names the
    folder.
    """
    os.environ.pop("DJANGO_SETTINGS_MODULE")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Quick tests first, the browser last: its driver leaves an event loop running in this thread.

    The scripts are one long file, so they stand before the journeys: the end is shared out in short ones.
    """
    places = ("unit", "integration", "browser/js", "browser")
    items.sort(
        key=lambda item: next((n for n, place in enumerate(places) if f"tests/{place}/" in item.nodeid), 0)
    )


def pytest_collection_finish() -> None:
    """What was imported stays to the end, so the collector of cycles need not look through it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_unconfigure() -> None:
    shutil.rmtree(DATA_DIR, ignore_errors=True)


@pytest.fixture(scope="session")
def servers() -> Iterator[None]:
    """PostgreSQL and Valkey, for as long as the tests run."""
    kept_cluster.copy_to(DATA_DIR)
    database = postgres.start(DATA_DIR, say=print, options=kept_cluster.UNSAFE)
    try:
        broker = valkey.start(DATA_DIR, say=print)
        try:
            yield
        finally:
            broker.stop()
    finally:
        database.stop()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(servers: None) -> None:
    """pytest-django asks for this before it makes the test database."""


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The test database came with the cluster, and goes with its folder."""
    return True


@pytest.fixture(autouse=True, scope="session")
def _plain_static_files() -> None:
    """Pages link to the sources, so that no test needs collectstatic.

    WhiteNoise looks for a file when it is asked for it, and doesn't read all of them for each client made.
    """
    from django.test import override_settings

    backend = "django.contrib.staticfiles.storage.StaticFilesStorage"
    override_settings(STORAGES={"staticfiles": {"BACKEND": backend}}, WHITENOISE_AUTOREFRESH=True).enable()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of an S3 server with an empty bucket."""
    from tests import s3_server

    if sys.platform == "darwin":
        pytest.skip("No wheel brings an S3 server for macOS.")
    with s3_server.running(DATA_DIR / "s3") as url:
        yield url


@pytest.fixture(autouse=True, scope="session")
def _all_files_in_a_bucket(request: pytest.FixtureRequest) -> Iterator[None]:
    """With TEST_STORAGE=s3 every test keeps its files in a bucket, and so do the processes it starts."""
    from django.test import override_settings

    if os.environ.get("TEST_STORAGE") != "s3":
        yield
        return
    from tests import s3_server

    bucket = {"STORAGE": f"s3://{s3_server.BUCKET}/all", "S3_REGION": "us-east-1"}
    bucket["S3_ENDPOINT_URL"] = request.getfixturevalue("s3_server")
    os.environ.update(bucket)
    with override_settings(**bucket):
        yield


@pytest.fixture(params=["folder", "s3"])
def either_store(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> str:
    """The test runs twice: with its files in a folder of its own, and in a bucket."""
    if request.param == "folder":
        settings.STORAGE = str(tmp_path / "storage")
    else:
        from tests import s3_server

        settings.S3_ENDPOINT_URL = request.getfixturevalue("s3_server")
        settings.S3_REGION = "us-east-1"
        settings.STORAGE = f"s3://{s3_server.BUCKET}/{uuid.uuid4()}"
    return str(request.param)


@pytest.fixture(scope="session")
def _worker(django_db_setup: None) -> Iterator[subprocess.Popen[bytes]]:
    """One Celery worker for every queue, on the test database."""
    from django.conf import settings

    from dam.core.tasks import QUEUES

    database = settings.DATABASES["default"]["NAME"]  # pytest-django put the test database's name here
    log = DATA_DIR / "logs" / "worker.log"
    command = [sys.executable, "-m", "celery", "--app", "dam.celery", "worker", "--queues", ",".join(QUEUES)]
    command += ["--pool", "prefork", "--concurrency", "1", "--loglevel", "INFO"]
    command += ["--without-gossip", "--without-mingle"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=BASE_DIR,
            env={
                **os.environ,
                "DATABASE_URL": postgres.url(DATA_DIR, database=database, user=postgres.APPLICATION_USER),
                "LOG_LEVEL": "INFO",
                "RECOGNITION": "0",  # it takes a while for each clip, and has tests of its own
                "OMP_WAIT_POLICY": "PASSIVE",
                "REMAP_SIGTERM": "SIGQUIT",
            },
            start_new_session=True,
        )
    try:
        _wait_for_worker(process, log)
        _take_tasks(False)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for_worker(process: subprocess.Popen[bytes], log: Path) -> None:
    from dam.celery import app

    deadline = time.monotonic() + WORKER_SECONDS
    while not app.control.ping(timeout=2, limit=1):
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"The worker did not start:\n{log.read_text()}")


@pytest.fixture
def live_worker(_worker: subprocess.Popen[bytes], transactional_db: None) -> Iterator[None]:
    """A worker that runs what the test enqueues. Afterwards nothing is queued and nothing runs."""
    from dam.celery import app

    app.control.purge()  # what tests without a worker have sent
    _take_tasks(True)
    yield
    log = DATA_DIR / "logs" / "worker.log"
    if _worker.poll() is not None:
        pytest.fail(f"The worker stopped during the test:\n{log.read_text()[-4000:]}")
    deadline = time.monotonic() + WORKER_SECONDS
    # The next test empties the tables, which would wait for a task that still holds them. A task that ends
    # may send the next one off, so it must be quiet twice.
    quiet = 0
    while quiet < 2:
        queued = app.control.purge()
        inspect = app.control.inspect(timeout=2, limit=1)
        answers = [inspect.reserved(), inspect.active()]  # None: the worker did not answer in time
        idle = all(answer and not any(answer.values()) for answer in answers)
        quiet = quiet + 1 if idle and not queued else 0
        if time.monotonic() > deadline:
            pytest.fail(f"A task ran on after the test:\n{log.read_text()[-4000:]}")
    _take_tasks(False)


def _take_tasks(taking: bool) -> None:
    """Have the worker take tasks, or leave them lying.

    A test that asks for no worker may send tasks all the same. One that ran them would hold rows while the
    tables are emptied, and now and then PostgreSQL ends such a knot by refusing the emptying.
    """
    from dam.celery import app
    from dam.core.tasks import QUEUES

    order = app.control.add_consumer if taking else app.control.cancel_consumer
    for queue in QUEUES:
        if not order(queue, reply=True, timeout=10, limit=1):
            pytest.fail(f"The worker did not answer when it was told about the queue {queue}.")


@pytest.fixture
def wait_until() -> Callable[..., None]:
    """`wait_until(condition)`: return once the condition holds; fail after `seconds`.

    They are many, as a test that passes waits for none of them: a slow machine isn't a fault.
    """

    def wait(condition: Callable[[], object], *, seconds: float = 120.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                log = DATA_DIR / "logs" / "worker.log"
                log_end = log.read_text()[-4000:] if log.exists() else ""
                pytest.fail(f"Not within {seconds:.0f} s. The worker's log ends:\n{log_end}")
            time.sleep(0.05)

    return wait
