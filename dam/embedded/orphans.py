"""Processes of an `up` that was killed before it could stop them."""

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
