"""Outside reviewers: their links, sessions, the marked copies they watch, and what they say."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from dam.accounts.models import Membership
from dam.audit.names import Named
from dam.core.lazily import lazy
from dam.ingest.models import Work
from dam.models import Brand, Version
from provenance.guests import rules
from provenance.guests.rules import Advice, Facts, May, Proof, Standing
from provenance.review.drawings import Drawing
from provenance.review.models import Review
from provenance.review.states import ReviewState

# After these nobody outside has a reason to watch; after the others they still read what came of it.
OVER = (ReviewState.WITHDRAWN, ReviewState.REJECTED, ReviewState.REVOKED)


def inviter_works() -> Exists:
    """Whether whoever asked them still works in the brand; for rows of links."""
    people = Membership.objects.filter(user__is_active=True)
    return Exists(people.filter(user=OuterRef("created_by"), brand=OuterRef("brand")))


class Coded(models.Model):
    """Something that a code opens which was sent by mail: kept as a keyed hash, one at a time."""

    code_digest = models.CharField(max_length=64, blank=True)
    code_until = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True


class GuestLink(Coded):
    """One person from outside, asked to look at one version in review.

    `key` is in the addresses of its pages and opens nothing; the secret is known to who was sent it alone.
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="guest_links")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="guest_links")
    email = models.CharField(max_length=254)
    name = models.CharField(max_length=80)
    may = models.CharField(max_length=10, choices=[(each.value, each.value) for each in May])
    may_download = models.BooleanField(default=False)
    proof = models.CharField(max_length=10, choices=[(each.value, each.value) for each in Proof])
    passphrase_digest = models.CharField(max_length=160, blank=True)  # as Django keeps passwords
    message = models.TextField(blank=True)
    prefix = models.CharField(max_length=12, blank=True)  # of the secret; empty until there is one
    digest = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    mailing_at = models.DateTimeField(null=True)  # a worker has made its secret, and mails it since then
    sent_at = models.DateTimeField(null=True)
    send_problem = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField(null=True)  # first
    revoked_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # noted: its copy is gone, and the log says so

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "email"], condition=Q(ended_at=None), name="guest_link_once"
            )
        ]
        indexes = [
            models.Index(fields=["prefix"], name="guest_link_prefix"),
            models.Index(fields=["email"], name="guest_link_email", condition=Q(ended_at=None)),
            models.Index(fields=["expires_at"], name="guest_link_expiry", condition=Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def named(self) -> Named:
        """As the activity log knows them: a name that can be erased."""
        return Named(f"guest_link:{self.pk}", f"{self.name} ({self.email})")

    @property
    def facts(self) -> Facts:
        """Fetch brand, review, version__asset and version__inherited along, and annotate inviter_works."""
        inherited = getattr(self.version, "inherited", None)
        return Facts(
            expires_at=self.expires_at,
            revoked=self.revoked_at is not None,
            erased=self.erased_at is not None,
            brand_shares=self.brand.guest_reviews,
            brand_closed=self.brand.closed_at is not None,
            trashed=self.version.asset.trashed_at is not None,
            source_stopped=inherited is not None and inherited.stopped and self.version.made_from.exists(),
            over=self.review.state in OVER,
            inviter_gone=not self.inviter_is_there,
        )

    @property
    def standing(self) -> Standing:
        return rules.standing(self.facts, at=timezone.now())

    @property
    def inviter_is_there(self) -> bool:
        """Whether whoever asked them still works in the brand."""
        known: bool | None = getattr(self, "inviter_works", None)
        if known is None:
            people = Membership.objects.filter(user=self.created_by_id, brand=self.brand_id)
            known = people.filter(user__is_active=True).exists()
        return known

    def allows(self, wanted: str) -> bool:
        return rules.allows(May(self.may), May(wanted))


class GuestAddress(Coded):
    """One browser that asked for all links of an address, whether it has any or not; once the code was
    typed, that browser's pass for the list, which ends where the row does.
    """

    browser = models.CharField(max_length=64)  # the digest of a cookie that it got when it asked
    email = models.CharField(max_length=254)
    asked_at = models.DateTimeField(default=timezone.now)  # last
    digest = models.CharField(max_length=64, blank=True)  # of the pass; empty until there is one
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["browser", "email"], name="guest_address_once")]
        indexes = [
            models.Index(fields=["email"], name="guest_address_email"),
            models.Index(fields=["digest"], name="guest_address_pass", condition=~Q(digest="")),
            models.Index(fields=["asked_at"], name="guest_address_old"),
        ]

    def __str__(self) -> str:
        return self.email


