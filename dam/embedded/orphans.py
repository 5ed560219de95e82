"""Processes that somebody killed before they could stop those that they had started."""

import os
import signal
from contextlib import suppress
from pathlib import Path

import psutil

from dam.embedded.logs import Say

MARK = "REELPROOF_UP"
"""Set to DATA_DIR in the environment of every process that `up` starts, and in no other."""

PATIENCE = 5.0


def stop(data_dir: Path, say: Say) -> None:
    """Stop what an earlier `up` of `data_dir` left running. Call while holding its lock."""
    orphans = [process for process in psutil.process_iter() if _marked(process, data_dir)]
    if not orphans:
        return
    say(f"Stopping {len(orphans)} processes that an interrupted run left behind.")
    for process in orphans:
        _send(process, kill=False)
    for process in psutil.wait_procs(orphans, timeout=PATIENCE)[1]:
        _send(process, kill=True)
    psutil.wait_procs(orphans, timeout=PATIENCE)


def end_group(pid: int) -> bool:
    """End what a dead process that led a group has left in it; False while that process lives.

    What is left holds the dead one's output open, so that nobody who only listens would notice.
    """
    try:
        if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            return False
    except psutil.NoSuchProcess:
        return False  # its parent has noticed
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    return True


def _marked(process: psutil.Process, data_dir: Path) -> bool:
    try:
        return process.environ().get(MARK) == str(data_dir)
    except (psutil.Error, OSError):
        return False  # of another account, or gone


def _send(process: psutil.Process, *, kill: bool) -> None:
    try:
        if kill:
            process.kill()
        else:
            process.terminate()
    except psutil.NoSuchProcess:
        return
