"""The catalogue: assets, their immutable versions and the renditions derived from them."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone

from dam.accounts.models import Brand
from dam.catalog import facts
from dam.core import sorting
from dam.core.lazily import lazy


class Origin(models.TextChoices):
    GENERATED = "generated", lazy("Generated")
    UPLOADED = "uploaded", lazy("Uploaded")


class DeclaredOrigin(models.TextChoices):
    """Where a file comes from, as its uploader says: a statement, and no proof."""

    GENERATED = "generated", lazy("AI-generated")
    PARTLY_GENERATED = "partly_generated", lazy("Partly AI-generated")
    CAMERA = "camera", lazy("Recorded by a camera")
    SOFTWARE = "software", lazy("Created by a person with software")
    COMPOSITE = "composite", lazy("Composed from several sources")


class AssetKind(models.TextChoices):
    """What a file is to people, by its content (dam.media.probe.Kind); one for all versions of an asset."""

    VIDEO = "video", lazy("Video")
    STILL = "still", lazy("Image")
    SOUND = "sound", lazy("Sound")


class Approval(models.TextChoices):
    """What review has said of a version. Written by provenance.review, read by rights."""

    DRAFT = "draft", lazy("Draft")
    IN_REVIEW = "in_review", lazy("In review")
    CHANGES_REQUESTED = "changes_requested", lazy("Changes requested")
    REJECTED = "rejected", lazy("Rejected")
    APPROVED = "approved", lazy("Approved")
    WITHDRAWN = "withdrawn", lazy("Withdrawn")


class ReleaseState(models.TextChoices):
    """How the newest release of a version stands. Written by provenance.releases, read by delivery."""

    NONE = "", lazy("Not released")
    SIGNING = "signing", lazy("Being signed")
    READY = "ready", lazy("Released")
    FAILED = "failed", lazy("Signing failed")
    WITHDRAWN = "withdrawn", lazy("Withdrawn")
    SUPERSEDED = "superseded", lazy("Superseded")


class Credentials(models.TextChoices):
    """What the file's C2PA manifest store says. Written by provenance.manifests."""

    UNCHECKED = "unchecked", lazy("Not checked yet")
    TRUSTED = "trusted", lazy("Trusted")
    TEST = "test", lazy("Test certificate")
    VALID = "valid", lazy("Valid, signer unknown")
    INVALID = "invalid", lazy("Invalid credential")
    ALTERED = "altered", lazy("Altered")
    UNREADABLE = "unreadable", lazy("Unreadable")
    NONE = "none", lazy("None")


class Processing(models.TextChoices):
    """Roll-up of a version's steps (dam.ingest). Written by dam.ingest only."""

    WAITING = "waiting", lazy("Waiting")
    RUNNING = "running", lazy("Processing")
    READY = "ready", lazy("Ready")
    FAILED = "failed", lazy("Needs attention")


class Tag(models.Model):
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "name"], name="tag_name_once")]
        indexes = [
            models.Index(
                fields=["brand", "name"], opclasses=["int8_ops", "varchar_pattern_ops"], name="tag_begins"
            )
        ]
        ordering = [sorting.alphabetical("name"), "name"]

    def __str__(self) -> str:
        return self.name


