"""Who works here: people, brands (workspaces), roles in a brand, and the keys of programs and guests."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Lower, Upper
from django.utils import timezone

from dam.accounts import pseudonyms
from dam.accounts.capabilities import AnyRole, Capability, OwnRole, Role
from dam.core import foreign_text
from dam.core.lazily import lazy


class Users(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An account for a person whom the one who makes it knows by this address."""
        address = self.normalize_email(email).lower()
        # A name comes from outside too: from a list, a company's directory, a form.
        name = foreign_text.line(fields.pop("name", "")) or address.partition("@")[0]
        user = self.model(email=address, proven_email=address, name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_superuser=True, is_staff=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Signs in by e-mail; may do in a brand only what a Membership says.

    `is_superuser` says that they run the installation: they make brands and set up mail, sign-in and models.
    """

    email = models.EmailField(unique=True)
    # The address that is known to be theirs: with it they were invited, or a link mailed to it was used.
    # An account whose `email` is another one only claims that (dam/accounts/members.py).
    proven_email = models.EmailField(blank=True, default="")
    name = models.CharField(max_length=120)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)
    # Empty: the brand's, and before a brand is known the browser's.
    language = models.CharField(max_length=12, blank=True, default="")
    time_zone = models.CharField(max_length=64, blank=True, default="")
    # Where their browser was last: a guess, for what happens while nobody looks at a page.
    browser_time_zone = models.CharField(max_length=64, blank=True, default="")
    # When name, address and the like were replaced by a pseudonym, on request (dam/access/erasure.py).
    erased_at = models.DateTimeField(null=True, blank=True)
    # Where they were last, so that the front door opens there.
    last_brand = models.ForeignKey(
        "Brand", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects: ClassVar[Users] = Users()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]
        indexes = [
            # By how any of their names begins (dam.search.names).
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="user_name_part")
        ]

    def __str__(self) -> str:
        return pseudonyms.of_person(self.pk) if self.erased_at else self.name or self.email

    @property
    def is_proven(self) -> bool:
        return self.email == self.proven_email


class PromptDisclosure(models.TextChoices):
    """What a signed file says about the prompt that made it."""

    TEXT = "text", lazy("The prompt's words")
    HASH = "hash", lazy("Only its hash")


class ReviewerDisclosure(models.TextChoices):
    """What a signed release says of the people who approved it, beside their role."""

    ROLE = "role", lazy("Only their role")
    PSEUDONYM = "pseudonym", lazy("Their role and a pseudonym")
    NAME = "name", lazy("Their role and name")


class DataMining(models.TextChoices):
    """What files that are signed say may be done with them by machines that learn."""

    PROHIBITED = "prohibited", lazy("No data mining and no training")
    NO_TRAINING = "no_training", lazy("Data mining, but no training of AI models")
    ALLOWED = "allowed", lazy("Data mining and training")


class ReleasePrompts(models.TextChoices):
    """Whether a release keeps the words of prompts that its master was signed with, and why not."""

    KEEP = "keep", lazy("Leave them in")
    TRADE_SECRET = "trade_secret", lazy("Take them out, as a trade secret")
    PERSONAL = "personal", lazy("Take them out, as personal data")


def both_stages() -> list[str]:
    return ["brand", "legal"]


class Brand(models.Model):
    """A workspace: assets, people and policy of one brand; nothing crosses its border."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    # Hue of the accent colour, in degrees of OKLCH; lightness and chroma keep their contrast.
    accent_hue = models.PositiveSmallIntegerField(default=255)
    prompt_disclosure = models.CharField(
        max_length=8, choices=PromptDisclosure.choices, default=PromptDisclosure.HASH
    )
    release_prompts = models.CharField(
        max_length=12,
        choices=ReleasePrompts.choices,
        default=ReleasePrompts.KEEP,
        db_default=ReleasePrompts.KEEP.value,
    )
    reviewer_disclosure = models.CharField(
        max_length=10,
        choices=ReviewerDisclosure.choices,
        default=ReviewerDisclosure.ROLE,
        db_default=ReviewerDisclosure.ROLE.value,
    )
    data_mining = models.CharField(
        max_length=12,
        choices=DataMining.choices,
        default=DataMining.PROHIBITED,
        db_default=DataMining.PROHIBITED.value,
    )
    # Its code as a producer in China (dam.rights.aigc), for released AI clips. Empty: no such field.
    aigc_producer = models.CharField(max_length=64, blank=True, default="", db_default="")
    # Its company's country (ISO 3166) and yearly revenue (a Revenue of dam.rights.model_licences.verdicts):
    # what the licences of models ask. Empty: not stated.
    country = models.CharField(max_length=2, blank=True, default="", db_default="")
    revenue = models.CharField(max_length=12, blank=True, default="", db_default="")
    # Whether description, tags, rights holder, licence and restriction are written into released files.
    released_details = models.BooleanField(default=False, db_default=False)
    # Whether takes and download formats get an invisible watermark (provenance/watermarks). In brands from
    # before there were any not until somebody says so: it changes pictures.
    watermarks = models.BooleanField(default=True, db_default=False)
    # The stages a review passes through, in order: "brand", "legal" (provenance/review/states.py).
    review_stages = models.JSONField(default=both_stages)
    # Where the brand is: the day that "until and including" means ends there. Empty: settings.TIME_ZONE.
    time_zone = models.CharField(max_length=64, blank=True, default="")
    language = models.CharField(max_length=12, blank=True, default="")
    # Whether nothing of it is shown to members who sign in with a password alone (dam/web/second_factor.py).
    requires_second_factor = models.BooleanField(default=False)
    # The pictures that stand for the brand, by the pages they are for: {"light": SHA-256, "dark": SHA-256},
    # as its BrandLogo rows say. Here, so that no page asks for them. Empty: its initial.
    logos = models.JSONField(default=dict, blank=True)
    # Mail domains whose people can be invited or join by the company's sign-in. Empty: any can be invited.
    allowed_domains = models.JSONField(default=list, blank=True)
    # Whether work in review may be shown to people outside, by links of their own (provenance/guests). Off
    # until somebody who manages the brand has said so: unreleased work leaves by no door nobody knows of.
    guest_reviews = models.BooleanField(default=False, db_default=False)
    # What a new version is meant for until a review says so (dam/rights/defaults.py). Empty: nothing.
    default_rights = models.JSONField(default=dict, blank=True)
    # How many days before a clearance ends people are told (dam/rights/reminder_days.py). Empty: not at all.
    reminder_days = models.CharField(max_length=60, blank=True, default="30, 7, 1", db_default="30, 7, 1")
    # After how many days things are deleted. None: never.
    trash_days = models.PositiveSmallIntegerField(null=True, blank=True)
    failed_job_days = models.PositiveSmallIntegerField(null=True, blank=True)
    unfinished_upload_days = models.PositiveSmallIntegerField(default=1)
    # Machine time of takes in a month, in minutes: all of the brand's, and each person's. None: no limit.
    take_minutes = models.PositiveIntegerField(null=True, blank=True)
    person_take_minutes = models.PositiveIntegerField(null=True, blank=True)
    # When its own fields were last changed (dam/custom_fields/schema.py); empty where it has none.
    fields_at = models.DateTimeField(null=True, blank=True)
    # Counts changes of these settings, so that of two who change them at once the second is told.
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    # Closed: nothing of it is served or worked on, and it is deleted at `delete_at` unless that is undone
    # (dam/access/brand_closing.py). Deleted: only this row and the chain of its events are left.
    closed_at = models.DateTimeField(null=True, blank=True)
    delete_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    members = models.ManyToManyField(User, through="Membership", related_name="brands")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(accent_hue__lt=360), name="brand_accent_hue_in_circle")
        ]

    def __str__(self) -> str:
        return self.name


