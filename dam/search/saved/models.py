"""What is kept of searches: saved ones, who wants to hear of news in them, recent ones, and the fruitless."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from dam.accounts.models import Brand
from dam.catalog.models import Asset


class SavedSearch(models.Model):
    """A search under a name: the question, never its answer. Whoever opens it gets what they may see."""

    LONGEST_NAME = 80

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="saved_searches")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="saved_searches"
    )
    name = models.CharField(max_length=LONGEST_NAME)
    words = models.TextField(blank=True)  # as typed into the box
    filters = models.JSONField(default=dict, blank=True)  # values by the name of their field
    like = models.JSONField(default=dict, blank=True)  # further parameters of the address: what it resembles
    digest = models.CharField(max_length=64)  # of what is asked, whatever it is called
    shared = models.BooleanField(default=False)  # with everybody in the brand
    collection = models.BooleanField(default=False)  # pinned: a list that is always up to date
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)  # kept for a while, for Undo

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "owner", "digest"],
                condition=models.Q(deleted_at=None),
                name="saved_search_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["brand", "name"], condition=models.Q(deleted_at=None), name="saved_search_by_name"
            ),
            models.Index(
                fields=["deleted_at"], condition=~models.Q(deleted_at=None), name="saved_search_deleted"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SavedPicture(models.Model):
    """The picture, or frames of the clip, that a saved search looks for: its owner's, and deleted with it."""

    search = models.OneToOneField(
        SavedSearch, primary_key=True, on_delete=models.CASCADE, db_constraint=False, related_name="picture"
    )
    key = models.CharField(max_length=64, db_index=True)  # by which the search names it
    frames = ArrayField(models.BinaryField())  # small WebPs, first the one that shows best what it is

    def __str__(self) -> str:
        return self.key


class Alert(models.Model):
    """A person who is told when something new matches a saved search."""

    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="alerts")
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")  # the search's again
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    # What matched when it began, the newest first: no news. Cut off at alerts.MOST_KNOWN; then clips that are
    # older than `known_since` count as known, too.
    known = ArrayField(models.UUIDField(), default=list, blank=True)
    known_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["search", "user"], name="alert_once")]
        indexes = [models.Index(fields=["brand", "id"], name="alert_in_order")]

    def __str__(self) -> str:
        return f"{self.user} · {self.search}"


class AlertMatch(models.Model):
    """An asset that an alert has told of. It stays when it was read, so that nothing is told twice."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="matches")
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="+")
    found_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "asset"], name="alert_match_once")]
        indexes = [
            models.Index(fields=["alert"], condition=models.Q(read_at=None), name="alert_match_unread"),
            models.Index(fields=["alert", "-found_at", "-id"], name="alert_match_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.asset} in {self.alert}"


class AlertCandidate(models.Model):
    """An asset that changed in a way the audit trail doesn't tell: alerts have to look at it."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    asset = models.OneToOneField(Asset, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["brand", "at"], name="alert_candidate_oldest")]

    def __str__(self) -> str:
        return str(self.asset)


class AlertPass(models.Model):
    """How far a brand's alerts have come: which assets they look at, and after which alert to go on."""

    brand = models.OneToOneField(Brand, on_delete=models.CASCADE, primary_key=True, related_name="+")
    asset_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    after = models.BigIntegerField(default=0)  # the id of the last alert that has looked
    tries = models.PositiveSmallIntegerField(default=0)  # of the chunk that comes next
    seconds = models.FloatField(default=0.0)  # what this pass has taken so far
    sequence = models.BigIntegerField(default=0)  # of the last audit event that was read
    embargo_until = models.DateTimeField(default=timezone.now)  # embargoes that ended until then were seen
    not_before = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.brand)


class RecentSearch(models.Model):
    """A search of one person that led somewhere. Nobody else sees it."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    words = models.TextField(blank=True)
    filters = models.JSONField(default=dict, blank=True)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "brand", "digest"], name="recent_search_once")]
        indexes = [models.Index(fields=["user", "brand", "-at"], name="recent_search_newest")]

    def __str__(self) -> str:
        return self.words


class FruitlessSearch(models.Model):
    """Words that found nothing, and how often. Who typed them is not kept."""

    LONGEST = 80

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    words = models.CharField(max_length=LONGEST)  # lower case
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "words"], name="fruitless_search_once")]
        indexes = [
            models.Index(fields=["brand", "-count"], name="fruitless_search_often"),
            models.Index(fields=["last_at"], name="fruitless_search_old"),
        ]

    def __str__(self) -> str:
        return self.words