class Asset(models.Model):
    """A work: what people name, tag, search for and talk about."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="assets")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    # Words that found no other field: the prompt of a generated clip, the name of the uploaded file.
    search_words = models.TextField(blank=True)
    # How the work began. A later version may have come another way: ask Version.origin of what is shown.
    origin = models.CharField(max_length=10, choices=Origin.choices)
    tags = models.ManyToManyField(Tag, blank=True, related_name="assets")
    # The newest version, which those who make and review see; and the one whose release is ready, which
    # everybody else sees. A draft of something new never hides what is released.
    latest = models.OneToOneField("Version", null=True, on_delete=models.SET_NULL, related_name="latest_of")
    released = models.OneToOneField(
        "Version", null=True, on_delete=models.SET_NULL, related_name="released_of"
    )
    # What stays in the picture where it is cropped: thousandths from left and top.
    focus_x = models.PositiveSmallIntegerField(default=500, db_default=500)
    focus_y = models.PositiveSmallIntegerField(default=500, db_default=500)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    trashed_at = models.DateTimeField(null=True, blank=True)
    # A legal hold since then (dam.catalog.holds): while it stands triggers refuse every deletion.
    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    hold_reason = models.CharField(max_length=500, blank=True, default="", db_default="")
    # The version that whoever asks is shown (rights.visibility); search.with_parts attaches it.
    shown: "Version"
    shows_hold: bool  # whether they are told of its legal hold, and there is one; attached likewise
    shows_drafts: bool  # whether they see more than what is released; attached likewise
    is_favourite: bool  # of whoever asks; attached likewise

    class Meta:
        indexes = [
            models.Index(fields=["brand", "-created_at", "-id"], name="asset_newest"),
            # All that rights.visibility and the order of a list ask of a clip: of thousands that filters
            # leave none has to be read.
            models.Index(
                fields=["id"],
                include=["brand", "created_at", "latest", "released", "trashed_at"],
                name="asset_seen",
            ),
            # By name (dam.search.orders).
            models.Index("brand", sorting.indexed("title"), "id", name="asset_by_name"),
            # By how a title begins, of all and of what is released (dam.search.suggestions).
            models.Index(
                "brand", OpClass(Upper("title"), name="text_pattern_ops"), name="asset_title_begins"
            ),
            models.Index(
                "brand",
                OpClass(Upper("title"), "text_pattern_ops"),
                condition=models.Q(released__isnull=False),
                name="asset_released_title_begins",
            ),
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="asset_title_part"),  # the palette
            models.Index(
                fields=["brand", "-created_at", "-id"],
                condition=models.Q(held_at__isnull=False),
                name="asset_held",
            ),
            models.Index(
                fields=["brand", "trashed_at", "id"],
                condition=models.Q(trashed_at__isnull=False),
                name="asset_trashed",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(focus_x__lte=1000, focus_y__lte=1000), name="asset_focus_inside"
            )
        ]

    def __str__(self) -> str:
        return self.title


class Version(models.Model):
    """One immutable master of an asset, named by the SHA-256 of its bytes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="versions")
    # The asset's brand again: what a brand has is found by its content, and narrowed by these columns.
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(default=1)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.UPLOADED)
    declared_origin = models.CharField(
        max_length=20, choices=DeclaredOrigin.choices, blank=True, default="", db_default=""
    )
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=60)
    filename = models.CharField(max_length=255)  # as the sender called it, cleaned for display
    # What it was made from, in words: the prompt. Those of its asset (search_words) count for it too.
    search_words = models.TextField(blank=True)
    storage_key = models.CharField(max_length=200)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    # What changed with it, as who added it says (versions.clean_note).
    note = models.TextField(blank=True, default="", db_default="")

    # Facts written from above, read by rights, delivery and facets.
    processing = models.CharField(max_length=10, choices=Processing.choices, default=Processing.WAITING)
    processing_reason = models.CharField(max_length=300, blank=True)
    approval = models.CharField(max_length=20, choices=Approval.choices, default=Approval.DRAFT)
    credentials = models.CharField(max_length=12, choices=Credentials.choices, default=Credentials.UNCHECKED)
    release = models.CharField(
        max_length=10, choices=ReleaseState.choices, default=ReleaseState.NONE, blank=True
    )

    kind = models.CharField(
        max_length=5,
        choices=AssetKind.choices,
        default=AssetKind.VIDEO,
        db_default=AssetKind.VIDEO.value,
    )
    # What the probe saw (dam.media.probe.MediaInfo); empty until it ran.
    media_info = models.JSONField(default=dict, blank=True)
    width = models.PositiveIntegerField(null=True)  # pixels, after rotation
    height = models.PositiveIntegerField(null=True)
    frame_count = models.PositiveIntegerField(
        null=True
    )  # a still has none of these four, sound a length alone
    rate_numerator = models.PositiveIntegerField(null=True)  # frames per second, a fraction: 24000/1001
    rate_denominator = models.PositiveIntegerField(null=True)
    duration_ms = models.PositiveBigIntegerField(null=True)
    # What the database makes of these, to be filtered and counted by; NULL where they are not known.
    aspect = facts.aspect()
    resolution = facts.resolution()
    frame_rate = facts.frame_rate()
    has_sound = facts.has_sound()

    # The frame that somebody chose as its poster; NULL: the most telling one (dam.ingest.posters).
    poster_frame = models.PositiveIntegerField(null=True)

    # How it was made, where it was generated here. Written by generation, read by search.
    model = models.CharField(max_length=200, blank=True, db_default="")  # "previz-dit 0.3"
    seed = models.PositiveBigIntegerField(null=True)
    prompt = models.TextField(blank=True, db_default="")
    # Names of dam.media.colours, the most frequent first. Written when frames are decoded; NULL before.
    colours = ArrayField(models.CharField(max_length=12), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["asset", "number"], name="version_number_once"),
        ]
        indexes = [
            models.Index(fields=["brand", "approval", "-created_at", "-id"], name="version_by_approval"),
            models.Index(fields=["-created_at", "-id"], name="version_newest"),
            models.Index(fields=["storage_key"], name="version_key"),  # asked by the cleanup
            # A file is stored once, and taken once; that two versions have it is somebody's wish.
            models.Index(fields=["brand", "sha256"], name="version_content"),
            # A search by one of these that few have: of a million, it must not read all.
            *(
                models.Index(fields=["brand", column], name=f"version_{column}")
                for column in (
                    *("kind", "origin", "credentials", "aspect", "resolution", "frame_rate", "has_sound"),
                    *("width", "height", "size"),
                )
            ),
            models.Index(fields=["brand", "duration_ms", "id"], name="version_by_duration"),
            GinIndex(fields=["colours"], name="version_colours"),
            models.Index(
                fields=["brand", "seed"], name="version_seed", condition=models.Q(seed__isnull=False)
            ),
            models.Index(
                models.F("brand"), OpClass(Upper("model"), name="text_pattern_ops"), name="version_model"
            ),
            GinIndex(OpClass(Upper("prompt"), name="gin_trgm_ops"), name="version_prompt"),
            GinIndex(OpClass(Upper("filename"), name="gin_trgm_ops"), name="version_filename"),
        ]

    def __str__(self) -> str:
        return f"{self.asset} v{self.number}"

    @property
    def rendition_by_kind(self) -> "dict[str, Rendition]":
        """By kind, in its order: rows without one come as the planner likes, another time another way."""
        return {each.kind: each for each in sorted(self.renditions.all(), key=lambda each: each.kind)}


