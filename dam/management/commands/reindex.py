"""Has the library looked at by the installed encoder here, beside the workers, or says how far that is."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.test.utils import override_settings

from dam.core import command
from dam.ingest import looking_again
from dam.ingest.looking_again import Outcome
from dam.search import building, encoder_indexes
from dam.search.encoders.model_card import NoEncoder
from dam.search.models import EncoderIndex, IndexState

SAID_EVERY = 10  # versions


class Command(command.Command):
    help = (
        "Index all pictures by the encoder of ENCODER_MODEL. Workers do so by themselves after a change; this"
        " does it here as well, beside them, and may be stopped and started again. Searches ask the earlier"
        " index until the new one is complete. With --encoder, prepare for one before it is installed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--status", action="store_true", help="only say which indexes there are")
        parser.add_argument(
            "--words",
            action="store_true",
            help="write what is searched of all clips' words anew instead, newest clips first",
        )
        parser.add_argument(
            "--encoder",
            type=Path,
            metavar="FOLDER",
            help="build the index of the model there; don't switch",
        )

    def handle(self, *args: Any, status: bool, words: bool, encoder: Path | None, **options: Any) -> None:
        if status:
            self._status()
        elif words:
            self._write_words()
        elif encoder is None:
            self._build(switch=True)
        else:
            with override_settings(ENCODER_MODEL=str(encoder.resolve())):
                self._build(switch=False)

    def _build(self, *, switch: bool) -> None:
        try:
            index = looking_again.one_index()
        except NoEncoder as problem:
            raise CommandError(str(problem)) from problem
        looked = 0
        while True:
            outcome = looking_again.step(index, switch=switch)
            if outcome is Outcome.COMPLETE:
                break
            if outcome is Outcome.AWAY:
                raise CommandError("Storage or the like is away. Run this again later: it goes on from here.")
            if outcome is not Outcome.MORE:
                looked += 1
                if looked % SAID_EVERY == 0:
                    self.stdout.write(_progress(index))
        self.stdout.write(f"{index} is complete.")
        if not switch:
            self.stdout.write("Set ENCODER_MODEL to its folder and start again: searches switch to it then.")

    def _write_words(self) -> None:
        done = 0
        for done in building.write_all_anew():
            self.stdout.write(f"The words of {done:,} clips are indexed.")
        if not done:
            self.stdout.write("There are no clips yet.")

    def _status(self) -> None:
        found = EncoderIndex.objects.order_by("started_at")
        for index in found:
            self.stdout.write(f"{_progress(index)}, since {index.started_at:%Y-%m-%d %H:%M} UTC")
        if not found:
            self.stdout.write("Nothing has been indexed yet.")


def _progress(index: EncoderIndex) -> str:
    index.refresh_from_db()
    vectors = f"{encoder_indexes.size(index):,} vectors of {index.dimensions}"
    if index.state != IndexState.BUILDING:
        return f"{index}: {index.get_state_display().lower()}, {vectors}"
    if index.finished_at is not None:
        return f"{index}: ready, {vectors}"
    percent = min(99, 100 * index.done // max(1, index.total))
    failed = f", {index.failed:,} can't be read" if index.failed else ""
    return f"{index}: {index.done:,} of {index.total:,} versions ({percent}%){failed}, {vectors}"
