"""Review: who was asked, what they decided, about which bytes, and what they said on the way."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from dam.models import Brand, Version
from provenance.review import plans, states
from provenance.review.plans import Planned
from provenance.review.states import ReviewState


class Review(models.Model):
    """One passage of one version through the brand's stages."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="reviews")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="reviews")
    # The bytes that were submitted; a decision names them again.
    content_sha256 = models.CharField(max_length=64)
    stages = models.JSONField()  # names in order, copied from the brand when submitted
    stage = models.PositiveSmallIntegerField(default=0)  # index of the stage that is waited for
    state = models.CharField(
        max_length=20,
        choices=[(state.value, label) for state, label in states.LABELS.items()],
        default=ReviewState.OPEN.value,
    )
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(default=timezone.now)
    note = models.TextField(blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True)
    # What its template said of each stage when it was submitted (plans.Planned); [] of the brand's own order.
    plan = models.JSONField(default=list, db_default=[], blank=True)
    template = models.ForeignKey(
        "ReviewTemplate",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        related_name="+",
    )
    template_revision = models.PositiveIntegerField(null=True, blank=True)
    # What it was sent together with, and its place there, from 1: provenance.review.sets.
    review_set = models.ForeignKey(
        "ReviewSet",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        db_index=False,
        related_name="reviews",
    )
    set_place = models.PositiveSmallIntegerField(null=True, blank=True)
    # Whether its template said that clips of a set can be approved together: provenance.review.together.
    together = models.BooleanField(default=False, db_default=False)
    # Of the stage that is waited for, as its plan says: who decides it, who does besides once it is overdue.
    named_person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        related_name="+",
    )
    named_group = models.ForeignKey(
        "dam.Group",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        related_name="+",
    )
    named_role = models.ForeignKey(
        "dam.CustomRole",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    deputy_person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        related_name="+",
    )
    deputy_group = models.ForeignKey(
        "dam.Group",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        related_name="+",
    )
    stage_due_at = models.DateTimeField(null=True, blank=True)
    # Who was named when the review was handed over. Where no plan names somebody, others of the stage's role
    # can decide it all the same.
    asked_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_group = models.ForeignKey(
        "dam.Group", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=models.Q(state="open"), name="review_open_once"
            )
        ]
        indexes = [
            models.Index(fields=["brand", "state", "submitted_at"], name="review_queue"),
            models.Index(
                fields=["review_set"], condition=models.Q(review_set__isnull=False), name="review_of_set"
            ),
            # What is over, the latest first (provenance.review.decided).
            models.Index(
                fields=["brand", "-closed_at", "id"],
                condition=models.Q(closed_at__isnull=False),
                name="review_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"Review of {self.version}"

    @property
    def asked(self) -> str:
        """Who was named to decide it, if somebody was. Fetch both along where there are many."""
        return str(self.asked_person or self.asked_group or "")

    @property
    def deputy_words(self) -> str:
        """Who decides it, too, once it is overdue. Fetch both along where there are many."""
        return str(self.deputy_person or self.deputy_group or "")

    @property
    def due(self) -> datetime | None:
        """When it is overdue: the day it was to be done by, or the stage's own, whichever is first."""
        return min((day for day in (self.due_at, self.stage_due_at) if day is not None), default=None)

    @property
    def planned(self) -> tuple[Planned, ...]:
        """Its stages, each with what its template says of it."""
        return plans.of(self.stages, self.plan)

    @property
    def waits_for(self) -> Planned:
        """The stage that is waited for; of one that is over, the last that was."""
        return self.planned[self.stage]

    @property
    def position(self) -> states.Position:
        return states.Position(ReviewState(self.state), self.stage, tuple(self.stages))


class Decision(models.Model):
    """What a reviewer decided at one stage, bound to the content's hash. A stage may need several."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="decisions")
    stage = models.PositiveSmallIntegerField()
    kind = models.CharField(
        max_length=16, choices=[(kind.value, label) for kind, label in states.DECISION_LABELS.items()]
    )
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # Who was away, and in whose place it was decided: provenance.review.asking.
    for_person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    decided_at = models.DateTimeField(default=timezone.now)
    content_sha256 = models.CharField(max_length=64)
    comment = models.TextField(blank=True)
    uses = models.JSONField(default=list)  # rights.policy.Use, only when approving
    territories = models.JSONField(default=list)
    valid_until = models.DateTimeField(null=True, blank=True)
    embargo_until = models.DateTimeField(null=True, blank=True)  # only when approving: not before
    checklist = models.JSONField(
        default=list, db_default=[]
    )  # provenance.review.checklist.record, only when approving

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "stage", "decided_by"], name="decision_once_for_person")
        ]
        ordering = ["stage", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} by {self.decided_by}"


class ReviewTemplate(models.Model):
    """Stages that some of a brand's reviews pass, and which reviews (provenance.review.templates)."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    title = models.CharField(max_length=120)
    stages = models.JSONField()  # plans.Planned, in order
    rule = models.CharField(max_length=300, blank=True)  # a search without words; empty: none are chosen
    by_hand = models.BooleanField(default=False)  # whoever submits may choose it
    together = models.BooleanField(default=False, db_default=False)  # clips of a set can be approved at once
    position = models.PositiveSmallIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def planned(self) -> tuple[Planned, ...]:
        return plans.read(self.stages)


class ChecklistQuestion(models.Model):
    """A question that whoever approves a stage answers first (provenance.review.checklist)."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    stage = models.CharField(max_length=10)  # of policies.STAGES
    shipped = models.CharField(max_length=20, blank=True)  # which of the shipped ones it began as
    words = models.CharField(max_length=300)
    help = models.CharField(max_length=1000, blank=True)
    source = models.CharField(max_length=300, blank=True)
    required = models.BooleanField(default=True)
    stops = models.BooleanField(default=True)
    evidence = models.CharField(max_length=10, blank=True, default="", db_default="")  # checklist.Evidence
    position = models.PositiveSmallIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "shipped"], condition=~models.Q(shipped=""), name="question_shipped_once"
            )
        ]

    def __str__(self) -> str:
        return self.words


class EvidenceFile(models.Model):
    """A document behind an answer of a checklist (provenance.review.evidence).

    Of no decision while its reviewer hasn't approved: then it is theirs alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    version = models.ForeignKey(
        Version, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    review = models.ForeignKey(Review, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    decision = models.ForeignKey(
        Decision, null=True, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        related_name="+",
    )
    question = models.BigIntegerField()  # key of a ChecklistQuestion
    filename = models.CharField(max_length=200)
    storage_key = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "user", "question"],
                condition=models.Q(decision=None),
                name="evidence_draft_once",
            )
        ]
        indexes = [
            models.Index(fields=["storage_key"], name="evidence_key"),
            models.Index(fields=["created_at"], name="evidence_draft", condition=models.Q(decision=None)),
        ]

    def __str__(self) -> str:
        return self.filename


