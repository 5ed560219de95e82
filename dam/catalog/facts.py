"""Columns of a version that the database works out of what the probe saw: for filters and facets."""

from typing import Any

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Least
from django.db.models.lookups import GreaterThanOrEqual, IsNull, LessThanOrEqual

from dam.core.lazily import lazy


class Aspect(models.TextChoices):
    WIDE = "16:9", "16:9"
    TALL = "9:16", "9:16"
    SQUARE = "1:1", "1:1"
    PORTRAIT = "4:5", "4:5"
    OTHER = "other", lazy("Other")


class Resolution(models.TextChoices):
    """By the shorter side, as it is called for upright pictures too."""

    SD = "sd", "SD"
    HD = "hd", "HD"
    FULL_HD = "full_hd", lazy("Full HD")
    UHD = "4k", "4K"


# Width over height. Encoders want even sides, so 853 x 480 is 16:9, too.
TOLERANCE = 0.02
_SHAPES = {Aspect.WIDE: 16 / 9, Aspect.TALL: 9 / 16, Aspect.SQUARE: 1.0, Aspect.PORTRAIT: 4 / 5}
_KNOWN = Q(width__isnull=False, height__isnull=False)


def aspect() -> Any:
    width, height = Cast("width", models.FloatField()), Cast("height", models.FloatField())
    cases = [
        When(
            GreaterThanOrEqual(width, height * Value(round(shape * (1 - TOLERANCE), 4)))
            & LessThanOrEqual(width, height * Value(round(shape * (1 + TOLERANCE), 4))),
            then=Value(name.value),
        )
        for name, shape in _SHAPES.items()
    ]
    return _kept(
        Case(When(~_KNOWN, then=None), *cases, default=Value(Aspect.OTHER.value)),
        models.CharField(max_length=5, choices=Aspect.choices, null=True),
    )


def resolution() -> Any:
    short = Least("width", "height")
    steps = {Resolution.SD: 719, Resolution.HD: 1079, Resolution.FULL_HD: 2159}
    cases = [
        When(LessThanOrEqual(short, Value(most)), then=Value(name.value)) for name, most in steps.items()
    ]
    return _kept(
        Case(When(~_KNOWN, then=None), *cases, default=Value(Resolution.UHD.value)),
        models.CharField(max_length=7, choices=Resolution.choices, null=True),
    )


def frame_rate() -> Any:
    """In frames per second, rounded as it is shown: 23.976."""
    numerator = Cast("rate_numerator", models.DecimalField(max_digits=20, decimal_places=6))
    # A frame rate of 1/0 is none.
    rate = Case(When(rate_denominator__gt=0, then=numerator / F("rate_denominator")), default=None)
    return _kept(rate, models.DecimalField(max_digits=10, decimal_places=3, null=True))


def has_sound() -> Any:
    known = Case(
        When(kind="still", then=None),  # it can't have any, so it isn't without either
        When(IsNull(KT("media_info__container"), True), then=None),
        When(IsNull(KT("media_info__audio_index"), True), then=Value(False)),
        default=Value(True),
    )
    return _kept(known, models.BooleanField(null=True))


def _kept(expression: Case, field: Any) -> Any:
    return models.GeneratedField(expression=expression, output_field=field, db_persist=True)
