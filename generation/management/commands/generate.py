"""Makes a clip from a prompt, and from what is in the library: `manage.py generate "PROMPT"`."""

import json
import shutil
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.urls import reverse

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.accounts.principals import Member, Nobody
from dam.core import command, storage
from dam.ingest import next_versions
from dam.ingest.next_versions import NoTarget
from dam.models import Asset
from dam.rights.visibility import visible_assets
from generation import briefs, jobs, kits, model_register, sources, states, waiting
from generation.briefs import Brief, BriefRefused, Source
from generation.composition import Settings
from generation.generators import modes
from generation.generators.base import GeneratorError
from generation.generators.modes import Mode
from generation.models import GenerationJob
from generation.states import JobState

BAR = 24  # characters


class Command(command.Command):
    help = (
        "Generate a clip from a prompt, and from clips of the library (--mode, --source), on a worker and add"
        " it, signed, to the brand's library. Exit status 0 when it is added, 1 when it failed, 130 when"
        " interrupted: the job is cancelled then. With --json,"
        " one object {job, state, reason, asset, title, prompt, typed_prompt, seed, frames, seconds, model,"
        " understood, sha256, out} on standard output; otherwise standard error says how the model read the"
        " prompt."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("prompt", metavar="PROMPT", help="the prompt")
        parser.add_argument(
            "--no-kit", action="store_true", help="leave out what the brand's kit adds to prompts"
        )
        parser.add_argument("--brand", metavar="SLUG", help="required if there is more than one brand")
        parser.add_argument("--seed", type=int, help="the same seed gives the same frames")
        parser.add_argument("--seconds", type=float, help="length (default: the model's longest)")
        parser.add_argument("--steps", type=int, help="default: the model's own")
        parser.add_argument(
            "--mode",
            choices=[mode.value for mode in Mode],
            default=Mode.TEXT.value,
            help="what it begins with",
        )
        parser.add_argument(
            "--source",
            action="append",
            default=[],
            metavar="[ROLE=]ID[@SECONDS]",
            help="a clip or image of the library, its latest version; ROLE as the mode has it"
            " (first, last, source, from, to), where it has several",
        )
        parser.add_argument("--strength", type=int, default=50, metavar="1-100", help="how much may change")
        parser.add_argument(
            "--region", metavar="LEFT,TOP,WIDTH,HEIGHT", help="what is made again, in percent of the picture"
        )
        parser.add_argument(
            "--asset", type=UUID, metavar="ID", help="add the take as a new version of this clip"
        )
        parser.add_argument(
            "--out", type=Path, metavar="FILE", help="also write the signed master to this file"
        )
        parser.add_argument(
            "--as", dest="email", metavar="EMAIL", help="who generates (default: the first person who can)"
        )
        parser.add_argument(
            "--timeout", type=float, default=3600, metavar="SECONDS", help="longest wait (default 3600)"
        )
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        brand = _brand(options["brand"])
        person = _person(brand, options["email"])
        out: Path | None = options["out"]
        if out is not None and not out.resolve().parent.is_dir():
            raise CommandError(f"There is no folder {out.resolve().parent} to write to.")
        began = time.monotonic()
        (job,) = _request(person, options)
        try:
            (job,) = waiting.until_finished([job.pk], seconds=options["timeout"], on_change=self._draw_bar)
        except waiting.TookTooLong as error:
            self._cancel(job, person)
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self._cancel(job, person)
            raise SystemExit(130) from None
        written = _write(job, out) if out is not None and job.state == JobState.DONE else None
        self._report(job, seconds=time.monotonic() - began, out=written, as_json=options["json"])
        if job.state != JobState.DONE:
            raise SystemExit(1)

    def _draw_bar(self, changed: list[GenerationJob]) -> None:
        """A bar that redraws itself for people; nothing where nobody looks."""
        if not self.stderr.isatty():
            return
        (job,) = changed
        filled = round(BAR * job.step / job.steps)
        words = f"step {job.step} of {job.steps}" if job.step else ""
        standing = states.label(JobState(job.state), job.phase)
        line = f"\r{standing:<22}{'█' * filled}{'░' * (BAR - filled)} {words:<16}"
        self.stderr.write(line, ending="" if job.state in states.OPEN else "\n")
        self.stderr.flush()

    def _cancel(self, job: GenerationJob, person: Member) -> None:
        try:
            jobs.cancel(job, by=person)
        except jobs.TooLate:
            self.stderr.write("\nIt was too late to cancel.")
            return
        self.stderr.write("\nCancelled.")

    def _report(self, job: GenerationJob, *, seconds: float, out: Path | None, as_json: bool) -> None:
        version = job.version
        if as_json:
            facts = {
                "job": str(job.pk),
                "state": job.state,
                "reason": job.reason,
                "asset": str(version.asset_id) if version else None,
                "title": version.asset.title if version else None,
                "prompt": job.prompt,
                "typed_prompt": job.typed_prompt,
                "seed": job.seed,
                "frames": job.frames,
                "seconds": round(seconds, 2),
                "model": job.model,
                "understood": job.understood,
                "sha256": version.sha256 if version else None,
                "out": str(out) if out else None,
            }
            self.stdout.write(json.dumps(facts, indent=2, ensure_ascii=False))
            return
        for line in _reading(job):
            self.stderr.write(line)
        if version is not None:
            self.stdout.write(f"{version.asset.title} (seed {job.seed}, {seconds:.1f} s)")
            self.stdout.write(settings.PUBLIC_URL + reverse("asset", args=[job.brand.slug, version.asset_id]))
            if out is not None:
                self.stdout.write(f"Written to {out}")
        else:
            self.stderr.write(f"{states.LABELS[JobState(job.state)]}: {job.reason}".rstrip(": "))


def _reading(job: GenerationJob) -> list[str]:
    """What the model made of the prompt, if it reads a language of its own."""
    understood = job.understood
    prompt = job.prompt.lower()
    if understood.get("canonical", prompt) == prompt:
        return []
    taken = [f"“{written}” as “{known}”" for written, known in understood.get("taken", ())]
    unknown = [f"“{word}”" for word in understood["unknown"]]
    sentences = {
        "Understood as": [understood["canonical"] or "no known words"],
        "Read": taken,
        "Added": understood.get("assumed", ()),
        "Ignored": unknown,
    }
    return [f"{name} {', '.join(words)}." for name, words in sentences.items() if words]


def _brand(slug: str | None) -> Brand:
    all_brands = Brand.objects.order_by("name")
    if slug is not None:
        brand = all_brands.filter(slug=slug).first()
        if brand is None:
            raise CommandError(f"There is no brand {slug!r}.")
        return brand
    brands = list(all_brands[:2])
    if len(brands) != 1:
        raise CommandError(
            "Say which brand: --brand SLUG."
            if brands
            else "There is no brand yet. `manage.py demo` creates one."
        )
    return brands[0]


def _person(brand: Brand, email: str | None) -> Member:
    try:
        return principals.acting(brand, Capability.GENERATE, email=email)
    except Nobody as error:
        raise CommandError(str(error)) from error


def _request(person: Member, options: dict[str, Any]) -> list[GenerationJob]:
    brief = _brief(options, person)
    try:
        asset = next_versions.target(options["asset"], principal=person) if options["asset"] else None
        return jobs.request(by=person, brief=brief, asset=asset)
    except (BriefRefused, NoTarget) as error:
        raise CommandError(str(error)) from error


def _brief(options: dict[str, Any], person: Member) -> Brief:
    try:
        model = model_register.generator()
        return briefs.check(
            model.capabilities,
            prompt=options["prompt"],
            seed=options["seed"],
            seconds=options["seconds"],
            steps=options["steps"],
            mode=Mode(options["mode"]),
            sources=_sources(options, person),
            settings=_settings(options),
            kit=None if options["no_kit"] else kits.of(person.brand).words,
        )
    except (BriefRefused, GeneratorError) as error:
        raise CommandError(str(error)) from error


def _sources(options: dict[str, Any], person: Member) -> list[Source]:
    roles = [slot.role for slot in modes.slots(Mode(options["mode"]))]
    found: list[Source] = []
    for place, written in enumerate(options["source"]):
        role, _equals, rest = written.rpartition("=")
        named, _at, seconds = rest.partition("@")
        role = role or (roles[place] if place < len(roles) else "")
        try:
            version = visible_assets(person).select_related("latest__asset").get(pk=UUID(named)).latest
            source = sources.of_version(version, role=role, at=float(seconds or 0)) if version else None
        except ValueError as wrong:
            raise CommandError(f"{written} is not [ROLE=]ID[@SECONDS].") from wrong
        except Asset.DoesNotExist as gone:
            raise CommandError(f"There is no clip {named} in this brand.") from gone
        if role not in roles or source is None:
            raise CommandError(
                f"{written} can't be used here: --mode {options['mode']} takes {roles or 'none'}."
            )
        found.append(source)
    return found


def _settings(options: dict[str, Any]) -> Settings:
    strength = options["strength"] / 100
    if not options["region"]:
        return Settings(strength=strength)
    try:
        left, top, width, height = (float(each) / 100 for each in options["region"].split(","))
    except ValueError as wrong:
        raise CommandError("--region is four percentages: LEFT,TOP,WIDTH,HEIGHT.") from wrong
    return Settings(strength=strength, region=(left, top, width, height))


def _write(job: GenerationJob, out: Path) -> Path:
    assert job.version is not None
    try:
        with storage.local_copy(job.version.storage_key) as master:
            shutil.copyfile(master, out)
    except OSError as error:
        raise CommandError(f"The clip is in the library but couldn't be written: {error}") from error
    return out
