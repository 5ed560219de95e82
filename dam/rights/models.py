"""What may be done with a version: the terms that rights.policy decides on, and what it was made from."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone

from dam.accounts.models import Brand
from dam.catalog.models import Version
from dam.core.lazily import lazy


def worldwide() -> list[str]:
    return ["worldwide"]


class RightsRecord(models.Model):
    """The terms a version was cleared under. Written when a review approves it."""

    version = models.OneToOneField(Version, on_delete=models.CASCADE, related_name="rights")
    licence = models.CharField(max_length=200, blank=True)
    rights_holder = models.CharField(max_length=200, blank=True)
    uses = models.JSONField(default=list)  # values of rights.policy.Use
    territories = models.JSONField(default=worldwide)  # ISO 3166 codes, "EU" or "worldwide"
    embargo_until = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)
    # When the first of its consents ended, or will: triggers keep it (migration 0109).
    consents_until = models.DateTimeField(null=True, blank=True)
    restriction = models.CharField(max_length=300, blank=True)
    credit_line = models.CharField(max_length=200, blank=True, db_default="")
    exclusivity = models.CharField(max_length=200, blank=True, db_default="")
    channels = models.CharField(max_length=300, blank=True, db_default="")
    audience = models.CharField(max_length=200, blank=True, db_default="")
    updated_at = models.DateTimeField(default=timezone.now)
    # Of an AI clip: the fields of dam.rights.disclosure.Disclosed; NULL: nobody was asked. And who answered
    # and waived what, when and why (provenance.review.disclosing).
    disclosure = models.JSONField(null=True, blank=True)
    disclosure_log = models.JSONField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["embargo_until"],
                condition=models.Q(embargo_until__isnull=False),
                name="rights_embargo",
            ),
            # Asked of each clip that viewers are shown: few have an embargo.
            models.Index(
                fields=["version", "embargo_until"],
                condition=models.Q(embargo_until__isnull=False),
                name="rights_embargo_of",
            ),
            models.Index(
                fields=["valid_until", "version"],
                condition=models.Q(valid_until__isnull=False),
                name="rights_end",
            ),
            # Who asks for a use that few clips are cleared for must not wait until all have been read.
            GinIndex(fields=["uses"], opclasses=["jsonb_path_ops"], name="rights_uses"),
            GinIndex(fields=["territories"], opclasses=["jsonb_path_ops"], name="rights_territories"),
            # A part of what is stated is asked for as `icontains` writes it; nothing stated takes no place.
            *(
                GinIndex(OpClass(Upper(field), name="gin_trgm_ops"), name=f"rights_{field}")
                for field in ("licence", "rights_holder", "credit_line", "exclusivity", "restriction")
            ),
        ]

    def __str__(self) -> str:
        return f"Rights of {self.version}"


class Relation(models.TextChoices):
    """What the source is to what was made from it, in the words of C2PA's ingredients."""

    PARENT = "parentOf", lazy("Edited from it")
    COMPONENT = "componentOf", lazy("Contains it")
    INPUT = "inputTo", lazy("Generated with it")


class MadeFrom(models.Model):
    """One version was made from another of the brand. Written by dam.rights.making, which keeps out circles.

    Where the source is deleted for good the database keeps the row without it: what is no longer known must
    not make anything free.
    """

    # The database itself deletes or empties these with what they name (migration 0099): another release may
    # do that.
    version = models.ForeignKey(
        Version, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="made_from"
    )
    source = models.ForeignKey(
        Version,
        null=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        db_index=False,
        related_name="used_in",
    )
    relation = models.CharField(max_length=11, choices=Relation.choices)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "source"], name="made_from_once"),
            models.CheckConstraint(
                condition=models.Q(source=None) | ~models.Q(source=models.F("version")),
                name="made_from_another",
            ),
        ]
        # What was made from a version is shown with the last first, of however many.
        indexes = [models.Index(fields=["source", "id"], name="made_from_used_in")]

    def __str__(self) -> str:
        return f"{self.version_id} made from {self.source_id}"


