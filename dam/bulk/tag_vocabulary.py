"""A brand's vocabulary of tags: what a tag stands for, and having one take the place of another.

Synonyms and the place in the hierarchy change at once. The clips follow as a bulk edit, which shows before
what it changes, says how far it is, and can be undone.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.bulk import edits
from dam.bulk.changes import Change
from dam.bulk.models import BulkEdit
from dam.catalog import tags
from dam.catalog.models import Tag
from dam.core import errors
from dam.search import hierarchy, synonyms
from dam.search.models import BroaderTag, TagSynonym
from dam.search.query import Filters


class TagRenameRefused(errors.Refused):
    """A tag can't take that name."""

    code = "tag_rename"


@dataclass(frozen=True)
class Entry:
    """What the vocabulary says of a tag."""

    synonyms: tuple[str, ...] = ()
    broader: str = ""


def of(tag: Tag) -> Entry:
    words = TagSynonym.objects.filter(brand=tag.brand_id, tag=tag.name).order_by("word")
    broader = BroaderTag.objects.filter(brand=tag.brand_id, tag=tag.name)
    return Entry(
        tuple(words.values_list("word", flat=True)), broader.values_list("broader", flat=True).first() or ""
    )


def describe(tag: Tag, *, by: Principal, words: Iterable[str], broader: str) -> bool:
    """Give it these synonyms and this broader tag, in place of those it has; True when anything changed.

    Raises TagRefused, HierarchyRefused, PermissionDenied.
    """
    by.require(Capability.MANAGE_FIELDS, brand=tag.brand)
    with trail.recording():
        before = of(tag)
        synonyms.assign(tag.brand, tag.name, words)
        hierarchy.put(tag.brand, tag.name, broader)
        after = of(tag)
        if after == before:
            return False
        pairs: dict[str, list[object]] = {
            "synonyms": [list(before.synonyms), list(after.synonyms)],
            "broader": [before.broader, after.broader],
        }
        changes = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
        trail.record(Verb.TAG_EDITED, brand=tag.brand, target=tag.name, actor=by, data=changes)
    return True


def rename(tag: Tag, new: str, *, by: Principal, findable: bool = True) -> BulkEdit:
    """Have another tag, new or there already, take its place; the bulk edit of its clips, not yet started.

    What it stood for goes with it; `findable`: its name becomes a synonym of the other. Raises TagRefused,
    TagRenameRefused, BulkRefused where no clip has it, PermissionDenied.
    """
    by.require(Capability.MANAGE_FIELDS, brand=tag.brand)
    by.require(Capability.EDIT, brand=tag.brand)
    names = tags.clean([new])
    if not names:
        raise TagRenameRefused(_("Enter the tag that takes its place."))
    (name,) = names
    if name == tag.name:
        raise TagRenameRefused(_("That is its name already. Enter another."))
    with trail.recording():
        mine = of(tag)
        others = synonyms_of(tag.brand_id, name)
        hierarchy.take_over(tag.brand, tag.name, name)
        words = [*others, *mine.synonyms, *((tag.name,) if findable else ())]
        synonyms.assign(tag.brand, tag.name, ())
        synonyms.assign(tag.brand, name, [word for word in words if word != name])
        # After its place was given away, so that it finds the clips that have it and none below it.
        edit = edits.draft_of_search("", Filters(tag=[tag.name]), None, by=by)
        edits.choose(edit, Change(add_tags=(name,), remove_tags=(tag.name,)), by=by)
        trail.record(
            Verb.TAG_RENAMED, brand=tag.brand, target=tag.name, actor=by, data={"tag": [tag.name, name]}
        )
    return edit


def synonyms_of(brand_id: int, name: str) -> list[str]:
    rows = TagSynonym.objects.filter(brand=brand_id, tag=name).order_by("word")
    return list(rows.values_list("word", flat=True))
