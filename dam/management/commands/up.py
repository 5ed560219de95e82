"""Run everything on this machine: what `make run` calls."""

import os
import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import get_commands
from django.core.management.base import CommandError

from dam.accounts import demo, mail_senders
from dam.celery import app
from dam.core import command, mail_files
from dam.embedded import CannotStart
from dam.embedded.supervisor import Supervisor


class Command(command.Command):
    help = "Start the database, the broker, the web process and the workers; Ctrl-C stops them."
    requires_system_checks = ()  # the processes that follow check for themselves

    def add_arguments(self, parser: ArgumentParser) -> None:
        listen = os.environ.get("LISTEN") or "127.0.0.1"
        port = os.environ.get("PORT") or "8000"
        parser.add_argument("--listen", default=listen, metavar="ADDRESS", help="default: 127.0.0.1")
        parser.add_argument("--port", default=port, type=int, help="default: 8000")
        parser.add_argument("--no-demo", action="store_true", help="don't create the demo brand")
        parser.add_argument(
            "--reload",
            action="store_true",
            help="for work on the code: what changes on disk is used at once, and errors are shown in full",
        )

    def handle(self, *args: Any, listen: str, port: int, no_demo: bool, reload: bool, **options: Any) -> None:
        run = Supervisor(
            data_dir=settings.DATA_DIR,
            code=settings.BASE_DIR,
            listen=listen,
            port=port,
            demo=not no_demo and "demo" in get_commands(),
            recover=_requeue_interrupted,
            reload=reload,
            sign_in=f"The sign-in page lists the demo people; their password is {demo.PASSWORD}",
            mail=_where_mail_goes(),
            count_workers=lambda: len(app.control.ping(timeout=0.5) or ()),
        )
        signal.signal(signal.SIGHUP, lambda signum, frame: os.kill(os.getpid(), signal.SIGTERM))
        try:
            run.until_stopped()
        except CannotStart as error:
            raise CommandError(str(error)) from error


def _where_mail_goes() -> str:
    if settings.EMAIL_IS_SET or settings.EMAIL_BACKEND not in (mail_senders.BACKEND, mail_files.BACKEND):
        return ""
    return "Mail is off unless it is set under Administration → Mail, or by EMAIL_HOST."


def _requeue_interrupted() -> None:
    """Put back what workers had taken when they were killed.

    Celery does so once visibility_timeout has passed, lest a worker on another machine still be at it. While
    `up` starts there is no worker, so nothing needs to wait.
    """
    with app.connection_for_write() as connection:
        channel: Any = connection.default_channel
        channel.visibility_timeout = 0
        channel.qos.restore_visible(num=None)
