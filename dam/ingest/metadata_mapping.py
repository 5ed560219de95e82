"""What becomes of the words that an uploaded file brings along (dam.media.embedded_metadata).

They are a beginning, never a correction: a new clip has the file's title in place of its name, and its
description; keywords wait to be accepted as tags. What a person types goes over them, before and after.
"""

from django.core.exceptions import PermissionDenied

from dam.accounts.principals import Principal
from dam.catalog import assets, tags
from dam.catalog.models import Origin, Version
from dam.core import errors
from dam.media.probe import MediaInfo
from dam.search import fulltext
from dam.search.tagging import suggested_tags


def title(info: MediaInfo) -> str:
    """The title that the file has, or none."""
    return info.embedded.texts.get("title", "")


def description(info: MediaInfo, *, origin: Origin) -> str:
    """Of a file that was generated here nothing: what it says is what was written into it."""
    return info.embedded.texts.get("description", "") if origin == Origin.UPLOADED else ""


def suggest(version: Version, info: MediaInfo) -> None:
    """Suggest its keywords as tags, in the transaction that makes the version."""
    if version.origin == Origin.UPLOADED:
        suggested_tags.suggest_keywords(version, info.embedded.keywords)


def add_tags(version: Version, *, by: Principal) -> str:
    """Add its keywords as tags at once, as many as an asset can have; why that can't be, or nothing."""
    words = MediaInfo.from_json(version.media_info).embedded.keywords
    has = set(version.asset.tags.values_list("name", flat=True))
    names = [name for name in tags.possible(words) if name not in has][: max(0, tags.MOST - len(has))]
    if not names:
        return ""
    try:
        fulltext.refresh_many(assets.add_tags([version.asset], names, by=by))
    except (errors.Refused, PermissionDenied) as refused:
        return str(refused)
    suggested_tags.settle(version.asset, names)
    return ""
