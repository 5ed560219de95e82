"""Broker and cache that are gone, or accept connections and never answer: nobody waits for them for long."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

BASE_DIR = Path(__file__).resolve().parents[4]
# In a process of its own, whose settings name a server that is away. Prints how long each thing took.
ASK = """
import time, django
django.setup()
from django.core.cache import cache
from dam.core import events, tasks
from dam.search import query_embedding
began = time.monotonic()
for _ in range(10):  # as an approval does that tells of a version, a card, a queue …
    assert not tasks.offer("check.upload", upload_id="1")
    events._send("channel", "name")
    assert query_embedding.ask("red", encoder="any") is None
    cache.set("kept", 1)
    assert cache.get("kept") == 1
    assert cache.add("counted", 0) in (True, False)
    cache.incr("counted")
assert cache.get("counted") == 10
assert cache.get("missing", "default") == "default"
print(time.monotonic() - began)
"""


@pytest.fixture
def hung() -> Iterator[str]:
    """A server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        open_now: list[socket.socket] = []

        def accept() -> None:
            try:
                while True:
                    open_now.append(server.accept()[0])
            except OSError:
                return

        threading.Thread(target=accept, daemon=True).start()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        for each in open_now:
            each.close()


def seconds_with(url: str, tmp_path: Path) -> float:
    env = {**os.environ, "BROKER_URL": url, "CACHE_URL": url, "DATA_DIR": str(tmp_path)}
    asked = subprocess.run(
        [sys.executable, "-c", ASK], cwd=BASE_DIR, env=env, capture_output=True, text=True, check=False
    )
    assert asked.returncode == 0, asked.stderr
    return float(asked.stdout.splitlines()[-1])


def test_a_server_that_hangs_is_waited_for_once(hung: str, tmp_path: Path) -> None:
    assert seconds_with(hung, tmp_path) < 20  # ten times each would be 200


def test_a_server_that_is_gone_costs_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert seconds_with(f"redis://127.0.0.1:{port}/0", tmp_path) < 10
