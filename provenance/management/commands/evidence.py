"""manage.py evidence VERSION --out FILE: the evidence pack of a released version, as a ZIP."""

import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError
from django.utils import timezone

from dam.core import command
from dam.media.errors import FileRefused
from provenance.evidence_packs import assembly, packs


class Command(command.Command):
    help = (
        "Write the evidence pack of a released version: everything that proves the release, with a script "
        "that checks all of it offline."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("version", type=UUID, metavar="VERSION", help="the version's id (a UUID)")
        parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the ZIP to write")
        parser.add_argument(
            "--with-file", action="store_true", help="put the released file into it, not its hash alone"
        )
        parser.add_argument("--language", default="en", help="of the summary: en, de or fr")

    def handle(self, *args: Any, version: UUID, out: Path, **options: Any) -> None:
        release = packs.released(version)
        if release is None:
            raise CommandError("No release of this version has a file.")
        if out.exists():
            raise CommandError(f"{out} is there already. Choose another name.")
        try:
            with tempfile.TemporaryDirectory(dir=out.resolve().parent) as folder:
                made = Path(folder) / out.name
                written = assembly.write(
                    made,
                    release,
                    with_file=options["with_file"],
                    language=options["language"],
                    at=timezone.now(),
                )
                made.replace(out)
        except FileRefused as refused:
            raise CommandError(str(refused)) from refused
        except OSError as error:
            raise CommandError(f"{out} can't be written: {error.strerror or error}.") from error
        signed = "signed" if written.signed else "NOT signed"
        self.stdout.write(f"Wrote {written.files} files to {out}. Their index is {signed}.")
