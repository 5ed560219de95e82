"""Measures the bundled models on scenes they never saw: `manage.py evaluate dit|clip|search`."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from dam.core import command, errors
from dam.search.encoders import model_card as encoder_card
from dam.search.encoders.model_card import NoEncoder
from generation import model_register, weights
from generation.generators import model_card
from generation.generators.base import GeneratorError
from generation.model_register import ModelKind
from generation.previz.world import scenes

BUNDLED_GENERATOR = Path(settings.BASE_DIR) / "generation/previz/weights/previz-dit"
BUNDLED_ENCODER = Path(settings.BASE_DIR) / "generation/footage/weights/reelproof-clip"
PROMPTS, SEEDS, CLIPS = 200, 2, 500
SEARCHED_CLIPS = 150
_PRINT_EVERY = 15.0  # seconds, where nobody looks


@dataclass(frozen=True, slots=True)
class Gate:
    """What a figure of a model made on a CPU must reach."""

    least: float | None = None
    most: float | None = None

    def holds(self, figure: float) -> bool:
        return (self.least is None or figure >= self.least) and (self.most is None or figure <= self.most)

    def __str__(self) -> str:
        return f"at least {self.least:g}" if self.least is not None else f"at most {self.most:g}"


GATES = {
    "colour": Gate(least=0.75),
    "motion": Gate(least=0.65),
    "first_frame_psnr": Gate(least=28),
    "loop_seam": Gate(most=1.5),
}


class Command(command.Command):
    help = (
        "Measure a bundled model on scenes it was never trained on. `dit`: clips of held-out prompts are read"
        " back, and each figure is the share that shows what was asked; the renderer's own clips say what the"
        " reader can tell at best, clips held against others' prompts what chance gives. `clip`: how well"
        " searches find clips of the drawn world, or with --captions your own. `search`: how well words,"
        " pictures and both find moments, and how many matches of each strength are right. Exit status 0 when"
        " the figures are there, whatever they are. With --json, one object on standard output."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "what", choices=("dit", "clip", "search"), help="the generator, the encoder, or searches"
        )
        parser.add_argument(
            "--prompts",
            type=int,
            metavar="N",
            help=f"prompts (default {PROMPTS}), or clips to find ({CLIPS}; search: {SEARCHED_CLIPS})",
        )
        parser.add_argument("--seeds", type=int, metavar="N", help=f"clips of each prompt (default {SEEDS})")
        parser.add_argument(
            "--processes", type=int, metavar="N", help="dit: how many read clips while others are made (1)"
        )
        parser.add_argument("--folder", type=Path, metavar="PATH", help="the model, if not the one in use")
        parser.add_argument(
            "--captions",
            type=Path,
            metavar="FILE",
            help="clip, search: your own clips or pictures, a line of JSON for each:"
            ' {"path": "beach.mp4", "captions": ["a dog on the beach"]}; "title" is optional',
        )
        parser.add_argument(
            "--renderer", action="store_true", help="dit: read the renderer's own clips, without a model"
        )
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        for name in ("prompts", "seeds", "processes"):
            if options[name] is not None and options[name] < 1:
                raise CommandError(f"--{name} must be 1 or more.")
        if options["what"] != "dit" and (options["renderer"] or options["seeds"] or options["processes"]):
            raise CommandError("--renderer, --seeds and --processes are for `evaluate dit`.")
        if options["captions"] and (options["what"] == "dit" or options["prompts"]):
            raise CommandError(
                "--captions is for `evaluate clip` and `search`, which then take all that the file names."
            )
        self._printed_at = time.monotonic()
        figures = self._generator(options) if options["what"] == "dit" else self._encoder(options)
        if options["json"]:
            self.stdout.write(json.dumps(figures, indent=2, ensure_ascii=False))
        elif options["what"] != "dit":
            self._list(figures)
        else:
            self._table(figures)

    def _generator(self, options: dict[str, Any]) -> dict[str, Any]:
        prompts = options["prompts"] or PROMPTS
        if options["renderer"]:
            if options["folder"] or options["seeds"] or options["processes"]:
                raise CommandError("--renderer asks no model: leave out --folder, --seeds and --processes.")
            from generation.evaluation import scores

            return scores.ceiling(prompts, on_progress=self._print_progress)
        folder = options["folder"] or _ours(model_register.folder(ModelKind.GENERATOR), BUNDLED_GENERATOR)
        try:
            known = model_card.read(folder)
        except GeneratorError as error:
            raise CommandError(str(error)) from error
        knows = _knows(folder)
        if knows is None:
            raise CommandError(
                f"{known.identity.name} does not say which scenes it knows, so its clips cannot be"
                " read back. This evaluation is for previz models."
            )
        if knows != {name: list(values) for name, values in scenes.ATTRIBUTES.items()}:
            raise CommandError(
                f"{known.identity.name} {known.identity.version} was trained on other scenes than"
                " these prompts show, so its figures would mean nothing. Its card has those that were"
                " measured when it was made."
            )
        from generation.evaluation import scores

        try:
            return scores.report(
                folder,
                prompts=prompts,
                seeds=options["seeds"] or SEEDS,
                processes=options["processes"] or 1,
                on_progress=self._print_progress,
            )
        except GeneratorError as error:
            raise CommandError(str(error)) from error

    def _encoder(self, options: dict[str, Any]) -> dict[str, Any]:
        in_use = model_register.folder(ModelKind.ENCODER)
        folder = options["folder"] or (in_use if options["captions"] else _ours(in_use, BUNDLED_ENCODER))
        try:
            encoder_card.read(folder)
        except NoEncoder as error:
            raise CommandError(str(error)) from error
        if options["what"] == "search":
            return self._search(options, folder)
        if options["captions"]:
            return self._captions(options["captions"], folder)
        from generation.previz.clip import evaluate

        return evaluate.report(folder, clips=options["prompts"] or CLIPS, on_progress=self._print_progress)

    def _search(self, options: dict[str, Any], folder: Path) -> dict[str, Any]:
        from generation.evaluation import searching

        try:
            return searching.report(
                folder,
                clips=options["prompts"] or SEARCHED_CLIPS,
                captions=options["captions"],
                on_progress=self._print_progress,
            )
        except (OSError, ValueError, errors.Refused) as error:
            raise CommandError(str(error)) from error

    def _captions(self, file: Path, folder: Path) -> dict[str, Any]:
        from generation.footage import evaluate

        try:
            return evaluate.report(file, folder, on_progress=self._print_progress)
        except (OSError, ValueError, errors.Refused) as error:
            raise CommandError(str(error)) from error

    def _print_progress(self, done: int, most: int) -> None:
        """A line that redraws itself for people, and one now and then in a log."""
        line = f"{done} of {most} clips"
        if self.stderr.isatty():
            self.stderr.write(f"\r{line:<24}", ending="\n" if done == most else "")
            self.stderr.flush()
        elif done == most or time.monotonic() - self._printed_at > _PRINT_EVERY:
            self._printed_at = time.monotonic()
            self.stderr.write(line)

    def _table(self, figures: dict[str, Any]) -> None:
        """Each figure beside what the reader can tell at best, what chance gives, and its gate."""
        best, chance = figures.get("ceiling", {}), figures["floor"]
        model = figures.get("model")
        of = f"{model['name']} {model['version']}" if model else "the renderer"
        clips = figures["prompts"] * figures.get("seeds", 1)
        self.stdout.write(f"{clips} clips of {of}, {figures['prompts']} held-out prompts\n")
        self.stdout.write(f"{'':<18}{'figure':>9}{'ceiling':>9}{'floor':>9}  gate")
        for name, figure in figures.items():
            if not isinstance(figure, float):
                continue
            beside = "".join(
                f"{table[name]:>9.4f}" if name in table else f"{'':>9}" for table in (best, chance)
            )
            gate = GATES.get(name) if model else None
            verdict = f"  {gate}: {'reached' if gate.holds(figure) else 'missed'}" if gate else ""
            self.stdout.write(f"{name.replace('_', ' '):<18}{figure:>9.4f}{beside}{verdict}")
        for name in ("motion", "shape", "colour"):
            parts = ", ".join(f"{value} {share:.2f}" for value, share in figures[f"by_{name}"].items())
            self.stdout.write(f"\n{name}: {parts}")

    def _list(self, figures: dict[str, Any], indent: str = "") -> None:
        for name, figure in figures.items():
            label = f"{indent}{name.replace('_', ' ')}"
            if isinstance(figure, dict):
                self.stdout.write(label)
                self._list(figure, indent + "  ")
            else:
                self.stdout.write(f"{label:<34}{figure}")


def _ours(chosen: Path, bundled: Path) -> Path:
    """The model in use if it is one of ours, else the bundled one."""
    return chosen if (chosen / weights.CARD_NAME).is_file() else bundled


def _knows(folder: Path) -> dict[str, list[str]] | None:
    """The attributes and values that a previz model was trained on; None for any other model."""
    path = folder / weights.CARD_NAME
    if not path.is_file():
        return None
    knows: dict[str, list[str]] | None = json.loads(path.read_text()).get("knows")
    return knows