class Theme(models.TextChoices):
    LIGHT = "light"
    DARK = "dark"


class BrandLogo(models.Model):
    """A stored picture that stands for a brand on light or on dark pages (dam/access/brand_logos.py)."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    theme = models.CharField(max_length=8, choices=Theme.choices)
    storage_key = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "theme"], name="brand_logo_once")]

    def __str__(self) -> str:
        return f"{self.brand} · {self.theme}"


class BrandExport(models.Model):
    """Everything of a brand as one ZIP file, made by a worker because somebody asked for it."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="exports")
    requested_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True, default="")
    storage_key = models.CharField(max_length=200, blank=True, default="")
    size = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand"], condition=models.Q(ended_at=None), name="brand_export_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.brand} · {self.requested_at:%Y-%m-%d %H:%M}"


class CustomRole(models.Model):
    """A role that a brand has made for itself, of the capabilities that there are."""

    LONGEST_NAME = 40

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="custom_roles")
    name = models.CharField(max_length=LONGEST_NAME)
    description = models.CharField(max_length=200, blank=True, default="")
    capabilities = models.JSONField(default=list)
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)
    # The key of the role that took its place: what still names this one (invitations, sign-in) means that.
    replaced_by = models.CharField(max_length=24, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                "brand",
                condition=models.Q(retired_at__isnull=True),
                name="custom_role_name_once",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def value(self) -> OwnRole:
        known = frozenset(each for each in Capability if each.value in self.capabilities)
        return OwnRole(number=self.pk, name=self.name, capabilities=known)


class Memberships(models.Manager["Membership"]):
    """Those that let somebody in. A deactivated one is found in `Membership.everyone` alone."""

    def get_queryset(self) -> models.QuerySet["Membership"]:
        return super().get_queryset().filter(deactivated_at=None)


class Membership(models.Model):
    """What a person is in a brand: a built-in role, or one of the brand's own and then `role` is empty.

    Ask `given`, and write it with `dam.accounts.roles.columns`. `Membership.objects` and `brand.memberships`
    leave out those that were deactivated, so that no question of who may enter has to think of them.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(
        max_length=16,
        blank=True,
        choices=[(role.value, role.value.replace("_", " ").capitalize()) for role in Role],
    )
    custom_role = models.ForeignKey(
        CustomRole, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships"
    )
    joined_at = models.DateTimeField(null=True, default=timezone.now)  # None: before this was kept
    last_seen_at = models.DateTimeField(null=True, blank=True)  # to within some minutes
    deactivated_at = models.DateTimeField(null=True, blank=True)
    # Those of the library's list (dam.web.columns), in their order; None: the usual ones.
    list_columns = ArrayField(models.CharField(max_length=40), null=True, blank=True)

    objects: ClassVar[Memberships] = Memberships()
    everyone: ClassVar[models.Manager["Membership"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "brand"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(role="") ^ models.Q(custom_role__isnull=True),
                name="membership_of_one_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.brand} · {self.custom_role or self.role}"

    @property
    def given(self) -> AnyRole:
        """Fetch `custom_role` along (`select_related`) where there are many."""
        return self.custom_role.value if self.custom_role else Role(self.role)

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None


class Group(models.Model):
    """Some people of a brand under a name: asked together for a review, told together.

    Who has left the brand stays in the rows and is no member of it (dam/accounts/groups.py).
    """

    LONGEST_NAME = 200  # as of the directory's groups that it may stand for

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="people_groups")
    name = models.CharField(max_length=LONGEST_NAME)
    members = models.ManyToManyField(User, related_name="people_groups", blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("brand", Lower("name"), name="group_name_once")]

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """Asks somebody by mail to join a brand. The link's secret is not kept (dam/accounts/keys.py).

    A link is made anew each time it is sent, and the one before ends. No digest: none was made yet.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    name = models.CharField(max_length=120, blank=True, default="")
    role = models.CharField(max_length=64)
    note = models.CharField(max_length=500, blank=True, default="")
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    prefix = models.CharField(max_length=12, blank=True, default="", db_index=True)
    digest = models.CharField(max_length=64, blank=True, default="")
    # Whether a page showed this link, instead of a mail: who uses it has not proven the address.
    was_shown = models.BooleanField(default=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    send_problem = models.CharField(max_length=200, blank=True, default="")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="invitations_accepted"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "brand",
                Lower("email"),
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="invitation_open_once",
            )
        ]
        indexes = [models.Index(fields=["brand", "-created_at"], name="invitation_newest")]

    def __str__(self) -> str:
        return self.email


