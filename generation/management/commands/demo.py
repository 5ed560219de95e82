"""Makes the demo brand, its people and a starter library: `manage.py demo`."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.catalog.models import Processing, Version
from dam.core import command
from dam.media.errors import FileRefused, MediaFailed
from generation import briefs, model_register
from generation.demo_data import clips, people, plan
from generation.demo_data.people import People
from generation.demo_data.plan import Goal
from generation.generators.base import GeneratorError
from generation.models import GenerationJob
from generation.states import JobState

POLL_SECONDS = 0.5


class Command(command.Command):
    help = (
        "Make the demo brand, one person for each role, and a starter library by the real pipeline: clips"
        " generated and uploaded, in every state of review. Needs running workers and DEMO=1. Interrupted,"
        " it goes on where it stopped; where all is there, it does nothing. Exit status 0 when all is there."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--timeout",
            type=float,
            default=1800,
            metavar="SECONDS",
            help="stop after this long without progress (default 1800)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "The demo password is public, so demo accounts are only created when DEMO=1 is set."
            )
        brand, members = people.prepare()
        self._print(f"{brand}: one person for each of {len(members)} roles")
        generated = self._request_clips(brand, members)
        uploaded = self._film(brand, members)
        troubles = self._bring_on(generated, uploaded, members, patience=options["timeout"])
        if len(generated) < len(plan.GENERATED) or len(uploaded) < len(plan.FOOTAGE) or troubles:
            raise CommandError("The starter library isn't complete. Run the command again to continue.")
        self._print("The starter library is complete.")

    def _request_clips(self, brand: Brand, members: People) -> list[tuple[GenerationJob, Goal]]:
        try:
            capabilities = model_register.generator().capabilities
        except GeneratorError as error:
            self._print(f"Can't generate clips: {error}")
            return []
        return [
            (clips.request_clip(clip, people=members, capabilities=capabilities), clip.goal)
            for clip in plan.GENERATED
        ]

    def _film(self, brand: Brand, members: People) -> list[tuple[Version, Goal]]:
        """Filmed here while a worker generates."""
        uploaded = []
        for footage in plan.FOOTAGE:
            try:
                version = clips.film(footage, brand=brand, by=members[Role.CREATOR])
            except (MediaFailed, FileRefused) as error:
                self._print(f"{footage.title}: {error}")
                continue
            uploaded.append((version, footage.goal))
        return uploaded

    def _bring_on(
        self,
        generated: list[tuple[GenerationJob, Goal]],
        uploaded: list[tuple[Version, Goal]],
        members: People,
        *,
        patience: float,
    ) -> int:
        """Wait for the workers and bring each clip to its goal; how many did not come there."""
        waiting: dict[str, Callable[[], bool]] = {
            **{str(job.pk): self._generated(job, goal, members) for job, goal in generated},
            **{str(version.pk): self._uploaded(version, goal, members) for version, goal in uploaded},
        }
        self.printed: dict[str, str] = {}
        self.changed_at = time.monotonic()
        self.troubles = 0
        while waiting:
            waiting = {name: done for name, done in waiting.items() if not done()}
            if waiting and time.monotonic() - self.changed_at > patience:
                raise CommandError(f"No progress for {patience:.0f} seconds. Are the workers running?")
            if waiting:
                time.sleep(POLL_SECONDS)
        return self.troubles

    def _generated(self, job: GenerationJob, goal: Goal, members: People) -> Callable[[], bool]:
        def is_done() -> bool:
            job.refresh_from_db()
            if job.state == JobState.DONE:
                return job.version is None or self._advance(job.version, goal, members)
            self._print_change(
                briefs.title_of(job.prompt),
                f"{job.get_state_display().lower()} {job.reason}".strip(),
                step=job.step,
            )
            self.troubles += job.state in (JobState.FAILED, JobState.CANCELLED)
            return job.state in (JobState.FAILED, JobState.CANCELLED)

        return is_done

    def _uploaded(self, version: Version, goal: Goal, members: People) -> Callable[[], bool]:
        return lambda: self._advance(version, goal, members)

    def _advance(self, version: Version, goal: Goal, members: People) -> bool:
        done = clips.advance(version, goal, people=members)
        if done and version.processing != Processing.READY:
            self.troubles += 1
            self._print_change(
                version.asset.title, f"{clips.now_in_words(version)}: {version.processing_reason}"
            )
        else:
            self._print_change(version.asset.title, goal.value if done else clips.now_in_words(version))
        return done

    def _print_change(self, title: str, progress: str, *, step: int = 0) -> None:
        """Say where a clip stands when that changed; each step counts as progress."""
        if self.printed.get(title, "").partition("/")[0] != progress:
            self._print(f"{title}: {progress}")
        if self.printed.get(title) != f"{progress}/{step}":
            self.printed[title] = f"{progress}/{step}"
            self.changed_at = time.monotonic()

    def _print(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
