"""A generation job: a prompt on its way to becoming an asset."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.fields.json import KeyTransform
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.models import Asset, Brand, Version
from generation import states
from generation.cut_models import Cut as Cut
from generation.states import FETCH_LABELS, LABELS, FetchState, JobState, ReproductionState
from generation.verdicts import Subject, Verdict


class GenerationJob(models.Model):
    """One take of a brief. Takes that were asked for together share `brief`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="jobs")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # Made with the form, so that sending it twice asks once.
    brief = models.UUIDField(default=uuid.uuid4)
    take = models.PositiveSmallIntegerField(default=1)
    # What the take is to be the next version of; None: it becomes an asset of its own. Gone with it, for
    # a take that was meant for that asset must not become another one.
    asset = models.ForeignKey(Asset, null=True, on_delete=models.CASCADE, related_name="+")
    note = models.TextField(blank=True, default="", db_default="")  # what that version is to say of itself
    prompt = models.TextField()
    negative_prompt = models.TextField(blank=True)
    seed = models.PositiveBigIntegerField()
    frames = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    rate_numerator = models.PositiveIntegerField()
    rate_denominator = models.PositiveIntegerField(default=1)
    steps = models.PositiveSmallIntegerField()
    guidance = models.FloatField()
    # What it begins with besides words (generators.modes), and for that: `sources`, each {role, asset,
    # version, sha256, title, at in seconds}, `strength` and `region`. By id: a source may be deleted.
    mode = models.CharField(max_length=12, default="text", db_default="text")
    guides = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    # What the brand's rules found in the prompt when it was asked for (prompt_gate.gate.Judgement.kept).
    gate = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    # Where the brand's kit added to the prompt: what was `typed`, and kit_words.KitWords as it was then.
    kit = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    # The weights of the generator that was chosen for it. Empty: the installation's.
    generator = models.CharField(max_length=64, blank=True, default="", db_default="")
    # generators.base.ModelIdentity and Understanding, as they were when the job ran.
    model = models.JSONField(default=dict)
    understood = models.JSONField(default=dict)
    # What it takes to make it again: `environment`, and SHA-256 over its frames (frame_comparison.digest).
    # Empty for takes of before there was this column.
    made_with = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))

    state = models.CharField(
        max_length=12,
        choices=[(state.value, LABELS[state]) for state in JobState],
        default=JobState.REQUESTED.value,
    )
    # What its worker is doing (states.Phase), finer than `state`; empty while none has it.
    phase = models.CharField(max_length=10, blank=True, default="", db_default="")
    # Decoding whole took more memory than there was: its latents are decoded in tiles from then on.
    tiled = models.BooleanField(default=False, db_default=False)
    reason = models.CharField(max_length=300, blank=True)
    step = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    # How often it was put back because the database, storage or the like was away.
    interruptions = models.PositiveSmallIntegerField(default=0)
    sends = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)  # when recovery sends it (again), should it still wait by then
    cancel_requested_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    # When a worker took it. Its claim too: it may write only while this is still its own.
    started_at = models.DateTimeField(null=True)
    progressed_at = models.DateTimeField(null=True)  # the worker's sign of life
    finished_at = models.DateTimeField(null=True)
    version = models.OneToOneField(Version, null=True, on_delete=models.SET_NULL, related_name="job")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "requested_by", "brief", "take"], name="job_take_once_in_brief"
            )
        ]
        indexes = [
            models.Index(fields=["brand", "-created_at"], name="job_newest"),
            models.Index(
                fields=["brand", "created_at"],
                condition=models.Q(state__in=["requested", "generating", "signing"]),
                name="job_open",
            ),
            # How long did the model's latest takes run? Asked while somebody types; pictures and clips apart.
            models.Index(
                KeyTransform("name", "model"),
                KeyTransform("version", "model"),
                models.F("finished_at").desc(),
                condition=models.Q(~models.Q(frames=1), state="done"),
                name="job_latest_clips",
            ),
            models.Index(
                KeyTransform("name", "model"),
                KeyTransform("version", "model"),
                models.F("finished_at").desc(),
                condition=models.Q(frames=1, state="done"),
                name="job_latest_pictures",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prompt[:60]} (seed {self.seed})"

    @property
    def standing(self) -> str:
        """Where it stands, for people."""
        return _(states.label(JobState(self.state), self.phase))

    @property
    def typed_prompt(self) -> str:
        """What the person wrote; `prompt` is what the model gets."""
        typed: str = self.kit.get("typed", self.prompt)
        return typed


class MachineTime(models.Model):
    """What the takes of one person used in one month (generation.quotas). It outlives the takes."""

    # The database itself deletes it with the brand or the person: another release may delete those.
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    month = models.DateField()  # its first day
    seconds = models.FloatField(default=0.0)
    takes = models.PositiveIntegerField(default=0)  # that came to a clip

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "month", "user"], name="machine_time_once")]

    def __str__(self) -> str:
        return f"{self.user}, {self.month:%Y-%m}"


