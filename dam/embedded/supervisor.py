"""One run of everything on this machine, from the first check to the last stop."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Protocol

from dam.embedded import CannotStart, logs, orphans, postgres, preflight, processes, servers, valkey
from dam.embedded.deaths import Deaths
from dam.embedded.keeping import KeepingManager
from dam.embedded.terminal import Terminal

LOOPBACK = ("127.0.0.1", "::1", "localhost")
WEB_START_SECONDS = 90.0
LOG_LINES = 15
LOOK_SECONDS = 1.0


class Start(Protocol):
    """Starts an embedded server."""

    __module__: str

    def __call__(self, data_dir: Path, *, say: logs.Say) -> servers.Server: ...


class Supervisor:
    """Addresses in the environment (DATABASE_URL, BROKER_URL) are used; what has none is started here."""

    def __init__(
        self,
        *,
        data_dir: Path,
        code: Path,
        listen: str,
        port: int,
        demo: bool,
        recover: Callable[[], None],
        count_workers: Callable[[], int],
        sign_in: str,
        mail: str = "",
        reload: bool = False,
    ) -> None:
        self.data_dir = data_dir
        self.code = code
        self.listen = listen
        self.port = port
        self.recover = recover  # called once the broker runs and before any worker does
        self.sign_in = sign_in  # how, as the demo people
        self.mail = mail  # where it goes, if it isn't sent
        self.reload = reload  # code, templates and static files are read anew when they change
        self.count_workers = count_workers  # how many answer; called in a thread
        self.address = f"http://{'localhost' if listen in LOOPBACK else listen}:{port}"
        self.embeds_database = not os.environ.get("DATABASE_URL")
        self.embeds_broker = not os.environ.get("BROKER_URL")
        # Everybody knows the demo people's passwords, so they are only made where nobody else can come in.
        default = "1" if self.embeds_database and listen in LOOPBACK else "0"
        self.demo = demo and os.environ.get("DEMO", default).lower() in ("1", "true", "yes", "on")
        self.demo_made = data_dir / "demo-made"
        self.terminal = Terminal(data_dir / "logs")
        self.manager = KeepingManager(self.terminal)
        self.servers: dict[str, servers.Server] = {}
        self.deaths = Deaths()  # of servers; the terminal has those of processes
        self.failure: str | None = None
        self.began = time.monotonic()

    def until_stopped(self) -> None:
        """Return after Ctrl-C or SIGTERM; raise servers.ServerFailed when something stopped by itself.

        Raises CannotStart, too, for whatever keeps it from starting.
        """
        for signum in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signum, _interrupt)  # until honcho takes them over
        try:
            with ExitStack() as stack:
                self._start(stack)
                self.manager.loop()
        except KeyboardInterrupt:
            self.terminal.asked_to_stop = True
        if self.failure:
            raise servers.ServerFailed(self.failure)
        if not self.terminal.asked_to_stop and self.terminal.first_stopped:
            name, status = self.terminal.first_stopped
            log = self.terminal.log(name)
            raise servers.ServerFailed(
                f"{name} stopped unexpectedly (exit status {status}), so everything was stopped. "
                f"{log} ends:\n{logs.tail(log, lines=LOG_LINES)}"
            )
        self.terminal.say("Stopped.")

    def _start(self, stack: ExitStack) -> None:
        stack.callback(self.terminal.close)
        preflight.check_owner(self.data_dir)
        stack.enter_context(preflight.lock(self.data_dir))
        preflight.check_disk(self.data_dir)
        orphans.stop(self.data_dir, self.terminal.say)
        shutil.rmtree(self.data_dir / "metrics", ignore_errors=True)  # counts of processes that have ended
        preflight.check_port(self.listen, self.port)
        started = self._start_servers(stack)
        self._prepare()
        cores = os.cpu_count() or 1
        plan = processes.plan(host=self.listen, port=self.port, cores=cores, reload=self.reload)
        for process in plan:
            env = self._environment(threads=process.threads)
            self.manager.add_process(process.name, process.command, env=env, cwd=str(self.code))
        for start in started:
            threading.Thread(target=self._watch, args=(start,), daemon=True).start()
        threading.Thread(target=self._watch_processes, daemon=True).start()
        opening = threading.Thread(target=self._open)
        opening.start()
        stack.callback(opening.join)
        stack.callback(self.terminal.stopping.set)

    def _start_servers(self, stack: ExitStack) -> list[Start]:
        """Start what is embedded; how each is started once more."""
        starts: list[Start] = []
        if self.embeds_database:
            if not (self.data_dir / "postgres" / "data").exists():
                self.terminal.say("Creating the database…")
            starts.append(postgres.start)
            self._start_server(stack, postgres.start)
        if self.embeds_broker:
            starts.append(valkey.start)
            self._start_server(stack, valkey.start)
            self.recover()
        return starts

    def _start_server(self, stack: ExitStack, start: Start) -> None:
        self.servers[start.__module__] = start(self.data_dir, say=self.terminal.say)
        stack.callback(lambda: self.servers[start.__module__].stop())

    def _prepare(self) -> None:
        """Bring the schema and the static files up to date, side by side."""
        self.terminal.say("Preparing the database and pages…")
        commands = {"migrate": ["migrate", "--no-input"], "collectstatic": ["collectstatic", "--no-input"]}
        running = {name: self._manage(name, arguments) for name, arguments in commands.items()}
        try:
            for name, process in running.items():
                if process.wait() != 0:
                    log = self.terminal.log(name)
                    raise servers.ServerFailed(f"`manage.py {name}` failed. {log} ends:\n{logs.tail(log)}")
        finally:
            for process in running.values():
                process.kill()
                process.wait()

    def _manage(self, name: str, arguments: list[str]) -> subprocess.Popen[bytes]:
        with logs.opened(self.terminal.log(name), "wb") as output:
            return subprocess.Popen(
                [sys.executable, "manage.py", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.code,
                env=self._environment(threads=1),
                start_new_session=True,
            )

    def _environment(self, *, threads: int) -> dict[str, str]:
        return {
            "PUBLIC_URL": self.address,
            **({"DEBUG": "1"} if self.reload else {}),
            **os.environ,
            orphans.MARK: str(self.data_dir),
            "DATA_DIR": str(self.data_dir),
            "DEMO": "1" if self.demo else "0",
            "PYTHONUNBUFFERED": "1",
            # Spinning threads of one process would starve the others.
            "OMP_WAIT_POLICY": "PASSIVE",
            "OMP_NUM_THREADS": str(threads),
            # Celery then ends its tasks and puts them back when asked to stop, instead of finishing them.
            "REMAP_SIGTERM": "SIGQUIT",
        }

    def _watch(self, start: Start) -> None:
        """Start a server again that stops by itself; stop everything when that is no use."""
        while True:
            server = self.servers[start.__module__]
            status = server.process.wait()
            if self.terminal.stopping.is_set():
                return
            died = f"{server.name} stopped unexpectedly (exit status {status})"
            if not self._start_server_again(start, server, died):
                self.failure = (
                    f"{died}, so everything was stopped. "
                    f"{server.log} ends:\n{logs.tail(server.log, lines=LOG_LINES)}"
                )
                os.kill(os.getpid(), signal.SIGTERM)
                return

    def _start_server_again(self, start: Start, server: servers.Server, died: str) -> bool:
        """Whether it runs again, or everything stops anyway."""
        while self.terminal.keeping and (pause := self.deaths.note(server.name)) is not None:
            self.terminal.say(f"  {died}. Starting it again in {pause:.0f} s; see {server.log}.")
            if self.terminal.stopping.wait(pause):
                return True
            try:
                again = start(self.data_dir, say=self.terminal.say)
            except CannotStart as problem:
                self.terminal.say(f"  {problem}")
                continue
            self.servers[start.__module__] = again
            if self.terminal.stopping.is_set():
                again.stop()
            return True
        return False

    def _watch_processes(self) -> None:
        """Notice a dead process although its children live on: honcho then hears of it and stops all."""
        while not self.terminal.stopping.wait(LOOK_SECONDS):
            for pid in list(self.terminal.running.values()):
                orphans.end_group(pid)

    def _open(self) -> None:
        """Once the pages are served, say so; on a first start, fill the library."""
        if not self._wait_for_web():
            return
        say = self.terminal.say
        say(f"Serving at {self.address} after {time.monotonic() - self.began:.1f} s.")
        if not self._wait_for_workers():
            return
        self.terminal.keeping = True
        if self.demo and not self.demo_made.exists():
            say("Creating the demo brand and its starter library. You can use the app while it runs.")
            if self._make_demo():
                self.demo_made.touch()
            elif not self.terminal.stopping.is_set():
                say("The starter library isn't complete. The next start continues it.")
        if not self.terminal.stopping.is_set():
            say(f"\n  Reelproof is ready: {self.address}")
            if self.demo:
                say(f"  {self.sign_in}")
            elif link := self._setup_link():
                say(f"  Set it up: {link}")
            if self.mail:
                say(f"  {self.mail}")
            say("  Ctrl-C stops everything.\n")

    def _wait_for_web(self) -> bool:
        """Whether the web process came to accept connections before anything stopped."""
        self.terminal.started.wait(WEB_START_SECONDS)
        deadline = time.monotonic() + WEB_START_SECONDS
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.listen, self.listen)
        while not self.terminal.stopping.wait(0.1) and time.monotonic() < deadline:
            try:
                socket.create_connection((host, self.port), timeout=1).close()
            except OSError:
                continue
            return True
        return False

    def _wait_for_workers(self) -> bool:
        """Whether every worker came to answer before anything stopped."""
        expected = len(processes.worker_queues(os.cpu_count() or 1))
        while not self.terminal.stopping.wait(0.1):
            if self.count_workers() >= expected:
                return True
        return False

    def _setup_link(self) -> str:
        """The link to the page of the first run; "" where there are people."""
        made = subprocess.run(
            [sys.executable, "manage.py", "setup_link", "--if-needed"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=self.code,
            env=self._environment(threads=1),
            text=True,
            check=False,
        )
        return made.stdout.strip() if made.returncode == 0 else ""

    def _make_demo(self) -> bool:
        """Run `manage.py demo`, which takes up where an interrupted one stopped. Whether it finished."""
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.code,
            env=self._environment(threads=1),
            start_new_session=True,
            text=True,
            errors="replace",
        )
        threading.Thread(target=self._stop_with_the_rest, args=(process,), daemon=True).start()
        log = logs.opened(self.terminal.log("demo"), "a")
        with log, process.stdout or open(os.devnull) as lines:
            for line in lines:
                log.write(line)
                self.terminal.say("  " + line.rstrip())
        return process.wait() == 0

    def _stop_with_the_rest(self, process: subprocess.Popen[str]) -> None:
        self.terminal.stopping.wait()
        process.terminate()


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
