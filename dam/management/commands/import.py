# ruff: noqa: N999 (the command is called import)
"""Brings files of the server's disk into a brand's library: `manage.py import PATH... --brand SLUG`."""

import json
import time
from argparse import ArgumentParser
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError
from django.utils import timezone

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand, User
from dam.accounts.principals import Member, Nobody
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog.models import Asset, Processing, Version
from dam.core import command
from dam.ingest import importer, next_versions
from dam.ingest.next_versions import NoTarget
from dam.ingest.registration import AlreadyKnown
from dam.media.errors import FileRefused, MediaFailed

POLL_SECONDS = 0.5


@dataclass
class ImportOutcome:
    """What became of one file; `state` is its processing, set with --wait."""

    path: str
    outcome: str  # "taken", "known" or "refused"
    asset: str | None = None
    version: str | None = None
    reason: str = ""
    state: str | None = None


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
        parser.add_argument("--json", action="store_true", help="one JSON list on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        brand = Brand.objects.filter(slug=options["brand"]).first()
        if brand is None:
            raise CommandError(f"There is no brand {options['brand']!r}.")
        member = _person(brand, options["email"])
        self.stderr.ending = "\n"
        outcomes = []
        files = _files(options["paths"])
        asset = _asset(options["asset"], files, member=member) if options["asset"] else None
        for place, path in enumerate(files, start=1):
            outcome = _import(path, brand=brand, user=member.user, asset=asset)
            outcomes.append(outcome)
            self.stderr.write(f"[{place}/{len(files)}] {outcome.outcome}: {path} {outcome.reason}".rstrip())
        if len(files) > 1:
            _record(outcomes, member)
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
            versions = Version.objects.in_bulk([outcome.version for outcome in ours])
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


def _record(outcomes: list[ImportOutcome], member: Member) -> None:
    """One event for all of them: each clip has one of its own. Whoever imports is told of this one."""
    counts = Counter(outcome.outcome for outcome in outcomes)
    trail.record(
        Verb.FILES_IMPORTED,
        brand=member.brand,
        target=f"{len(outcomes)} files",
        actor=member,
        data={name: counts[name] for name in ("taken", "known", "refused")},
    )


def _person(brand: Brand, email: str | None) -> Member:
    try:
        return principals.acting(brand, Capability.UPLOAD, email=email)
    except Nobody as error:
        raise CommandError(str(error)) from error


def _files(paths: list[str]) -> list[Path]:
    """Every file named, and every one below a folder named; hidden ones are passed over."""
    files: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            below = (each for each in sorted(path.rglob("*")) if each.is_file())
            files += [
                each
                for each in below
                if not any(part.startswith(".") for part in each.relative_to(path).parts)
            ]
        else:
            files.append(path)
    return files


def _asset(asset_id: UUID, files: list[Path], *, member: Member) -> Asset:
    if len(files) != 1:
        raise CommandError("With --asset, give exactly one file.")
    try:
        return next_versions.target(asset_id, principal=member)
    except NoTarget as gone:
        raise CommandError(str(gone)) from gone


def _import(path: Path, *, brand: Brand, user: User, asset: Asset | None) -> ImportOutcome:
    try:
        version = importer.take_from_disk(path, brand=brand, user=user, asset=asset)
    except AlreadyKnown as known:
        earlier = known.version
        return ImportOutcome(str(path), "known", str(earlier.asset_id), str(earlier.pk), str(known))
    except FileRefused as refused:
        return ImportOutcome(str(path), "refused", reason=refused.message)
    except (MediaFailed, NoTarget, OSError) as problem:
        return ImportOutcome(str(path), "refused", reason=str(problem))
    return ImportOutcome(str(path), "taken", str(version.asset_id), str(version.pk))


def _is_open(outcome: ImportOutcome) -> bool:
    return outcome.state in (Processing.WAITING, Processing.RUNNING)


def _went_well(outcome: ImportOutcome) -> bool:
    if outcome.outcome == "refused":
        return False
    return outcome.state in (None, Processing.READY)
