"""What a company's directory has told of the people and groups of a brand, and the tokens it comes with."""

import uuid

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from dam.accounts.models import Brand, Group, User
from dam.sso.models import LONGEST_ROLE


class ScimToken(models.Model):
    """Lets a directory in, for one brand. The secret itself is not kept (dam/accounts/keys.py)."""

    LONGEST_NAME = 80

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="scim_tokens")
    name = models.CharField(max_length=LONGEST_NAME)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    # What people get whose groups give them no role.
    role = models.CharField(max_length=LONGEST_ROLE)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class _Resource(models.Model):
    """A row that the directory sees as a resource of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    external_id = models.CharField(max_length=255, blank=True, default="")
    # Everything else that the directory wrote, as it wrote it.
    attributes = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


class ScimUser(_Resource):
    """A person as the brand's directory knows them: the account may be in other brands, too."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="scim_users")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    user_name = models.CharField(max_length=255)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "user"], name="scim_user_once"),
            models.UniqueConstraint("brand", Lower("user_name"), name="scim_user_name_once"),
        ]

    def __str__(self) -> str:
        return self.user_name


class ScimGroup(_Resource):
    """A group of the directory. A rule may give its members a role (dam.sso.models.GroupRule)."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="scim_groups")
    display_name = models.CharField(max_length=200)
    members = models.ManyToManyField(ScimUser, related_name="groups")
    # The group of the brand that stands for it (dam/scim/mirror.py).
    mirror = models.OneToOneField(
        Group, null=True, blank=True, on_delete=models.SET_NULL, related_name="scim_group"
    )

    class Meta:
        constraints = [models.UniqueConstraint("brand", Lower("display_name"), name="scim_group_name_once")]

    def __str__(self) -> str:
        return self.display_name
