"""The real web process, on the test database."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dam.embedded import postgres
from tests.conftest import BASE_DIR, DATA_DIR

WEB_SECONDS = 40.0


@dataclass
class WebProcess:
    """`name` is that of its log; `environment` what it is started with."""

    name: str
    port: int
    environment: dict[str, str] = field(repr=False)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return DATA_DIR / "logs" / f"{self.name}.log"

    def start(self) -> None:
        command = [sys.executable, "-m", "uvicorn", "dam.asgi:application", "--port", str(self.port)]
        command += ["--lifespan", "off", "--http", "dam.web.connections:Connection", "--ws", "none"]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=BASE_DIR,
                env=self.environment,
                start_new_session=True,
            )
        self._wait()

    def kill(self) -> None:
        """As a machine that loses its power."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _wait(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + WEB_SECONDS
        while True:
            try:
                urllib.request.urlopen(f"{self.address}/healthz", timeout=2)
                return
            except (urllib.error.URLError, OSError):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"The web process did not answer:\n{self.log.read_text()[-4000:]}")
                time.sleep(0.1)


@contextmanager
def running(name: str, more: Mapping[str, str], *, pages: bool = True) -> Iterator[WebProcess]:
    """One with `more` in its environment. Without `pages` no static files are gathered for it."""
    from django.conf import settings

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database = settings.DATABASES["default"]["NAME"]
    environment = {
        **os.environ,
        "DATABASE_URL": postgres.url(DATA_DIR, database=database, user=postgres.APPLICATION_USER),
        "DATABASE_POOL_SIZE": "4",
        "DATABASE_SIDE_CONNECTIONS": "2",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        **more,
    }
    web = WebProcess(name, port, environment)
    with web.log.open("wb") as output:
        if pages:
            collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
            subprocess.run(collect, cwd=BASE_DIR, env=environment, stdout=output, stderr=output, check=True)
    try:
        web.start()
        yield web
    finally:
        web.stop()
