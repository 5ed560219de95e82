"""Which processes one machine runs: the web process, and workers for every queue."""

import shlex
import sys
from dataclasses import dataclass

SMALL_MACHINE_CORES = 4
QUEUES = (
    "gpu",
    "check",
    "media",
    "transcode",
    "footage",
    "recognition",
    "index",
    "sign",
    "verify",
    "default",
)
PACKAGES = ("dam", "provenance", "generation")  # the code whose changes start a process again
WEB_SHUTDOWN_SECONDS = 2
# These take all the time that nobody else wants, so that pages stay quick meanwhile.
NICENESS: dict[tuple[str, ...], int] = {
    ("gpu",): 5,
    ("transcode",): 10,
    ("footage",): 10,
    ("recognition",): 10,
}


@dataclass(frozen=True)
class Process:
    name: str
    command: str  # for a shell
    threads: int  # for the numeric libraries


def plan(*, host: str, port: int, cores: int, reload: bool = False) -> tuple[Process, ...]:
    """The web process and its workers. With `reload`, each starts again when the code changes."""
    workers = (_worker(queues, cores=cores, reload=reload) for queues in worker_queues(cores))
    return (_web(host, port, reload=reload), *workers)


def worker_queues(cores: int) -> tuple[tuple[str, ...], ...]:
    """Which queues share a worker.

    A generation takes minutes, a transcode hours and so does listening to a film, so they share theirs with
    nobody; nor does `footage`, which visual search waits for, nor `index`, where a search waits for an
    answer. Uploads and public checks have their own, on small machines too: what strangers have verified
    must not hold up what members bring in.
    """
    if cores <= SMALL_MACHINE_CORES:
        quick = ("media", "sign", "default")
        alone = ("gpu", "check", "verify", "transcode", "footage", "recognition", "index")
        return (*((queue,) for queue in alone), quick)
    return tuple((queue,) for queue in QUEUES)


def _web(host: str, port: int, *, reload: bool) -> Process:
    arguments = ["uvicorn", "dam.asgi:application", "--host", host, "--port", str(port)]
    # Event streams never end by themselves, so stopping waits for them only so long.
    arguments += ["--timeout-graceful-shutdown", str(WEB_SHUTDOWN_SECONDS)]
    arguments += ["--lifespan", "off", "--no-access-log"]
    # Who is asking, dam.web.clients reads; by itself uvicorn would believe anybody on this machine.
    arguments += ["--no-proxy-headers"]
    arguments += ["--http", "dam.web.connections:Connection", "--ws", "none"]
    if reload:
        arguments += ["--reload", *(f"--reload-dir={package}" for package in PACKAGES)]
    return Process("web", _python(arguments), threads=1)


def _worker(queues: tuple[str, ...], *, cores: int, reload: bool) -> Process:
    name = "-".join(queues)
    arguments = ["celery", "--app", "dam.celery", "worker", "--queues", ",".join(queues)]
    # One child process: the encoder stays warm in it, a time limit can end it, and a file that crashes a
    # decoder takes the child along and not the worker.
    arguments += ["--pool", "prefork", "--concurrency", "1", "--hostname", f"{name}@%h", "--loglevel", "INFO"]
    arguments += ["--without-gossip", "--without-mingle"]
    if "default" in queues:
        arguments += ["--beat"]  # sends what is due from time to time (CELERY_BEAT_SCHEDULE)
    if reload:
        arguments = ["dam.embedded.autoreload", *PACKAGES, "--", sys.executable, "-m", *arguments]
    return Process(
        name,
        _python(arguments, niceness=NICENESS.get(queues, 0)),
        threads=cores if queues == ("gpu",) else max(1, cores // 2),
    )


def _python(arguments: list[str], *, niceness: int = 0) -> str:
    nice = ["nice", "-n", str(niceness)] if niceness else []
    # exec, so that the shell does not stay between a process and its signals.
    return "exec " + shlex.join([*nice, sys.executable, "-m", *arguments])
