"""What a search by picture, clip or shot looks for: found for one principal, or not there at all.

Nothing is learned of a clip that the principal doesn't see: neither its pictures nor what resembles them.
"""

import numpy as np
from django.utils.translation import gettext as _

from dam.accounts.principals import Principal
from dam.catalog.models import Asset
from dam.core import errors
from dam.core.lazily import lazy
from dam.rights import visibility
from dam.search import encoder_indexes, picture_scale, pictures, regions, similarity
from dam.search.encoders.base import TextEmbedding
from dam.search.likes import Like
from dam.search.results import Source


class NotThere(errors.Refused):
    """The clip is not there for whoever asks."""

    code = "clip_not_found"
    lasts = True  # waiting doesn't help
    title = lazy("Clip not found")
    message = lazy("The clip to compare with was moved to the trash or deleted, or you can't see it.")


class InTrash(NotThere):
    """It lies in the trash, and whoever asks may take it out."""

    code = "clip_in_trash"
    title = lazy("Clip in the trash")

    def __init__(self, asset: Asset) -> None:
        self.asset = asset
        restore = _("“%(title)s” is in the trash. Restore it to find clips like it.")
        super().__init__(restore % {"title": asset.title})


class NotIndexed(errors.Refused):
    """The encoder has not seen the clip yet."""

    code = "clip_not_indexed"
    title = lazy("Not indexed yet")
    message = lazy("Visual search hasn't seen this clip yet. Try again in a minute.")


REFUSALS = (NotIndexed, pictures.PictureGone, pictures.PictureRefused)


def source(principal: Principal, like: Like) -> Source:
    """Raises NotThere for a clip that the principal doesn't see, as for one that never was."""
    if like.picture:
        return Source(like)
    shown = visibility.shown(principal)
    seen = visibility.visible_assets(principal).select_related(shown)
    if like.asset_id is None:
        raise NotThere
    asset = seen.filter(pk=like.asset_id).first()
    if asset is None:
        trashed = visibility.trashed_assets(principal).filter(pk=like.asset_id).first()
        raise InTrash(trashed) if trashed else NotThere
    return Source(like, asset=asset, version=getattr(asset, shown))


def meaning(found: Source, *, principal: Principal, encoder: str) -> TextEmbedding | None:
    """What to look for; None while the worker is busy.

    Raises NotIndexed, pictures.PictureGone and pictures.PictureRefused.
    """
    like = found.like
    if like.picture:
        return pictures.ask(like.picture, principal=principal, encoder=encoder)
    assert found.version is not None
    if like.box is not None:
        return regions.ask(found.version, time_ms=like.time_ms or 0, box=like.box, encoder=encoder)
    index = encoder_indexes.find(encoder)
    vector = similarity.vector_of(found.version, encoder=index, time_ms=like.time_ms)
    if vector is None:
        raise NotIndexed
    return pictures.as_question(vector)


def together(picture: TextEmbedding, words: TextEmbedding) -> TextEmbedding:
    """A picture and words as one question: "like this but at night".

    Each gives the log-odds of a match, and those of both add up (fusion.Scale): so one inner product answers
    what either would, and one index serves it. Of drawn scenes shown in another light, the one asked for was
    first in 83 of 100 and among five in 98; merging two rankings gave 50 and 92, the picture alone 11 and 63.
    """
    if words.vector is None or picture.vector is None:
        return picture
    vector = picture.steepness * np.asarray(picture.vector) + words.steepness * np.asarray(words.vector)
    level = picture.steepness * (picture.level - picture_scale.DIFFERENT) + words.steepness * words.level
    return TextEmbedding(
        vector=tuple(vector.tolist()), unknown_words=words.unknown_words, steepness=1.0, level=level
    )
