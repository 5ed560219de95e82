"""Does the main job from end to end and says how long each step took: `manage.py tour`."""

import json
import logging
import time
from dataclasses import asdict, dataclass
from typing import Any

from django.core.management.base import CommandError, CommandParser

from dam.accounts import demo
from dam.accounts.models import Brand
from dam.core import command
from generation import smoke_test

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StepOutcome:
    """A step that held, or the one that did not."""

    name: str
    seconds: float
    held: bool
    detail: str


class Command(command.Command):
    help = (
        "Upload, process, generate, sign, find, review, release, download and verify, against running"
        " services and without a browser, for newcomers, deployment checks and CI. It acts as people who are"
        " deactivated afterwards; its two clips stay. Exit status 0 only if every check passed."
        ' With --json, {"steps": [{name, seconds, held, detail}], "seconds", "brand", "asset", "verdict"} on'
        " standard output; verdict is what the verify page says about the release."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--brand", metavar="SLUG", help=f"where to act; else {demo.SLUG!r}, else a brand made for it"
        )
        parser.add_argument(
            "--timeout",
            type=float,
            default=900,
            metavar="SECONDS",
            help="for each thing a worker does (default 900)",
        )
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        brand = _brand(options["brand"])
        began = time.monotonic()
        with smoke_test.people(brand) as people:
            tour = smoke_test.Tour(brand=brand, people=people, patience=options["timeout"])
            outcomes = self._walk(tour, as_json=options["json"])
        seconds = time.monotonic() - began
        everything_held = all(step.held for step in outcomes)
        if options["json"]:
            self.stdout.write(
                json.dumps(_as_json(outcomes, tour, seconds=seconds), indent=2, ensure_ascii=False)
            )
        elif everything_held:
            self.stdout.write(f"All checks passed in {seconds:.1f} s.")
        if not everything_held:
            raise SystemExit(1)

    def _walk(self, tour: smoke_test.Tour, *, as_json: bool) -> list[StepOutcome]:
        """Every step, up to the first that does not hold."""
        outcomes: list[StepOutcome] = []
        for name, step in smoke_test.steps(tour.brand):
            began, held = time.monotonic(), True
            try:
                detail = step(tour)
            except Exception as error:
                held, detail = False, str(error) or type(error).__name__
                if not isinstance(error, smoke_test.TourFailed):
                    log.exception("The step %r ended in an error.", name)
            outcomes.append(StepOutcome(name, round(time.monotonic() - began, 2), held, detail))
            self._print_step(outcomes[-1], as_json=as_json)
            if not held:
                break
        return outcomes

    def _print_step(self, step: StepOutcome, *, as_json: bool) -> None:
        line = f"{'ok  ' if step.held else 'FAIL'} {step.seconds:7.2f} s  {step.name}: {step.detail}"
        to = self.stderr if as_json or not step.held else self.stdout
        to.write(line)
        to.flush()


def _brand(slug: str | None) -> Brand:
    if slug is not None:
        brand = Brand.objects.filter(slug=slug).first()
        if brand is None:
            raise CommandError(f"There is no brand {slug!r}.")
        return brand
    there = Brand.objects.filter(slug=demo.SLUG).first()
    return there or Brand.objects.get_or_create(slug="tour", defaults={"name": "Tour"})[0]


def _as_json(outcomes: list[StepOutcome], tour: smoke_test.Tour, *, seconds: float) -> dict[str, Any]:
    return {
        "steps": [asdict(step) for step in outcomes],
        "seconds": round(seconds, 2),
        "brand": tour.brand.slug,
        "asset": str(tour.generated.asset_id) if tour.generated else None,
        "verdict": tour.verdict.to_json() if tour.verdict else None,
    }