class InheritedTerms(models.Model):
    """What is left of a version's terms by all that it was made from: `policy.meet` of them, kept.

    Only of versions that were made from others. The database itself writes it, in the transaction that
    changes any of those terms (migration 0099); `manage.py fsck` compares it with the policy.
    """

    version = models.OneToOneField(
        Version, primary_key=True, on_delete=models.CASCADE, db_constraint=False, related_name="inherited"
    )
    stopped = models.BooleanField()
    uses = models.JSONField(null=True)  # NULL: nothing narrows its own
    territories = models.JSONField(null=True)  # likewise; "EU" with all of its countries
    embargo_until = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # Asked of each clip that viewers are shown: few have an embargo.
            models.Index(
                fields=["version", "embargo_until"],
                condition=models.Q(embargo_until__isnull=False),
                name="inherited_embargo_of",
            ),
            # Looked through each minute: few are stopped.
            models.Index(fields=["version"], condition=models.Q(stopped=True), name="inherited_stopped_of"),
        ]

    def __str__(self) -> str:
        return f"what {self.version_id} inherits"


class RightsEnd(models.Model):
    """When a version's clearance ends with all that it was made from: the end of `policy.left`, kept.

    Only of versions that have an end. The database itself writes it, from their own terms and what they
    inherit (migration 0101); `manage.py fsck` compares it with both.
    """

    # Triggers delete it with the terms it comes from.
    version = models.OneToOneField(
        Version, primary_key=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="rights_end"
    )
    brand = models.ForeignKey(
        Brand, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )  # never changes
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["brand", "ends_at", "version"], name="rights_end_of_brand")]

    def __str__(self) -> str:
        return f"{self.version_id} ends {self.ends_at}"


class ConsentKind(models.TextChoices):
    LICENCE = "licence", lazy("Licence")  # the document behind the terms that are stated
    MODEL = "model", lazy("Model release")
    VOICE = "voice", lazy("Voice")
    PROPERTY = "property", lazy("Property or location")
    MUSIC = "music", lazy("Music")
    TRADEMARK = "trademark", lazy("Trademark")
    OTHER = "other", lazy("Other")


class Consent(models.Model):
    """What a person allowed, or whoever a place, a piece of music or a mark belongs to (dam.rights.consents).

    Its name is personal data: `forgotten_at` is when that, the words and the document were removed. Its end
    and its withdrawal stay, for they narrow what may be done.
    """

    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    kind = models.CharField(max_length=9, choices=ConsentKind.choices)
    name = models.CharField(max_length=200, blank=True)
    covers = models.CharField(max_length=500, blank=True)
    until = models.DateTimeField(null=True)
    told_until = models.DateTimeField(null=True)  # the end that was told (dam.rights.consent_ends)
    # The document as it was sent, never read: empty where there is none.
    storage_key = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)
    filename = models.CharField(max_length=200, blank=True)
    revision = models.PositiveIntegerField(default=0)  # counts its changes
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    added_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    withdrawn_reason = models.CharField(max_length=500, blank=True)
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["brand", "id"], name="consent_of_brand"),
            models.Index(
                fields=["storage_key"], condition=~models.Q(storage_key=""), name="consent_document"
            ),
            models.Index(
                fields=["until", "id"],
                condition=models.Q(until__isnull=False, withdrawn_at=None),
                name="consent_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class ConsentLink(models.Model):
    """A version needs a consent: it and the versions after it share one, so that a withdrawal reaches all.

    With the last of its links the database deletes the consent (migration 0109).
    """

    # Triggers delete it with the version: another release may do that.
    version = models.ForeignKey(
        Version, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="consent_links"
    )
    consent = models.ForeignKey(Consent, on_delete=models.CASCADE, related_name="links")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "consent"], name="consent_link_once")]

    def __str__(self) -> str:
        return f"{self.version_id} needs {self.consent_id}"


class RenewalRequest(models.Model):
    """A version's clearance is to be renewed. Open while `ends_at` is its end (dam.rights.renewals)."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+", db_index=False)
    version = models.ForeignKey(
        Version, on_delete=models.CASCADE, related_name="renewal_requests", db_index=False
    )
    ends_at = models.DateTimeField()  # as it was asked about
    message = models.TextField(blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "ends_at"],
                condition=models.Q(withdrawn_at=None),
                name="renewal_request_once",
            )
        ]
        indexes = [
            models.Index(fields=["brand", "id"], name="renewal_request_of_brand"),
            models.Index(fields=["version"], name="renewal_request_version"),
        ]

    def __str__(self) -> str:
        return f"renewal of {self.version_id}"


class RightsPreset(models.Model):
    """Terms under a name, to fill in forms with. `terms` as rights.preset_terms.PresetTerms has it."""

    # The database itself deletes it with the brand (migration 0112): another release may delete that.
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    name = models.CharField(max_length=80)
    terms = models.JSONField()
    position = models.PositiveSmallIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "name"],
                condition=models.Q(deleted_at=None),
                name="rights_preset_name_once",
            )
        ]

    def __str__(self) -> str:
        return self.name
