"""Tags suggested for a clip, for people to accept or dismiss: by the encoder, from the brand's own, or by its
file, whose keywords are no tags of the brand before."""

from collections.abc import Collection, Iterable, Sequence

import numpy as np
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal, person
from dam.audit import trail
from dam.catalog import assets, tags
from dam.catalog.models import Asset, Tag, Version
from dam.core import errors, events
from dam.search import fulltext
from dam.search.encoders.base import Encoder
from dam.search.models import Embedding, Scope
from dam.search.tagging import choosing, vocabulary
from dam.search.tagging.choosing import Rows
from dam.search.tagging.models import SuggestedTag

# Of the brand's other clips, for what a tag scores by chance: so many of the newest, far enough apart in time
# that not all are of one shoot.
SAMPLE, NEWEST = 200, 2_000


class SuggestionGone(errors.Refused):
    """Somebody has accepted or dismissed it, or the clip has a newer version."""

    code = "suggestion_gone"


def suggest(version: Version, *, encoder: Encoder) -> int:
    """Write what the version seems to show, in place of earlier suggestions for its asset; how many it is.

    Tags that the asset has and those that were dismissed for it are left out. One that is suggested again is
    the same row, so that a page that shows it can still accept it; open pages hear of what came or went.
    """
    if not Asset.objects.filter(latest=version).exists():
        return 0  # a newer version has come meanwhile, and with it its own suggestions
    mine = Embedding.objects.filter(version=version, encoder__identity=encoder.identity, scope=Scope.FRAME)
    seen = list(mine.order_by("frame").values_list("start_ms", "vector"))
    meanings = vocabulary.of(version.brand, encoder=encoder)
    chosen = choosing.choose(
        _rows([vector for _, vector in seen]), meanings, clips=_others(version, encoder.identity)
    )
    with transaction.atomic():
        asset = Asset.objects.select_for_update(no_key=True).get(pk=version.asset_id)
        earlier = SuggestedTag.objects.filter(asset=asset, keyword="", dismissed_at=None)
        before = set(earlier.values_list("tag_id", flat=True))
        settled = _settled(asset)
        named = Tag.objects.filter(brand=version.brand_id, name__in=[each.name for each in chosen])
        keys = dict(named.values_list("name", "pk"))
        rows = [
            SuggestedTag(
                asset=asset,
                tag_id=keys[each.name],
                version=version,
                score=each.score,
                time_ms=seen[each.frame][0],
            )
            for each in chosen
            if each.name in keys and each.name not in settled
        ]
        now = {row.tag_id for row in rows}
        earlier.exclude(tag__in=now).delete()
        SuggestedTag.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["asset", "tag"],
            update_fields=["version", "score", "time_ms"],
        )
        if now != before:
            events.publish(brand_id=version.brand_id, name=f"version-{version.pk}")
    return len(rows)


def suggest_keywords(version: Version, words: Iterable[str]) -> None:
    """Suggest the keywords of a version's file, in place of those of the asset's earlier files.

    What can be no tag, as it is too long, is left out here: the page shows it among what the file says. The
    caller has locked the asset.
    """
    asset = version.asset
    SuggestedTag.objects.filter(asset=asset, dismissed_at=None).exclude(keyword="").delete()
    settled = _settled(asset)
    names = [name for name in tags.possible(words) if name not in settled]
    # What the encoder suggests already is one suggestion still: the file's.
    SuggestedTag.objects.filter(asset=asset, tag__name__in=names).delete()
    SuggestedTag.objects.bulk_create(
        SuggestedTag(asset=asset, keyword=name, version=version) for name in names
    )


def _settled(asset: Asset) -> set[str]:
    """What needs no suggestion: tags it has, those that were dismissed, keywords of its file."""
    rows = SuggestedTag.objects.filter(asset=asset)
    return {
        *asset.tags.values_list("name", flat=True),
        *rows.filter(dismissed_at__isnull=False, tag__isnull=False).values_list("tag__name", flat=True),
        *rows.exclude(keyword="").values_list("keyword", flat=True),
    }


def open_for(version: Version, *, principal: Principal) -> QuerySet[SuggestedTag]:
    """What this principal can decide on, of the version that it is shown."""
    if not principal.can(Capability.EDIT):
        return SuggestedTag.objects.none()
    waiting = SuggestedTag.objects.filter(asset=version.asset_id, version=version, dismissed_at=None)
    waiting = waiting.exclude(keyword__in=version.asset.tags.values("name"))  # typed meanwhile
    return waiting.select_related("tag")


def accept(asset: Asset, suggestion_ids: Collection[int], *, by: Principal) -> list[str]:
    """Give the asset these tags, as if they were typed; their names. Raises SuggestionGone, TagRefused."""
    by.require(Capability.EDIT, brand=asset.brand)
    with trail.recording():
        rows = SuggestedTag.objects.filter(asset=asset, pk__in=suggestion_ids, dismissed_at=None)
        names = [tag or keyword for tag, keyword in rows.values_list("tag__name", "keyword")]
        if not names:
            raise SuggestionGone(_("This suggestion is no longer there."))
        changed = assets.add_tags([asset], names, by=by)
        rows.delete()
        fulltext.refresh_many(changed)
    return names


def dismiss(asset: Asset, suggestion_id: int, *, by: Principal) -> None:
    """Never suggest this tag for this asset again. Raises SuggestionGone."""
    by.require(Capability.EDIT, brand=asset.brand)
    row = SuggestedTag.objects.filter(asset=asset, pk=suggestion_id, dismissed_at=None)
    if not row.update(dismissed_at=timezone.now(), dismissed_by=person(by)):
        raise SuggestionGone(_("This suggestion is no longer there."))


def settle(asset: Asset, names: Collection[str]) -> None:
    """The asset has these tags by now: nobody is asked about the same keywords any more."""
    SuggestedTag.objects.filter(asset=asset, keyword__in=names, dismissed_at=None).delete()


def _others(version: Version, identity: str) -> Rows:
    """Vectors of other clips of the brand."""
    clips = Asset.objects.filter(brand=version.brand_id, trashed_at=None, latest__isnull=False)
    newest = clips.exclude(pk=version.asset_id).order_by("-created_at", "-pk")
    keys = list(newest.values_list("latest", flat=True)[:NEWEST])
    apart = max(1, len(keys) // SAMPLE)
    pooled = Embedding.objects.filter(
        encoder__identity=identity, scope=Scope.VERSION, version__in=keys[::apart][:SAMPLE]
    )
    return _rows(list(pooled.values_list("vector", flat=True)))


def _rows(vectors: Sequence[Sequence[float]]) -> Rows:
    return np.array(vectors, np.float32) if vectors else np.zeros((0, 0), np.float32)