class RenditionKind(models.TextChoices):
    """The kinds that pages ask for by name. Which there are, dam.media.specs says, above this package."""

    POSTER = "poster", lazy("Poster")
    PICTURE = "picture", lazy("Picture")
    SOUND = "sound", lazy("Listening copy")
    SPRITE = "sprite", lazy("Sprite")
    PROXY = "proxy", lazy("Review proxy")


class Rendition(models.Model):
    """A file derived from a version; one of each kind, so making it again is harmless."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="renditions")
    kind = models.CharField(max_length=20)  # of dam.media.specs
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=60)
    storage_key = models.CharField(max_length=200)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    # A sprite's grid: {"columns": 5, "rows": 5, "frames": [0, 2, …]}.
    details = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "kind"], name="rendition_kind_once")]
        indexes = [models.Index(fields=["storage_key"], name="rendition_key")]

    def __str__(self) -> str:
        return f"{self.version} {self.kind}"


class RenditionPart(models.Model):
    """A further file of a rendition that has several: the segments that a stream's playlist names."""

    rendition = models.ForeignKey(Rendition, on_delete=models.CASCADE, related_name="parts")
    name = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=60)
    storage_key = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rendition", "name"], name="rendition_part_once")]
        indexes = [models.Index(fields=["storage_key"], name="rendition_part_key")]  # asked by the cleanup

    def __str__(self) -> str:
        return f"{self.rendition} {self.name}"
