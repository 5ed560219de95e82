"""What PostgreSQL's planner thinks of a list before anything of it is read."""

import json
from typing import Any

from django.db.models import QuerySet

from dam.catalog.models import Asset

# It may be as far out as that where several filters come together.
OUT_BY = 3


def estimate(assets: QuerySet[Any]) -> int:
    """How many there are, as the planner thinks; nothing is counted."""
    explained = assets.order_by().values("pk").explain(format="json")
    return int(json.loads(explained)[0]["Plan"]["Plan Rows"]) if explained else 0  # none() asks nothing


def clearly_more(assets: QuerySet[Asset], than: int) -> bool:
    """Whether there are so many more than that that to count them would be time lost."""
    return estimate(assets) > OUT_BY * than


def found_first(assets: QuerySet[Asset], most: int) -> QuerySet[Asset]:
    """All of them, or of more any `most`: found before they are sorted, whatever the planner thinks."""
    return Asset.objects.filter(pk__in=assets.order_by().values("pk")[:most])
