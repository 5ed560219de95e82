# ruff: noqa: N999 (the command is called import)
"""Brings files of the server's disk into a brand's library: `manage.py import PATH... --brand SLUG`."""

import json
import os
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.accounts.principals import Member, Nobody
from dam.catalog.models import Asset, Processing, Version
from dam.core import command, database
from dam.ingest import file_import, folders, next_versions, sidecars
from dam.ingest.file_import import ImportOutcome
from dam.ingest.folders import Found
from dam.ingest.next_versions import NoTarget

POLL_SECONDS = 0.5
MOST_JOBS = 16


class Command(command.Command):
    help = (
        "Import video files, and folders of them, into a brand's library. One bad file never stops the "
        "others. Exit status 0 when every file was taken or known (with --wait: and processed), else 1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "paths", nargs="+", metavar="PATH", help="a file, or a folder with everything below it"
        )
        parser.add_argument("--brand", required=True, metavar="SLUG", help="the brand to import into")
        parser.add_argument(
            "--as",
            dest="email",
            metavar="EMAIL",
            help="who imports (default: the first person who can upload)",
        )
        parser.add_argument(
            "--wait", action="store_true", help="wait until the workers have processed all files"
        )
        parser.add_argument(
            "--timeout",
            type=float,
            default=3600,
            metavar="SECONDS",
            help="longest wait with --wait (default 3600)",
        )
        parser.add_argument(
            "--asset", type=UUID, metavar="ID", help="add the one file as a new version of this clip"
        )
        parser.add_argument(
            "--sidecar",
            type=Path,
            metavar="CSV",
            help="what is said of the files: a row each, a column “file” and one for each detail "
            "(a FILE.json beside a file says it, too)",
        )
        parser.add_argument(
            "--jobs", type=int, default=1, metavar="N", help="so many files side by side (default 1)"
        )
        parser.add_argument(
            "--keywords",
            choices=("suggest", "add"),
            default="suggest",
            help="keywords in files: suggest them as tags, to be accepted on the clip's page (default), or "
            "add them as tags",
        )
        parser.add_argument("--json", action="store_true", help="one JSON list on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        brand = Brand.objects.filter(slug=options["brand"]).first()
        if brand is None:
            raise CommandError(f"There is no brand {options['brand']!r}.")
        try:
            member = principals.acting(brand, Capability.UPLOAD, email=options["email"])
        except Nobody as error:
            raise CommandError(str(error)) from error
        self.stderr.ending = "\n"
        if not 1 <= options["jobs"] <= most_jobs():
            raise CommandError(
                f"--jobs takes 1 to {most_jobs()}: each file needs a connection to the database."
            )
        said, problems = sidecars.read_table(options["sidecar"]) if options["sidecar"] else ({}, {})
        found = [
            each for each in folders.files(map(Path, options["paths"])) if not _is_sidecar(each, options)
        ]
        files = [_with_row(each, problems) for each in found]
        named = (said.keys() | problems.keys()) - {folders.real(each.path) for each in files}
        others = {path for path in named if os.path.exists(path)}  # False also for what can be no name
        if others:
            self.stderr.write(f"The CSV also names {len(others)} that aren't part of this import.")
        files += [
            Found(path, problems.get(path, "The CSV names it, and it isn't there."))
            for path in sorted(named - others)
        ]
        asset = _asset(options["asset"], found, member=member) if options["asset"] else None

        patience, keywords = database.PATIENCE_SECONDS, options["keywords"] == "add"

        def take(found: Found) -> ImportOutcome:
            nonlocal patience
            row = said.get(folders.real(found.path))
            try:
                return file_import.import_file(
                    found, member=member, asset=asset, said=row, keywords=keywords, patience=patience
                )
            except database.AWAY:
                patience = 1.0  # it was waited for once; each file more is asked for shortly
                return file_import.refusal(
                    folders.named(found.path), "The database couldn't be reached. Import the file again."
                )
            finally:
                if options["jobs"] > 1:
                    database.release()  # of this thread

        outcomes = []
        for place, outcome in enumerate(_each(take, files, jobs=options["jobs"]), start=1):
            outcomes.append(outcome)
            line = f"[{place}/{len(files)}] {outcome.outcome}: {outcome.path} {outcome.reason}"
            self.stderr.write(line.rstrip())
        if len(files) > 1:
            try:
                database.again(lambda: file_import.record(outcomes, member))
            except database.AWAY:
                self.stderr.write("The database couldn't be reached, so the log has no entry of this import.")
        if options["wait"]:
            self._wait(outcomes, seconds=options["timeout"])
        if options["json"]:
            self.stdout.write(json.dumps([asdict(outcome) for outcome in outcomes], indent=2))
        else:
            self._print(outcomes)
        if any(not _went_well(outcome) for outcome in outcomes):
            raise SystemExit(1)

    def _wait(self, outcomes: list[ImportOutcome], *, seconds: float) -> None:
        end = time.monotonic() + seconds
        ours = [outcome for outcome in outcomes if outcome.version]
        for outcome in outcomes:
            # Refused: there is nothing to process.
            outcome.state = None if outcome.asset else outcome.outcome
        reported = -1
        while ours:
            try:
                versions = database.again(lambda: Version.objects.in_bulk([each.version for each in ours]))
            except database.AWAY:
                for outcome in ours:
                    outcome.reason = "The database couldn't be reached, so how it was processed isn't known."
                return
            for outcome in ours:
                version = versions[UUID(outcome.version)]
                outcome.state = version.processing
                outcome.reason = version.processing_reason or outcome.reason
            done = sum(1 for outcome in ours if not _is_open(outcome))
            if done != reported:
                reported = done
                self.stderr.write(f"{timezone.localtime():%H:%M:%S} processed {done} of {len(ours)}")
            if done == len(ours):
                return
            if time.monotonic() > end:
                for outcome in ours:
                    if _is_open(outcome):
                        outcome.reason = f"Not processed within {seconds:.0f} seconds. Is a worker running?"
                return
            time.sleep(POLL_SECONDS)

    def _print(self, outcomes: list[ImportOutcome]) -> None:
        for outcome in outcomes:
            words = [outcome.state or outcome.outcome, outcome.path]
            if outcome.asset:
                words.append(outcome.asset)
            if outcome.reason:
                words.append(outcome.reason)
            self.stdout.write("  ".join(words))


def most_jobs() -> int:
    """Side by side: each has a connection of the pool, this thread has one, and one is left."""
    pool = settings.DATABASE_POOL_SIZE
    return min(MOST_JOBS, max(1, pool - 2)) if pool else MOST_JOBS


def _is_sidecar(found: Found, options: dict[str, Any]) -> bool:
    table = options["sidecar"]
    return sidecars.is_one(found.path) or (
        table is not None and folders.real(found.path) == folders.real(table)
    )


def _with_row(found: Found, problems: Mapping[Path, str]) -> Found:
    """With what is wrong with its row of the CSV."""
    problem = found.problem or problems.get(folders.real(found.path), "")
    return replace(found, problem=problem)


def _each(
    take: Callable[[Found], ImportOutcome], files: list[Found], *, jobs: int
) -> Iterator[ImportOutcome]:
    """In order, so many side by side."""
    if jobs <= 1:
        yield from map(take, files)
        return
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        yield from pool.map(take, files)


def _asset(asset_id: UUID, files: list[Found], *, member: Member) -> Asset:
    if len(files) != 1:
        raise CommandError("With --asset, give exactly one file.")
    try:
        return next_versions.target(asset_id, principal=member)
    except NoTarget as gone:
        raise CommandError(str(gone)) from gone


def _is_open(outcome: ImportOutcome) -> bool:
    return outcome.state in (Processing.WAITING, Processing.RUNNING)


def _went_well(outcome: ImportOutcome) -> bool:
    if outcome.outcome == "refused":
        return False
    return outcome.state in (None, Processing.READY)
