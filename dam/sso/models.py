"""Providers that the company signs in with, set in the administration, and what they are trusted with.

A provider is named by its slug wherever it is referred to: one of the environment has no row.
"""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dam.accounts.models import Brand
from dam.core.encryption import EncryptedTextField

LONGEST_SLUG = 40
LONGEST_ROLE = 64  # a role's key, of the built-in ones or of the brand's own


class ProviderKind(models.TextChoices):
    OPENID = "oidc", _("OpenID Connect")
    SAML = "saml", _("SAML 2.0")


class SignInProvider(models.Model):
    """Where people of the company sign in. The columns of the other kind are empty."""

    LONGEST_NAME = 60

    slug = models.SlugField(max_length=LONGEST_SLUG, unique=True)
    kind = models.CharField(max_length=8, choices=ProviderKind.choices, default=ProviderKind.OPENID)
    name = models.CharField(max_length=LONGEST_NAME)  # on the button: "Sign in with …"
    enabled = models.BooleanField(default=True)
    # OpenID Connect
    issuer = models.CharField(max_length=500, blank=True, default="")
    client_id = models.CharField(max_length=255, blank=True, default="")
    client_secret = EncryptedTextField(blank=True, default="")
    # SAML
    entity_id = models.CharField(max_length=500, blank=True, default="")
    sign_in_url = models.CharField(max_length=500, blank=True, default="")
    certificate = models.TextField(blank=True, default="")
    # What it says of a person
    groups_claim = models.CharField(max_length=200, blank=True, default="groups")
    # Whether addresses of its domains count as verified although it does not say so.
    vouches_for_addresses = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class CompanyDomain(models.Model):
    """Whose addresses a provider may speak for: it alone says who is behind one."""

    domain = models.CharField(max_length=253, unique=True)
    provider = models.CharField(max_length=LONGEST_SLUG)
    # No password opens an account of such an address, but for those who run the installation.
    only_company_sign_in = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.domain


class GroupRule(models.Model):
    """Who is in this group has this role in the brand. No group: everyone who signs in by the provider."""

    LONGEST_GROUP = 200

    provider = models.CharField(max_length=LONGEST_SLUG)
    group = models.CharField(max_length=LONGEST_GROUP, blank=True, default="")
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=LONGEST_ROLE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "group", "brand"], name="group_rule_once")]

    def __str__(self) -> str:
        return f"{self.provider} · {self.group} · {self.brand} · {self.role}"


class GivenMembership(models.Model):
    """That a membership came from a provider or a directory, which therefore changes and ends it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=LONGEST_SLUG)
    # When the source itself took it away, and so can give it again.
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "brand"], name="given_membership_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.brand} · {self.source}"
