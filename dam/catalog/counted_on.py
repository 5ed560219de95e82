"""Which clips others count on: in review, approved or released, or something that is was made from them.

In the trash such a clip can't be used, nor what was made from it, at any remove (migration 0106).
"""

from collections.abc import Collection
from uuid import UUID

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q

from dam.catalog.models import Approval, Asset, Version

DECIDED = (Approval.IN_REVIEW, Approval.APPROVED)


def by_itself(asset: Asset) -> bool:
    """Whether it is in review, approved or released itself. Reads `asset.latest`: select it."""
    return bool(asset.released_id) or (asset.latest is not None and asset.latest.approval in DECIDED)


def in_others() -> Q:
    """Of assets: something in review or approved was made from one of its versions.

    Nothing was made from most of them, which is known of all at once; the others are asked one by one.
    """
    used = Version.objects.filter(asset=OuterRef("pk"), used_in__isnull=False)  # links lie above: by name
    decided = Func(F("pk"), function="dam_has_decided_ahead", output_field=BooleanField())
    return Q(Exists(used)) & Q(decided)


def anyhow() -> Q:
    """Of assets: others count on it, by itself or in others."""
    return Q(released__isnull=False) | Q(latest__approval__in=DECIDED) | in_others()


def among(chosen: Collection[Asset]) -> set[UUID]:
    """Those that others count on; one query at most. Reads `asset.latest`: select it."""
    themselves = {asset.pk for asset in chosen if by_itself(asset)}
    unsure = [asset.pk for asset in chosen if asset.pk not in themselves]
    if not unsure:
        return themselves
    return themselves.union(Asset.objects.filter(in_others(), pk__in=unsure).values_list("pk", flat=True))
