"""Collections and what is in them."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from dam.accounts.models import Brand, Group
from dam.catalog.models import Asset


class Collection(models.Model):
    """Clips under a name. Whoever opens it finds those of them that they may see."""

    LONGEST_NAME = 80
    LONGEST_DESCRIPTION = 1000

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="collections")
    name = models.CharField(max_length=LONGEST_NAME)
    description = models.CharField(max_length=LONGEST_DESCRIPTION, blank=True, default="")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="collections"
    )
    # What it lies in, and the outermost collection, which may be itself. The outermost alone says who sees
    # it and all that lies in it.
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="children"
    )
    top = models.ForeignKey("self", on_delete=models.CASCADE, related_name="+")
    # Among those of the same parent, once one of them was moved by hand: dam.collections.inside.
    place = models.CharField(max_length=64, blank=True, default="", db_default="", db_collation="C")
    starts_on = models.DateField(null=True, blank=True)  # the days of a campaign
    ends_on = models.DateField(null=True, blank=True)
    # Shown to who sees it, while it is in the collection: dam.collections.covers.
    # The database itself forgets it with its clip (migration 0088), whatever release deletes that.
    cover = models.ForeignKey(
        Asset, null=True, blank=True, on_delete=models.SET_NULL, db_constraint=False, related_name="+"
    )
    everyone = models.BooleanField(default=True)  # in the brand; else its owner, and these:
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    groups = models.ManyToManyField(Group, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, db_index=False, on_delete=models.SET_NULL, related_name="+"
    )
    # How often it was changed; and the last of these that wasn't by who changed it last.
    revision = models.PositiveIntegerField(default=0, db_default=0)
    others_revision = models.PositiveIntegerField(default=0, db_default=0)
    deleted_at = models.DateTimeField(null=True, blank=True)  # kept for a while, for Undo

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="collection_ends_after_start"
            )
        ]
        indexes = [
            models.Index(
                fields=["brand", "name"], condition=models.Q(deleted_at=None), name="collection_by_name"
            ),
            models.Index(
                fields=["deleted_at"], condition=~models.Q(deleted_at=None), name="collection_deleted"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CollectionItem(models.Model):
    """A clip in a collection, at its place. One that lies in the trash keeps it, and is not shown."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, db_index=False, related_name="items")
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="collection_items")
    place = models.CharField(max_length=64, db_collation="C")  # dam.collections.places
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, db_index=False, on_delete=models.SET_NULL, related_name="+"
    )
    added_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)  # kept for a while, for Undo

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collection", "asset"], name="collection_asset_once"),
            # Asked at the end of a transaction: many may change their places in one.
            models.UniqueConstraint(
                fields=["collection", "place"],
                deferrable=models.Deferrable.DEFERRED,
                name="collection_place_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["removed_at"], condition=~models.Q(removed_at=None), name="collection_item_removed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asset} in {self.collection}"


class Favourite(models.Model):
    """A clip that a person has starred. Their own business: nobody else sees it, and no event tells of it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="favourites")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "asset"], name="favourite_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.asset}"


class RecentClip(models.Model):
    """A clip that a person opened lately. Their own business, as a favourite is."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")  # the asset's again
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "asset"], name="recent_clip_once")]
        indexes = [models.Index(fields=["user", "brand", "-at"], name="recent_clip_newest")]

    def __str__(self) -> str:
        return f"{self.user}: {self.asset}"