class PromptRule(models.Model):
    """What becomes of prompts with one of its terms. `spellings` are further ones; the name is one too."""

    # The database itself deletes it with the brand (migration 0008): another release may delete that.
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    name = models.CharField(max_length=80)
    spellings = models.JSONField(default=list)
    subject = models.CharField(max_length=12, choices=[(each.value, each.value) for each in Subject])
    verdict = models.CharField(max_length=12, choices=[(each.value, each.value) for each in Verdict])
    reason = models.CharField(max_length=300, blank=True)  # told to whoever types it
    source = models.CharField(max_length=200, blank=True)  # of what came with the product
    revision = models.PositiveIntegerField(default=0)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "name"],
                condition=models.Q(deleted_at=None),
                name="prompt_rule_name_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class PromptWaiver(models.Model):
    """A prompt that may be used for some time although rules ask for a waiver. Kept as evidence."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    prompt = models.TextField()
    digest = models.CharField(max_length=64)  # prompt_gate.waivers.digest
    rules = models.JSONField()  # the keys of the rules that it was asked for
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=1000)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    granted = models.BooleanField(null=True)
    answer = models.CharField(max_length=1000, blank=True)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "digest"],
                condition=models.Q(decided_at=None),
                name="prompt_waiver_open_once",
            )
        ]
        indexes = [
            models.Index(fields=["brand", "digest", "-until"], name="prompt_waiver_of_prompt"),
            models.Index(fields=["brand", "-asked_at", "-id"], name="prompt_waiver_newest"),
        ]

    def __str__(self) -> str:
        return f"waiver of {self.prompt[:60]}"


class PromptBatch(models.Model):
    """Many prompts that are made with the same settings, as the queue has room for them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)  # made with the form
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    settings = models.JSONField()  # generation.batches.BatchSettings
    created_at = models.DateTimeField(default=timezone.now)
    fed_at = models.DateTimeField(null=True)  # when its last line had been asked for
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["brand", "-created_at", "-id"], name="prompt_batch_newest"),
            models.Index(
                fields=["created_at"],
                condition=models.Q(fed_at=None, stopped_at=None),
                name="prompt_batch_open",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BatchLine(models.Model):
    """A prompt of a batch. Without a job it waits, unless there is a `reason` why it was refused."""

    # The database itself follows what is deleted (migration 0009): another release may delete it.
    batch = models.ForeignKey(
        PromptBatch, on_delete=models.CASCADE, db_constraint=False, related_name="lines"
    )
    number = models.PositiveIntegerField()  # its line in the list, from 1
    prompt = models.TextField()
    seed = models.PositiveBigIntegerField(null=True)
    job = models.OneToOneField(
        GenerationJob, null=True, on_delete=models.SET_NULL, db_constraint=False, related_name="+"
    )
    asked_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="batch_line_once")]

    def __str__(self) -> str:
        return f"{self.number}: {self.prompt[:60]}"


class Reproduction(models.Model):
    """A clip made once more as its take was recorded, to see whether it comes out the same. Makes no clip."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The database itself follows what is deleted (migration 0011): another release may delete it.
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    job = models.ForeignKey(GenerationJob, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=12,
        choices=[(state.value, state.value) for state in ReproductionState],
        default=ReproductionState.WAITING.value,
    )
    verdict = models.CharField(max_length=12, blank=True)  # frame_comparison.Outcome
    reason = models.CharField(max_length=300, blank=True)  # why it waits longer, failed, or can't be
    # frame_comparison.Figures; and of what made it `then` and `now`: hashes, model, environment.
    figures = models.JSONField(default=dict)
    then = models.JSONField(default=dict)
    now = models.JSONField(default=dict)
    step = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    interruptions = models.PositiveSmallIntegerField(default=0)
    sends = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)  # its worker's claim, as of a job
    progressed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="reproduction_open_once",
            )
        ]
        indexes = [
            models.Index(fields=["version", "-created_at", "-id"], name="reproduction_newest"),
            models.Index(
                fields=["created_at"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="reproduction_open",
            ),
        ]

    def __str__(self) -> str:
        return f"reproduction of {self.version_id}"


class ModelFetch(models.Model):
    """A generator that is fetched from the hub because somebody asked for it, by a worker, turn by turn."""

    # The database itself follows what is deleted (migration 0013): another release may delete it.
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    repository = models.CharField(max_length=200)
    revision = models.CharField(max_length=100, blank=True)  # the commit, once the hub has said
    licence = models.CharField(max_length=200, blank=True)
    state = models.CharField(
        max_length=10,
        choices=[(state.value, FETCH_LABELS[state]) for state in FetchState],
        default=FetchState.WAITING.value,
    )
    reason = models.CharField(max_length=300, blank=True)
    done_bytes = models.PositiveBigIntegerField(default=0)
    total_bytes = models.PositiveBigIntegerField(default=0)
    weights_sha256 = models.CharField(max_length=64, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, db_constraint=False, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    held_until = models.DateTimeField(null=True)  # a worker is at it
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["repository"],
                condition=models.Q(state__in=["waiting", "fetching", "checking"]),
                name="model_fetch_open_once",
            )
        ]
        indexes = [models.Index(fields=["repository", "-asked_at"], name="model_fetch_newest")]

    def __str__(self) -> str:
        return f"{self.repository}: {self.state}"


class DefaultGenerator(models.Model):
    """The generator that a brand's briefs begin with, by its weights. Without one, the installation's."""

    brand = models.OneToOneField(
        Brand, primary_key=True, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    weights_sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.brand_id}: {self.weights_sha256[:12]}"


class BrandKit(models.Model):
    """What a brand adds to prompts, and what it offers with each brief (generation.kits)."""

    # The database itself deletes it with the brand (migration 0015): another release may delete that.
    brand = models.OneToOneField(
        Brand, primary_key=True, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    prefix = models.TextField(blank=True)
    suffix = models.TextField(blank=True)
    negative = models.TextField(blank=True)
    palette = models.JSONField(default=list)  # each {name, hex}
    presets = models.JSONField(default=list)  # each {name, width, height}
    # Ids of clips, for a reference may be deleted. Not part of what `revision` counts.
    references = models.JSONField(default=list)
    revision = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"kit of {self.brand_id}"
