"""How mails leave the installation, as set on a page, and the mails that are on their way."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dam.accounts.models import Brand, User
from dam.core.encryption import EncryptedTextField


class Sender(models.TextChoices):
    """Who takes the mails: a server that speaks SMTP, or a company's interface for programs."""

    OFF = "", _("None: email is off")
    SMTP = "smtp", _("A mail server (SMTP)")
    SES = "ses", "Amazon SES"
    BREVO = "brevo", "Brevo"
    MAILGUN = "mailgun", "Mailgun"
    POSTMARK = "postmark", "Postmark"
    RESEND = "resend", "Resend"
    SENDGRID = "sendgrid", "SendGrid"


class Security(models.TextChoices):
    """How the connection to a mail server is kept private."""

    STARTTLS = "starttls", _("STARTTLS (port 587)")
    TLS = "tls", _("TLS (port 465)")
    NONE = "none", _("None (port 25)")


class MailSettings(models.Model):
    """The one row that a page sets. What the environment says wins over it (dam/accounts/mail_senders.py)."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    sender = models.CharField(max_length=12, choices=Sender.choices, blank=True, default=Sender.OFF)
    from_address = models.EmailField(blank=True, default="")
    host = models.CharField(max_length=253, blank=True, default="")
    port = models.PositiveIntegerField(default=587)
    security = models.CharField(max_length=8, choices=Security.choices, default=Security.STARTTLS)
    # The account at a mail server; for Amazon SES the id of the access key.
    username = models.CharField(max_length=254, blank=True, default="")
    secret = EncryptedTextField(blank=True, default="")
    domain = models.CharField(max_length=253, blank=True, default="")
    region = models.CharField(max_length=32, blank=True, default="")
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="mail_settings_once")]

    def __str__(self) -> str:
        return self.get_sender_display()


class OutgoingMail(models.Model):
    """A mail that is to be sent. Once it is, the row goes; one that failed stays until it is dismissed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=60)  # of its templates
    address = models.EmailField()
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    # The whole mail. It may hold links that let its reader in.
    message = EncryptedTextField(blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True, default="")
    failed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(failed_at=None), name="mail_due"),
            models.Index(fields=["-failed_at"], name="mail_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.address}"
