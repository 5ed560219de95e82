"""What must hold before anything is started, each with a message that says what to do."""

import fcntl
import os
import shutil
import socket
from pathlib import Path
from typing import IO

from dam.embedded import CannotStart

DISK_BYTES = 1024**3
"""Enough for the first start: the database, the starter library and its renditions."""


class NotReady(CannotStart):
    """Something stands in the way of starting; the message says what, and what to do about it."""


def check_owner(data_dir: Path) -> None:
    """Raise NotReady where this account may not work in `data_dir`."""
    data_dir.mkdir(parents=True, exist_ok=True)
    cluster = data_dir / "postgres"
    mine = os.access(data_dir, os.W_OK | os.X_OK) and (not cluster.exists() or os.access(cluster, os.X_OK))
    if not mine:
        raise NotReady(
            f"{data_dir} belongs to another account, root perhaps. "
            "Run as that account, or choose a folder of your own with DATA_DIR."
        )


def check_disk(folder: Path, *, needed: int = DISK_BYTES) -> None:
    """Raise NotReady unless the disk of `folder` has `needed` bytes free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise NotReady(
            f"The disk of {folder} has {free / 1e9:.1f} GB free; at least {needed / 1e9:.1f} GB are needed. "
            "Make room, or put the data on another disk with DATA_DIR."
        )


def check_port(host: str, port: int) -> None:
    """Raise NotReady unless this process could serve at `host`:`port`, naming what is in the way."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As the web server does: an address in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise NotReady(
                f"Cannot serve at {host}:{port}: {_holder(port) or error}. "
                f"Choose another port: make run PORT={port + 1 if 1024 <= port < 65535 else 8001}"
            ) from error


def _holder(port: int) -> str | None:
    """Which process listens on `port`, as far as this account may see."""
    import psutil

    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:
        return None
    for connection in connections:
        if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port:
            if connection.pid is None:
                return "a process of another account listens there"
            try:
                name = psutil.Process(connection.pid).name()
            except psutil.Error:
                name = "a process"
            return f"{name} (process {connection.pid}) listens there"
    return None


def lock(data_dir: Path) -> IO[str]:
    """Hold `data_dir` for this process; keep the file open. Raises NotReady where another `up` holds it.

    A record lock of the kernel: it ends with the process, however that dies, and children do not inherit it.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    file = (data_dir / "up.lock").open("a+")
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        raise NotReady(
            f"Reelproof already runs on {data_dir} (process {holder}). Stop that one with Ctrl-C first, "
            "or give this one its own DATA_DIR and PORT."
        ) from error
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file
