"""What the processes say: every line to a log of its own, the few that matter to the terminal."""

import re
import sys
import threading
from pathlib import Path
from typing import IO

from honcho.printer import Message

from dam.embedded import logs
from dam.embedded.deaths import Deaths

# Celery, uvicorn and Django each write the level as a word of its own.
NOTEWORTHY = re.compile(r"\b(ERROR|CRITICAL)\b")
STARTED = re.compile(r"(?P<name>\S+) started \(pid=(?P<pid>\d+)\)")
STOPPED = re.compile(r"(?P<name>\S+) stopped \(rc=(?P<status>-?\d+)\)")


class Terminal:
    """A printer for honcho's Manager, in the shape of honcho.printer.Printer.

    honcho tells what happens to processes in words alone, so this is also where `up` learns of it.
    """

    def __init__(self, folder: Path, output: IO[str] = sys.stdout) -> None:
        self.width = 0  # honcho aligns names with it
        self.started = threading.Event()  # every process has been started
        self.stopping = threading.Event()
        self.running: dict[str, int] = {}  # the process id of each by its name
        self.asked_to_stop = False
        self.keeping = False  # what dies starts again; while everything starts, it ends all
        self.deaths = Deaths()
        self.first_stopped: tuple[str, int] | None = None  # name, exit status: what explains all that follow
        self._folder = folder
        self._files: dict[str, IO[str]] = {}
        self._output = output

    def say(self, line: str) -> None:
        print(line, file=self._output, flush=True)

    def log(self, name: str) -> Path:
        return self._folder / f"{name}.log"

    def write(self, message: Message) -> None:
        data = message.data
        text = data.decode("utf-8", "replace") if isinstance(data, bytes) else str(data)
        for line in text.splitlines():
            if message.name == "system":
                self._note(line)
            else:
                self._keep(message.name, line)

    def close(self) -> None:
        for file in self._files.values():
            file.close()

    def _note(self, line: str) -> None:
        self.started.set()
        started, stopped = STARTED.search(line), STOPPED.search(line)
        if started:
            self.running[started["name"]] = int(started["pid"])
        if stopped:
            self.running.pop(stopped["name"], None)
        if line.endswith("received") and not self.asked_to_stop:
            self.asked_to_stop = True
            self.stopping.set()
            self.say("Stopping. Work in progress goes back to the queue.")
        elif stopped and not self.stopping.is_set():
            self._note_death(stopped["name"], int(stopped["status"]))

    def _note_death(self, name: str, status: int) -> None:
        pause = self.deaths.note(name) if self.keeping else None
        if pause is None:
            self.first_stopped = name, status
            self.stopping.set()
            return
        again = f"Starting it again in {pause:.0f} s"
        self.say(f"  {name} stopped unexpectedly (exit status {status}). {again}; see {self.log(name)}.")

    def _keep(self, name: str, line: str) -> None:
        file = self._files.get(name)
        if file is None:
            file = self._files[name] = logs.opened(self.log(name), "a")
        file.write(line + "\n")
        file.flush()
        if NOTEWORTHY.search(line):
            self.say(f"  {name}: {line}  (more in {self.log(name)})")