class GuestSession(models.Model):
    """A guest who came through the door of one link. These rows are the log of views, without any address."""

    link = models.ForeignKey(GuestLink, on_delete=models.CASCADE, related_name="sessions")
    digest = models.CharField(max_length=64, unique=True)  # of what the cookie holds
    device = models.CharField(max_length=60, blank=True)  # "Firefox, Android", as the browser says
    began_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    played_at = models.DateTimeField(null=True)  # last
    ends_at = models.DateTimeField()
    # By which pass it came in from the list, if so: it ends with that.
    listing = models.ForeignKey(GuestAddress, null=True, on_delete=models.SET_NULL, related_name="sessions")

    class Meta:
        ordering = ["-began_at"]

    def __str__(self) -> str:
        return f"{self.link} · {self.began_at:%Y-%m-%d %H:%M}"


class CopyState(models.TextChoices):
    WAITING = "waiting", lazy("Waiting")
    RUNNING = "running", lazy("Running")
    READY = "ready", lazy("Ready")
    FAILED = "failed", lazy("Failed")
    CLEARED = "cleared", lazy("Cleared")  # its link has ended, and its file is gone


class MarkedCopy(Work):
    """What one guest is shown: pictures with their name and address all over; of sound a copy with a tag."""

    link = models.OneToOneField(GuestLink, on_delete=models.CASCADE, related_name="copy")
    state = models.CharField(max_length=10, choices=CopyState.choices, default=CopyState.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)  # percent
    reason = models.CharField(max_length=300, blank=True)
    claim = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    storage_key = models.CharField(max_length=200, blank=True, db_index=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    content_type = models.CharField(max_length=60, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="marked_copy_ready_or_not",
                condition=~Q(state="ready") | (~Q(sha256="") & ~Q(storage_key="") & Q(size__isnull=False)),
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="marked_copy_due", condition=Q(state__in=["waiting", "running"])
            ),
            # The few whose link may have ended, among all there ever were.
            models.Index(fields=["link"], name="marked_copy_kept", condition=~Q(state="cleared")),
        ]

    def __str__(self) -> str:
        return f"copy for link {self.link_id}"


class GuestRemark(models.Model):
    """What a guest says about the version, or what the brand answers them. Guests of one review see all."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="guest_remarks")
    link = models.ForeignKey(GuestLink, null=True, on_delete=models.CASCADE, related_name="remarks")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="answers")
    body = models.TextField()
    frame = models.PositiveIntegerField(null=True)
    end_frame = models.PositiveIntegerField(null=True)  # of a range, the last one
    drawing: "models.JSONField[Drawing | None]" = models.JSONField(null=True)  # provenance.review.drawings
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)  # provenance.guests.corrections

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [
            models.Index(
                fields=["deleted_at"],
                name="guest_remark_deleted",
                condition=Q(deleted_at__isnull=False),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="guest_remark_by_one",
                condition=Q(link__isnull=False, author=None) | Q(link=None, author__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.body[:60]

    @property
    def by(self) -> str:
        """Fetch link and author along."""
        return str(self.link or self.author)


class GuestAdvice(models.Model):
    """What a guest recommends, bound to the content they saw. The last of a link is the one that stands."""

    link = models.ForeignKey(GuestLink, on_delete=models.CASCADE, related_name="advice")
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="guest_advice")
    kind = models.CharField(max_length=10, choices=[(each.value, each.value) for each in Advice])
    words = models.TextField(blank=True)
    content_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name_plural = "guest advice"

    def __str__(self) -> str:
        return f"{self.kind} by {self.link}"
