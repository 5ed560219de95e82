"""Names that begin as somebody types: of tags, people, models and a brand's own options, in bounded work and
only of what they see.

A name is offered when it stands on a clip that the principal sees: the candidates come from an index by how
they begin, and each is asked of `visible_assets`. Of what lies behind a candidate, SAMPLE clips are looked
at, so that a tag on a million drafts costs a viewer no more than any other. What is not found among them is
left out, and what is hidden always. Where a field is asked for by its name, the newest NEWEST clips are
looked at besides.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery, Value

from dam.accounts.models import User
from dam.accounts.principals import Principal
from dam.catalog.models import Asset, Tag, Version
from dam.core import sorting
from dam.custom_fields.models import FieldValue
from dam.rights import visibility
from dam.search.search_field import OwnField

MOST = 5
BEGIN = 200  # of all that begin like this, these are put in order
CANDIDATES = 12  # of them are asked whether they are seen
SAMPLE = 40  # clips behind a candidate
NEWEST = 1000

_Tagging = Asset.tags.through


def tags(begun: str, *, principal: Principal) -> list[str]:
    """Compared byte by byte, as the index has them: tags are lower case."""
    if not begun:
        return []
    begin = Tag.objects.filter(brand=principal.brand, name__startswith=begun.lower()).order_by("name")
    rows = _first(begin.values_list("name", "pk")[:BEGIN])
    behind = {pk: _Tagging.objects.filter(tag=pk).values_list("tag_id", "asset_id") for _name, pk in rows}
    seen = _seen(behind, principal)
    return [name for name, pk in rows if pk in seen][:MOST]


def people(begun: str, *, principal: Principal, newest: bool = False) -> list[str]:
    """Who added a clip that is seen, by the beginning of any of their names."""
    found = set(_on_newest("created_by__name", principal)) if newest else set()
    found = {name for name in found if _begins(name, begun, any_word=True)}
    if begun:
        assets = Asset.objects.filter(brand=principal.brand)
        begins = Q(name__istartswith=begun) | Q(name__icontains=f" {begun}")
        # One clip is looked for behind each: as a condition alone, all clips of the brand would be read.
        any_clip = Subquery(assets.filter(created_by=OuterRef("pk")).values("pk")[:1])
        here = User.objects.filter(begins, memberships__brand=principal.brand)
        here = here.annotate(any_clip=any_clip).filter(any_clip__isnull=False)
        rows = _first(here.order_by("name", "pk").values_list("name", "pk")[:BEGIN])
        behind = {
            pk: assets.filter(created_by=pk).order_by().values_list("created_by_id", "pk")
            for _name, pk in rows
        }
        seen = _seen(behind, principal)
        found |= {name for name, pk in rows if pk in seen}
    return _in_order(found)


def models(begun: str, *, principal: Principal, newest: bool = False) -> list[str]:
    """What clips that are seen were generated with, by how its name begins."""
    shown = visibility.shown(principal)
    found = set(_on_newest(f"{shown}__model", principal)) if newest else set()
    found = {name for name in found if _begins(name, begun)}
    rows = _first((name, place) for place, name in enumerate(_models_of(principal, begun)))
    versions = Version.objects.filter(brand=principal.brand).order_by()
    behind = {
        place: versions.filter(model__iexact=name).annotate(place=Value(place)).values_list("place", "pk")
        for name, place in rows
    }
    seen = _seen(behind, principal, column=f"{shown}_id")
    return _in_order(found | {name for name, place in rows if place in seen})


def options(own: OwnField, keys: Iterable[str], *, principal: Principal) -> set[str]:
    """Of these options of a brand's own field, those that a clip has that is seen."""
    numbered = {own.options[key]: key for key in keys}
    values = FieldValue.objects.filter(field=own.number).order_by()
    newest = visibility.visible_assets(principal).order_by("-created_at", "-pk").values("pk")[:NEWEST]
    on_newest = values.filter(option__in=list(numbered), asset__in=newest)
    seen = set(on_newest.values_list("option_id", flat=True).distinct())
    others = [number for number in numbered if number not in seen][:CANDIDATES]
    behind = {number: values.filter(option=number).values_list("option_id", "asset_id") for number in others}
    return {numbered[number] for number in seen | _seen(behind, principal)}


def _models_of(principal: Principal, begun: str) -> list[str]:
    """The different ones of the brand that begin like this: from each to the next in the index, so that a
    million clips of one model are one step."""
    step = """
        SELECT model, upper(model) AS name FROM dam_version
        WHERE brand_id = %(brand)s AND upper(model) {after} ORDER BY upper(model) USING ~<~ LIMIT 1"""
    query = f"""
        WITH RECURSIVE one AS (
            ({step.format(after="~>=~ %(begun)s" if begun else "~>~ ''")})
            UNION ALL
            SELECT following.model, following.name
            FROM one CROSS JOIN LATERAL ({step.format(after="~>~ one.name")}) following
            WHERE starts_with(one.name, %(begun)s)
        )
        SELECT model FROM one WHERE starts_with(name, %(begun)s) LIMIT %(most)s"""
    with connection.cursor() as cursor:
        cursor.execute(query, {"brand": principal.brand.pk, "begun": begun.upper(), "most": BEGIN})
        return [model for (model,) in cursor.fetchall()]


def _on_newest(column: str, principal: Principal) -> Iterable[str]:
    newest = visibility.visible_assets(principal).order_by("-created_at", "-pk").values("pk")[:NEWEST]
    values = Asset.objects.filter(pk__in=newest).order_by().values_list(column, flat=True).distinct()
    return [value for value in values if value]


def _begins(name: str, begun: str, *, any_word: bool = False) -> bool:
    lower, wanted = name.lower(), begun.lower()
    return lower.startswith(wanted) or (any_word and f" {wanted}" in lower)


def _first(rows: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(rows, key=lambda row: (sorting.key(row[0]), row[0]))[:CANDIDATES]


def _in_order(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (sorting.key(name), name))[:MOST]


def _seen(
    behind: Mapping[int, QuerySet[Any, tuple[int, UUID]]], principal: Principal, column: str = "pk"
) -> set[int]:
    """Of these candidates, those with a visible asset among the first SAMPLE of each. Two queries.

    The ids are fetched first: asked in one, PostgreSQL goes through all assets for each candidate.
    """
    parts = [rows[:SAMPLE] for rows in behind.values()]
    if not parts:
        return set()
    pairs = list(parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0])
    assets = visibility.visible_assets(principal).filter(**{f"{column}__in": {key for _, key in pairs}})
    visible = set(assets.values_list(column, flat=True))
    return {candidate for candidate, key in pairs if key in visible}