class Turn(models.Model):
    """When a person's work for a brand was last taken from a queue (dam/accounts/turns.py)."""

    queue = models.CharField(max_length=20)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    served_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["queue", "brand", "user"], name="turn_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.brand} · {self.queue}"


class _Key(models.Model):
    """What lets somebody in who does not sign in. The secret itself is not kept (dam/accounts/keys.py)."""

    LONGEST_NAME = 80

    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    capabilities = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def granted(self, most: frozenset[Capability]) -> frozenset[Capability]:
        """The capabilities given to it, of those that such a key may have at most."""
        return frozenset(each for each in most if each.value in self.capabilities)


class ApiToken(_Key):
    """Lets a program act for its owner."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="api_tokens")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=_Key.LONGEST_NAME)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class ShareLink(_Key):
    """Opens some of the brand's released assets for a guest."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="share_links")
    guest = models.CharField(max_length=_Key.LONGEST_NAME)
    assets = models.ManyToManyField("dam.Asset", related_name="share_links")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    # What the guest takes files for (dam.rights.policy.Use, a code of dam.rights.territories); empty of links
    # from before these were asked, by which nothing is downloaded any more.
    use = models.CharField(max_length=20, blank=True, default="", db_default="")
    territory = models.CharField(max_length=20, blank=True, default="", db_default="")

    def __str__(self) -> str:
        return self.guest
