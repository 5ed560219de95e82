"""Takes what is put into a folder of the server's disk: `manage.py watch FOLDER --brand SLUG --as EMAIL`."""

import json
import os
import signal
from argparse import ArgumentParser
from dataclasses import asdict
from functools import partial
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

from django.core.management.base import CommandError

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.accounts.principals import Member, Nobody
from dam.core import command, database
from dam.ingest import file_import, folders
from dam.ingest.file_import import ImportOutcome, MayNotImport
from dam.ingest.folders import Found, StillWritten
from dam.ingest.watch_folder import WatchFolder

STILL_SECONDS, POLL_SECONDS = 10.0, 5.0
LEAST_STILL_SECONDS = 2.0
LATER_SECONDS = 60.0  # until what failed for a reason of ours is tried again
# Reasons that go by themselves; all others hold until the file changes, or its sidecar.
PASSING = {file_import.AWAY, file_import.DISK_FULL, StillWritten.code}


class Command(command.Command):
    help = (
        "Import the files that arrive in a folder or below it, until stopped (SIGTERM, Ctrl-C). Files are "
        "imported once they haven't changed for some seconds, and stay where they are."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument("--brand", required=True, metavar="SLUG", help="the brand to import into")
        parser.add_argument("--as", dest="email", required=True, metavar="EMAIL", help="who imports")
        parser.add_argument(
            "--still",
            type=float,
            default=STILL_SECONDS,
            metavar="SECONDS",
            help=f"how long a file must not have changed (default {STILL_SECONDS:.0f})",
        )
        parser.add_argument(
            "--every",
            type=float,
            default=POLL_SECONDS,
            metavar="SECONDS",
            help=f"time between two scans of the folder (default {POLL_SECONDS:.0f})",
        )
        parser.add_argument(
            "--keywords",
            choices=("suggest", "add"),
            default="suggest",
            help="keywords in files: suggest them as tags (default), or add them as tags",
        )
        parser.add_argument("--json", action="store_true", help="each line is a JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        brand = Brand.objects.filter(slug=options["brand"]).first()
        if brand is None:
            raise CommandError(f"There is no brand {options['brand']!r}.")
        if not os.path.isdir(options["folder"]):
            raise CommandError(f"{folders.named(options['folder'])} is no folder.")
        if not (options["still"] >= LEAST_STILL_SECONDS and options["every"] > 0):
            raise CommandError(
                f"--still takes at least {LEAST_STILL_SECONDS:.0f} seconds, --every more than 0."
            )
        try:
            member = principals.acting(brand, Capability.UPLOAD, email=options["email"])
        except Nobody as error:
            raise CommandError(str(error)) from error
        stop = Event()
        before = {
            each: signal.signal(each, lambda *_: stop.set()) for each in (signal.SIGTERM, signal.SIGINT)
        }
        try:
            self._watch(WatchFolder(options["folder"], still=options["still"]), member, stop, options)
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def _watch(self, watch: WatchFolder, member: Member, stop: Event, options: dict[str, Any]) -> None:
        away = False  # the folder: a share that isn't mounted at the moment
        while not stop.is_set():
            # Not Path.is_dir, which raises what a flaky share answers.
            if os.path.isdir(options["folder"]) == away:
                away = not away
                self.stderr.write(
                    "The folder isn't there. Waiting for it." if away else "The folder is back."
                )
            outcomes: list[ImportOutcome] = []
            try:
                if not away:
                    self._round(watch, member, stop, options, outcomes)
            finally:  # whatever ends it: what was taken before is in the log
                self._record(outcomes, member)
            database.release()  # while nothing comes
            stop.wait(options["every"])

    def _round(
        self,
        watch: WatchFolder,
        member: Member,
        stop: Event,
        options: dict[str, Any],
        outcomes: list[ImportOutcome],
    ) -> None:
        """Take what is whole by now; a stop is kept after each file.

        What became of each is added to `outcomes`, but for what is tried again: of that nothing is decided.
        """
        for found in watch.settled(monotonic):
            if stop.is_set():
                break
            outcome = self._take(found, member, options)
            if outcome.code == MayNotImport.code:
                raise CommandError(outcome.reason)
            if outcome.code in PASSING:
                watch.again(found.path, at=monotonic() + LATER_SECONDS)
            else:
                outcomes.append(outcome)
            self._tell(outcome, as_json=options["json"])

    def _record(self, outcomes: list[ImportOutcome], member: Member) -> None:
        if sum(each.outcome != "known" for each in outcomes) > 1:
            try:
                database.again(partial(file_import.record, outcomes, member))
            except database.AWAY:
                self.stderr.write("The database couldn't be reached, so the log has no entry of this.")

    def _take(self, found: Found, member: Member, options: dict[str, Any]) -> ImportOutcome:
        try:
            return file_import.import_file(
                found,
                member=member,
                asset=None,
                said=None,
                keywords=options["keywords"] == "add",
                patience=database.PATIENCE_SECONDS,
            )
        except database.AWAY:
            reason = "The database couldn't be reached. It is tried again."
            return file_import.refusal(folders.named(found.path), reason, code=file_import.AWAY)

    def _tell(self, outcome: ImportOutcome, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(asdict(outcome)))
        else:
            words = (outcome.outcome, outcome.path, outcome.asset or "", outcome.reason)
            self.stdout.write("  ".join(filter(None, words)))
        self.stdout.flush()
