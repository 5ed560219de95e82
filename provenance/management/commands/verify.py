"""manage.py verify FILE...: what the files' credentials say. Needs no database and no broker."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from dam.core import command, foreign_text
from dam.media import runner, sniffer
from provenance.manifests import trust_anchors, verify
from provenance.manifests.c2pa_io import Anchor
from provenance.manifests.report import Report
from provenance.manifests.validation_codes import State

LONGEST_PATH = 4096


class Command(command.Command):
    help = (
        "Verify the Content Credentials of files: trusted, valid, invalid, altered, unreadable or none. "
        "Ends with status 0 when every file could be opened, whatever its verdict."
    )
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument(
            "--anchors",
            action="append",
            default=[],
            metavar="PEM",
            help="a file of certificates to trust in addition to the installation's own; can be repeated",
        )
        parser.add_argument(
            "--json", dest="as_json", action="store_true", help="one JSON list on standard output"
        )

        parser.add_argument(
            "--pictures",
            action="store_true",
            help="also decode each video, and tell the SHA-256 of its pictures, as a release names it",
        )
        parser.add_argument(
            "--sidecar",
            type=Path,
            metavar="C2PA",
            help="a .c2pa file that holds the Content Credentials of the one FILE; without it FILE.c2pa is "
            "read where a FILE that has none itself lies beside one",
        )

    def handle(self, *args: Any, files: list[str], as_json: bool, **options: Any) -> None:
        sidecar = options["sidecar"]
        if sidecar is not None and len(files) != 1:
            raise CommandError("A sidecar belongs to one file: name just that.")
        try:
            trusted = [trust_anchors.from_file(Path(path)) for path in options["anchors"]]
            results = [_look(path, trusted, pictures=options["pictures"], sidecar=sidecar) for path in files]
        except trust_anchors.AnchorUnreadable as error:
            raise CommandError(str(error)) from error
        if as_json:
            self._print_json(results)
        else:
            for entry in results:
                self.stdout.write(_words(entry))
        if any("unopened" in entry for entry in results):
            sys.exit(1)

    def _print_json(self, results: list[dict[str, Any]]) -> None:
        entries = [{key: value for key, value in entry.items() if key != "unopened"} for entry in results]
        # In ASCII alone: a terminal obeys some of the other characters.
        self.stdout.write(json.dumps(entries, indent=2))


def _look(path: str, trusted: list[Anchor], *, pictures: bool, sidecar: Path | None) -> dict[str, Any]:
    try:
        report = verify.check(Path(path), anchors=trusted, sidecar=sidecar)
        found = _beside(Path(path)) if sidecar is None and _has_none(Path(path), report) else None
        if found is not None:
            sidecar, report = found, verify.check(Path(path), anchors=trusted, sidecar=found)
    except OSError as error:
        why = f"The file can't be opened ({error.strerror or error})."
        return {"path": path, "unopened": True} | Report(State.UNREADABLE, note=why).to_json()
    seen = {"pictures_sha256": runner.known_by(Path(path))} if pictures else {}
    read = {"sidecar": str(sidecar)} if sidecar else {}
    return {"path": path} | read | report.to_json() | seen


def _has_none(path: Path, report: Report) -> bool:
    """Whether it holds no Content Credentials itself; captions can't, and aren't of a kind that is known."""
    return report.state is State.NONE or sniffer.read(path) is None


def _beside(path: Path) -> Path | None:
    """The sidecar that is stored beside a file: film.webm.c2pa or film.c2pa."""
    named = (path.with_name(f"{path.name}.c2pa"), path.with_suffix(".c2pa"))
    return next((each for each in named if each != path and each.is_file()), None)


def _words(entry: dict[str, Any]) -> str:
    test = entry["development"] and entry["state"] == State.TRUSTED
    path = foreign_text.line(entry["path"], longest=LONGEST_PATH, mark="\ufffd")
    lines = [f"{path}: {entry['state']}{' (test certificate)' if test else ''}"]
    if "sidecar" in entry:
        lines.append(f"  Content Credentials read from {foreign_text.line(Path(entry['sidecar']).name)}")
    lines += [f"  {reason}" for reason in entry["reasons"]]
    if entry["codes"]:
        lines.append(f"  Codes: {', '.join(map(foreign_text.line, entry['codes']))}")
    if entry["more_findings"]:
        lines.append(f"  {entry['more_findings']} more findings aren't shown.")
    for manifest in entry["manifests"]:
        signer = manifest["signer"]
        name = signer["name"] or signer["organisation"] or "an unnamed signer"
        who = (
            name
            if manifest["proven"]
            else f"claims to be signed by {foreign_text.quoted(name)}, which nothing proves"
        )
        what = ", ".join(action["words"].lower() for action in manifest["actions"]) or manifest["relation"]
        if not manifest["proven"]:
            what = foreign_text.quoted(what)
        lines.append(f"  {manifest['signed_at'] or 'no date'}  {who}: {what}")
    if "pictures_sha256" in entry:
        lines.append(f"  Pictures: {entry['pictures_sha256'] or 'none that could be decoded'}")
    if entry["shortened"]:
        lines.append("  Older entries aren't shown.")
    if entry["development"]:
        lines.append("  Signed with a test certificate of the development CA, which is on no trust list.")
    return "\n".join(lines)
