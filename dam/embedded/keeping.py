"""honcho's Manager, which starts a process again that died by itself."""

from multiprocessing import Process

from honcho.manager import Manager

from dam.embedded.terminal import Terminal


class KeepingManager(Manager):  # type: ignore[misc]
    """The terminal says which of the dead are to start again; any other ends all, as honcho has it."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(printer=terminal)
        self.terminal = terminal
        self._stopping = False

    def terminate(self) -> None:
        """At once, or once each that has just started has told its process id; else it would live on."""
        self._stopping = True
        self.terminal.deaths.forget()
        if super()._all_started():
            super().terminate()

    def _all_started(self) -> bool:
        """Asked again and again, after each thing that a process says."""
        started = bool(super()._all_started())
        if started and self._stopping:
            super().terminate()  # once: what follows the first has no effect
        return started

    def _any_stopped(self) -> bool:
        """Asked again and again; here the due are started, and who is still to start counts as running."""
        if not self._stopping:
            for name in self.terminal.deaths.take_due():
                self._start_again(name)
        ended = [name for name, each in self._processes.items() if each.get("returncode") is not None]
        return any(not self.terminal.deaths.waiting(name) for name in ended)

    def _all_stopped(self) -> bool:
        return bool(super()._all_stopped()) and not self._any_stopped_for_now()

    def _any_stopped_for_now(self) -> bool:
        return any(self.terminal.deaths.waiting(name) for name in self._processes)

    def _start_again(self, name: str) -> None:
        kept = self._processes[name]
        del kept["returncode"], kept["pid"]
        self.returncode = None
        kept["process"].join()
        kept["process"] = Process(name=name, target=kept["obj"].run, args=(self.events, True))
        kept["process"].start()
