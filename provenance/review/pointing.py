"""Comments on other clips that point at a clip, for those who see both."""

from collections.abc import Iterable

from django.db.models import QuerySet

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.catalog.models import Asset
from dam.rights import visibility
from provenance.review import linking
from provenance.review.models import Comment, CommentLink


def at(asset: Asset, *, by: Principal) -> QuerySet[Comment]:
    """The newest first. Of versions that they see; none that was deleted."""
    if not by.can(Capability.VIEW_UNRELEASED):
        return Comment.objects.none()
    links = CommentLink.objects.filter(asset_id=asset.pk)
    rows = Comment.objects.filter(
        pk__in=links.values("comment"),
        deleted_at=None,
        version__in=visibility.visible_versions(by),
    )
    return rows.exclude(version__asset=asset.pk).order_by("-pk")


def really(asset: Asset, rows: Iterable[Comment]) -> list[Comment]:
    """Without those that name a clip of another site by the same key, or beyond the clips that are shown."""
    return [row for row in rows if asset.pk in {each.asset for each in linking.found_in(row.body)}]
