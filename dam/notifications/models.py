"""What people were told, how they want to be told, how far the trail has been read, and webhooks."""

import uuid
from datetime import time

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from dam.accounts.models import Brand
from dam.audit.models import Event
from dam.core.encryption import EncryptedTextField
from dam.notifications import hours


class TrailReader(models.Model):
    """How far notifications and webhooks have come in a brand's audit trail."""

    brand = models.OneToOneField(Brand, on_delete=models.CASCADE, primary_key=True, related_name="+")
    sequence = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.brand} #{self.sequence}"


class Notification(models.Model):
    """One thing that a person was told: of one event or, collapsed, of many. It holds ids and no words.

    Its text is made when it is read, of what its reader may see then.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    event = models.ForeignKey(Event, null=True, on_delete=models.CASCADE, related_name="+")  # the first
    newest = models.ForeignKey(
        Event, null=True, on_delete=models.CASCADE, related_name="+"
    )  # whose words are shown
    # Instead of events: the alert that found something. With it goes what it told.
    alert = models.ForeignKey("dam.Alert", null=True, on_delete=models.CASCADE, related_name="+")
    by = models.CharField(max_length=90)  # who and what: Event.actor_ref and verb of them all
    asset_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    asset_count = models.PositiveIntegerField(default=0)
    count = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(default=timezone.now)  # of the newest
    listed = models.BooleanField(default=True)  # in the page; else it is mailed alone
    read_at = models.DateTimeField(null=True, blank=True)
    mail_due_at = models.DateTimeField(null=True, blank=True)
    in_digest = models.BooleanField(default=False)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "event"], name="notification_once"),
            models.CheckConstraint(
                condition=models.Q(event__isnull=False, newest__isnull=False, alert=None)
                | models.Q(event=None, newest=None, alert__isnull=False),
                name="notification_of_event_or_alert",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "brand", "-at", "-id"], name="notification_newest"),
            models.Index(
                fields=["user", "brand"],
                condition=models.Q(read_at=None, listed=True),
                name="notification_unread",
            ),
            models.Index(
                fields=["mail_due_at"],
                condition=models.Q(mail_due_at__isnull=False),
                name="notification_mail_due",
            ),
            models.Index(fields=["at"], name="notification_old"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user}"


class NotificationChoice(models.Model):
    """What a person has chosen in a brand, where it differs from the defaults (dam.notifications.choices)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    page = models.BooleanField()
    mail = models.CharField(max_length=10)  # dam.notifications.kinds.Mail

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "brand", "kind"], name="notification_choice_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.kind}"


class MailHours(models.Model):
    """When a person may be mailed, in their own time zone; one row for all their brands."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    digest_at = models.TimeField(default=hours.DIGEST_AT)
    weekends = models.BooleanField(default=True)
    quiet_from = models.TimeField(null=True, blank=True, default=time(20))
    quiet_until = models.TimeField(null=True, blank=True, default=time(7))

    def __str__(self) -> str:
        return str(self.user)


class Webhook(models.Model):
    """An address that a brand's administrators want told. What is sent holds ids and links, no words."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="webhooks")
    name = models.CharField(max_length=80)
    url = models.URLField(max_length=500)
    kinds = ArrayField(models.CharField(max_length=20), default=list)
    secret = EncryptedTextField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    failing_since = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["brand", "created_at"], name="webhook_in_order")]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One message to a webhook, and what came of it. Sent again, it keeps its id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=20)
    verb = models.CharField(max_length=40)
    event = models.ForeignKey(Event, null=True, on_delete=models.CASCADE, related_name="+")  # none: a test
    asset_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    asset_count = models.PositiveIntegerField(default=0)
    count = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, blank=True, default=timezone.now)  # none: over
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)  # of the last answer
    error = models.CharField(max_length=200, blank=True, default="")
    milliseconds = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["webhook", "event"], name="delivery_once")]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="delivery_due"),
            models.Index(fields=["webhook", "-created_at", "-id"], name="delivery_newest"),
            models.Index(fields=["created_at"], name="delivery_old"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.webhook}"
