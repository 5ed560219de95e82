"""Fetches an OpenCLIP model into the folder of models."""

import time
from typing import Any

from django.core.management.base import CommandError, CommandParser

from dam.core import command
from dam.core.model_hub import NotFetched
from dam.search.encoders import published
from dam.search.encoders.published import Published

PRINT_EVERY_SECONDS = 15.0  # where nobody looks


class Command(command.Command):
    help = (
        "Fetch an OpenCLIP model from the model hub into MODELS_DIR, to search with it. Says its licence"
        " and size and asks before. What breaks off is continued the next time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="ViT-B-32/laion2b_s34b_b79k, or hf-hub:OWNER/REPOSITORY")
        parser.add_argument("--yes", action="store_true", help="don't ask")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = published.look_up(options["name"])
            self._describe(found)
            if not options["yes"] and not self._agreed():
                raise CommandError("Nothing was fetched.")
            self._told_at, self._tty = 0.0, self.stderr.isatty()
            folder = published.fetch(found, on_progress=self._progress)
        except NotFetched as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"It is in {folder}. To search with it, set ENCODER_MODEL={options['name']} and start again;"
            " the workers then look at the library once more."
        )

    def _describe(self, found: Published) -> None:
        self.stdout.write(f"{found.name} from {found.offer.page}, {found.offer.size / 1e6:,.0f} MB")
        self.stdout.write(f"Licence: {found.offer.licence or 'not said; read it there'}")
        if found.forbidden:
            self.stdout.write("Its licence doesn't allow commercial use.")

    def _agreed(self) -> bool:
        try:
            return input("Fetch it? [y/N] ").strip().lower() in ("y", "yes")
        except EOFError:
            raise CommandError("Give --yes to fetch it without being asked.") from None

    def _progress(self, there: int, of: int) -> None:
        now = time.monotonic()
        if there < of and now - self._told_at < (0.2 if self._tty else PRINT_EVERY_SECONDS):
            return
        self._told_at = now
        line = f"{there / 1e6:,.0f} of {of / 1e6:,.0f} MB"
        self.stderr.write(f"\r{line}" if self._tty else line, ending="" if self._tty and there < of else "\n")
        self.stderr.flush()