class LedgerEntry(models.Model):
    """One decision in a brand's ledger. The database gives it its place and hash, and refuses any change.

    `record` is JSON, kept as the text that is hashed (provenance.review.ledger). Nothing refers to rows that
    may be deleted: what was decided outlives the clip it was decided on.
    """

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_index=False)
    sequence = models.PositiveBigIntegerField(default=0)
    review_id = models.UUIDField()
    version_id = models.UUIDField()
    record = models.TextField()
    previous_hash = models.CharField(max_length=64, default="")
    hash = models.CharField(max_length=64, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "sequence"], name="ledger_sequence_once")]
        indexes = [models.Index(fields=["review_id"], name="ledger_of_review")]

    def __str__(self) -> str:
        return f"#{self.sequence}"


class Comment(models.Model):
    """A remark on a version, at a frame or over a range of frames when one is meant."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="comments")
    # What it answers; an answer to an answer stands under the same first remark.
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="replies"
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(blank=True)  # empty where the drawing says it all
    frame = models.PositiveIntegerField(null=True, blank=True)  # of a sound a millisecond, of an image 0
    end_frame = models.PositiveIntegerField(null=True, blank=True)  # the last of a range
    drawing = models.JSONField(null=True, blank=True)  # into that frame: provenance.review.drawings
    created_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # The number of the newer version in which it was found done; empty where it was resolved at its own.
    resolved_in = models.PositiveIntegerField(null=True, blank=True)
    # Who is to see to it, by the end of which day of the brand's: provenance.review.assigning.
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    due_at = models.DateTimeField(null=True, blank=True)
    edited_at = models.DateTimeField(null=True)
    # Whether outside reviewers of this version read it, too (provenance.guests). Its answers stay inside.
    for_guests = models.BooleanField(default=False, db_default=False)
    # By its author: provenance.review.corrections. Its words are kept while that can be undone.
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end_frame=None)
                | models.Q(frame__isnull=False, end_frame__gt=models.F("frame")),
                name="comment_range_goes_on",
            )
        ]
        indexes = [
            models.Index(
                fields=["deleted_at"], condition=models.Q(deleted_at__isnull=False), name="comment_deleted"
            )
        ]

    def __str__(self) -> str:
        return self.body[:60]


class Absence(models.Model):
    """A person is away, and another stands in for them (review.absences). Of each person one at a time."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)  # by hand, by another one, or once an event says it is over

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "person"], condition=models.Q(ended_at=None), name="absence_once"
            ),
            models.CheckConstraint(
                name="absence_takes_time", condition=models.Q(until_at__gt=models.F("from_at"))
            ),
            models.CheckConstraint(name="absence_of_another", condition=~models.Q(deputy=models.F("person"))),
        ]
        indexes = [
            models.Index(
                fields=["brand", "deputy"], condition=models.Q(ended_at=None), name="absence_deputies"
            ),
            models.Index(fields=["until_at"], condition=models.Q(ended_at=None), name="absence_over"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} until {self.until_at:%Y-%m-%d}"


class NotDone(models.Model):
    """Somebody looked whether a newer version does what a remark asked for: it doesn't (review.carrying)."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="not_done", db_index=False)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField(default=timezone.now)
    # What was written of it on that version, in one press (carrying.carry_over).
    carried_as = models.ForeignKey(
        Comment,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        related_name="carried_from",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "version"], name="not_done_once")]

    def __str__(self) -> str:
        return f"{self.comment} in {self.version}"


class CommentLink(models.Model):
    """A comment names the address of a clip. Kept by triggers (migration 0042); there may be no such clip."""

    comment = models.ForeignKey(
        Comment, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="links"
    )
    asset_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "asset_id"], name="comment_link_once")]
        indexes = [models.Index(fields=["asset_id", "-comment"], name="comment_link_asset")]

    def __str__(self) -> str:
        return f"{self.comment_id} to {self.asset_id}"


class Reaction(models.Model):
    """A sign at a comment, a reply or what a guest said (review.reactions, guests.reacting).

    By a person of the brand, or by a guest through their link.
    """

    comment = models.ForeignKey(Comment, null=True, on_delete=models.CASCADE, related_name="reactions")
    remark = models.ForeignKey(
        "provenance.GuestRemark", null=True, on_delete=models.CASCADE, related_name="reactions"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    link = models.ForeignKey("provenance.GuestLink", null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)  # of review.reactions.SIGNS
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="reaction_to_one",
                condition=models.Q(comment=None) ^ models.Q(remark=None),
            ),
            models.CheckConstraint(
                name="reaction_by_one", condition=models.Q(user=None) ^ models.Q(link=None)
            ),
            *(
                models.UniqueConstraint(fields=[to, by, "kind"], name=f"reaction_{to}_{by}_once")
                for to in ("comment", "remark")
                for by in ("user", "link")
            ),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def target(self) -> int:
        """The key of the comment, or of the guest's remark."""
        return self.comment_id or self.remark_id or 0

    @property
    def by(self) -> str:
        """Fetch link and user along."""
        return str(self.link or self.user)


class CommentImport(models.Model):
    """A file of which somebody made remarks of a version, all of which can be taken back (review.importing).

    Its key is made when the file is looked at, so that what is sent twice is imported once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(default=timezone.now)
    file_name = models.CharField(max_length=200)
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.file_name


class ImportedComment(models.Model):
    """Which file a remark came from."""

    comment = models.OneToOneField(
        Comment, primary_key=True, on_delete=models.CASCADE, related_name="imported"
    )
    source = models.ForeignKey(CommentImport, on_delete=models.CASCADE, related_name="comments")

    def __str__(self) -> str:
        return str(self.source)
