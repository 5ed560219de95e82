"""Broader and narrower tags of a brand: who filters by a tag finds what has a narrower one, too."""

from collections.abc import Collection

from django.db import connection, transaction
from django.utils.translation import gettext as _

from dam.accounts.models import Brand
from dam.catalog import tags
from dam.core import errors, locks
from dam.search.models import BroaderTag

DEEPEST = 6  # tags from the broadest to the narrowest

# One step down from the tags that were found, until there are no more; a circle ends where it began.
_NARROWER = """
WITH RECURSIVE narrower (name, tag, depth) AS (
    SELECT broader, tag, 1 FROM {table} WHERE brand_id = %s AND broader = ANY(%s)
    UNION
    SELECT narrower.name, below.tag, narrower.depth + 1
    FROM {table} below JOIN narrower ON below.broader = narrower.tag
    WHERE below.brand_id = %s AND narrower.depth < %s
)
SELECT DISTINCT name, tag FROM narrower ORDER BY name, tag
"""


class HierarchyRefused(errors.Refused):
    """A tag can't stand there in the hierarchy."""

    code = "tag_hierarchy"


def narrower(brand_id: int, names: Collection[str]) -> list[str]:
    """All tags below these, in one query."""
    below = narrower_of_each(brand_id, names)
    return sorted(set().union(*below.values()))


def narrower_of_each(brand_id: int, names: Collection[str]) -> dict[str, list[str]]:
    """The tags below each of these, in one query. What has none is missing."""
    if not names:
        return {}
    found: dict[str, list[str]] = {}
    sql = _NARROWER.format(table=connection.ops.quote_name(BroaderTag._meta.db_table))
    with connection.cursor() as cursor:
        cursor.execute(sql, [brand_id, list(names), brand_id, DEEPEST])
        for name, tag in cursor.fetchall():
            found.setdefault(name, []).append(tag)
    return found


def narrower_ones(brand_id: int, names: Collection[str]) -> set[str]:
    """Those of them that belong to another, whether a clip has them or not."""
    if not names:
        return set()
    return set(BroaderTag.objects.filter(brand=brand_id, tag__in=names).values_list("tag", flat=True))


def alone(brand_id: int, names: Collection[str]) -> tuple[str, ...]:
    """Those of them that have none below: what is found by such a one has the tag itself."""
    if not names:
        return ()
    rows = BroaderTag.objects.filter(brand=brand_id, broader__in=names)
    wide = set(rows.values_list("broader", flat=True))
    return tuple(name for name in names if name not in wide)


def take_over(brand: Brand, old: str, new: str) -> None:
    """Give a tag the place that another has in the hierarchy, with all below it."""
    with transaction.atomic():
        locks.hold(f"tag-hierarchy:{brand.pk}")
        rows = BroaderTag.objects.filter(brand=brand)
        if old in above(brand.pk, new):  # it comes to stand above those that stood between the two
            rows.filter(tag=new).delete()
        parent = rows.filter(tag=old).values_list("broader", flat=True).first() or ""
        rows.filter(tag=old).delete()
        rows.filter(broader=old).update(broader=new)
        is_free = parent != new and not rows.filter(tag=new).exists()
        if parent and is_free and new not in above(brand.pk, parent):
            BroaderTag.objects.create(brand=brand, tag=new, broader=parent)


def above(brand_id: int, tag: str) -> list[str]:
    """The tags that it belongs to, the nearest first."""
    broader = dict(BroaderTag.objects.filter(brand=brand_id).values_list("tag", "broader"))
    found: list[str] = []
    while (tag := broader.get(tag, "")) and tag not in found:
        found.append(tag)
    return found


def put(brand: Brand, tag: str, broader: str) -> str:
    """Make the tag a narrower one of another, or of none; what it belongs to now. Raises HierarchyRefused."""
    (name,) = tags.clean([tag])
    above_it = tags.clean([broader])
    with transaction.atomic():
        locks.hold(f"tag-hierarchy:{brand.pk}")
        mine = BroaderTag.objects.filter(brand=brand, tag=name)
        if not above_it:
            mine.delete()
            return ""
        (parent,) = above_it
        line = [parent, *above(brand.pk, parent)]
        if name in line:
            raise HierarchyRefused(
                _("“%(parent)s” belongs to “%(tag)s” already, so it can't be above it.")
                % {"parent": parent, "tag": name}
            )
        if len(line) + 1 + _depth_below(brand.pk, name) > DEEPEST:
            raise HierarchyRefused(_("Tags can be nested %(deepest)s deep at most.") % {"deepest": DEEPEST})
        BroaderTag.objects.update_or_create(brand=brand, tag=name, defaults={"broader": parent})
    return parent


def _depth_below(brand_id: int, tag: str) -> int:
    """How many levels of narrower tags it has."""
    rows = BroaderTag.objects.filter(brand=brand_id).values_list("broader", "tag")
    below: dict[str, list[str]] = {}
    for broader, name in rows:
        below.setdefault(broader, []).append(name)
    level, depth, seen = [tag], 0, {tag}
    while level := [name for each in level for name in below.get(each, []) if name not in seen]:
        seen.update(level)
        depth += 1
    return depth
