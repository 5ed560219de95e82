"""The fields that a brand has for itself, their options, and the values of its clips."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone

from dam.accounts.models import Brand
from dam.catalog.models import Asset, AssetKind
from dam.core.lazily import lazy
from dam.custom_fields.definitions import Kind

KINDS = {
    Kind.TEXT: lazy("Text"),
    Kind.NUMBER: lazy("Number"),
    Kind.DATE: lazy("Date"),
    Kind.CHOICE: lazy("Choice"),
    Kind.MULTI_CHOICE: lazy("Several choices"),
    Kind.PERSON: lazy("Person"),
    Kind.LINK: lazy("Link"),
    Kind.YES_NO: lazy("Yes or no"),
}


class CustomField(models.Model):
    """A field of a brand. It is never deleted: a retired one keeps the values that clips have of it."""

    LONGEST_KEY, LONGEST_TITLE, LONGEST_HELP = 30, 60, 300

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="custom_fields")
    key = models.CharField(max_length=LONGEST_KEY)  # never changes: searches and files name it
    title = models.CharField(max_length=LONGEST_TITLE)
    kind = models.CharField(max_length=12, choices=[(kind.value, title) for kind, title in KINDS.items()])
    help = models.CharField(max_length=LONGEST_HELP, blank=True, default="")
    required = models.BooleanField(default=False)
    # What a new clip has; as dam.custom_fields.definitions.Written has it.
    default = ArrayField(models.TextField(), default=list, blank=True)
    in_filters = models.BooleanField(default=True)
    depends_on = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="dependents"
    )
    # The kinds of clip that have it (dam.catalog.models.AssetKind); with none given, all.
    clip_kinds = ArrayField(
        models.CharField(max_length=5, choices=AssetKind.choices), default=list, db_default=[], blank=True
    )
    place = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "key"], name="custom_field_key_once")]
        ordering = ["place", "pk"]

    def __str__(self) -> str:
        return self.title


class FieldOption(models.Model):
    """One thing that can be chosen. It is never deleted: clips keep a retired one."""

    LONGEST_KEY, LONGEST_LABEL = 60, 80

    field = models.ForeignKey(CustomField, on_delete=models.CASCADE, related_name="options")
    key = models.CharField(max_length=LONGEST_KEY)  # never changes
    label = models.CharField(max_length=LONGEST_LABEL)
    place = models.PositiveIntegerField(default=0)
    only_with = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["field", "key"], name="field_option_key_once")]
        ordering = ["place", "pk"]

    def __str__(self) -> str:
        return self.label


VALUE_COLUMNS = ("text", "number", "day", "yes", "option", "person")


def _one_column() -> models.Q:
    """A row has one value, in the column of its kind."""
    exactly = models.Q()
    for column in VALUE_COLUMNS:
        exactly |= models.Q(**{f"{other}__isnull": other != column for other in VALUE_COLUMNS})
    return exactly


def _by(column: str) -> models.Index:
    """Clips by a value: of a million, those that have it are found alone."""
    return models.Index(
        fields=["field", column, "asset"],
        condition=models.Q(**{f"{column}__isnull": False}),
        name=f"field_value_{column}",
    )


class FieldValue(models.Model):
    """What a clip has in a field: one row, or one for each option that is chosen.

    Each kind has a column of its own, so that an index finds and counts it. A clip without a value has
    no row.
    """

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="field_values")
    field = models.ForeignKey(CustomField, on_delete=models.CASCADE, db_index=False, related_name="values")
    text = models.TextField(null=True)
    number = models.DecimalField(null=True, max_digits=20, decimal_places=6)
    day = models.DateField(null=True)
    yes = models.BooleanField(null=True)
    option = models.ForeignKey(
        FieldOption, null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_one_column(), name="field_value_has_one"),
            models.UniqueConstraint(
                fields=["asset", "field"],
                condition=models.Q(option__isnull=True),
                name="field_value_once",
            ),
            models.UniqueConstraint(fields=["option", "asset"], name="field_option_once"),
        ]
        indexes = [
            *map(_by, ("number", "day", "yes", "option", "person")),
            models.Index(fields=["field"], name="field_value_field"),
            GinIndex(OpClass(Upper("text"), name="gin_trgm_ops"), name="field_value_text"),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.asset}"


class StaleWords(models.Model):
    """There is one while the search documents of clips may lack what a field says now (dam.search.building).

    `after` is the value up to which they have been written anew.
    """

    field = models.OneToOneField(CustomField, on_delete=models.CASCADE, related_name="+")
    after = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"words of {self.field_id}"


class StaleRows(models.Model):
    """There is one while the rows of a brand's clips may be wrong about which lack a required field.

    `after` is the clip up to which they have been gone through (dam.search.row_catching_up).
    """

    brand = models.OneToOneField(Brand, primary_key=True, on_delete=models.CASCADE, related_name="+")
    after = models.UUIDField(null=True)

    def __str__(self) -> str:
        return f"rows of {self.brand_id}"
