"""The rule of a review template: a search by filters alone, which a clip answers or doesn't.

It is the same for whoever submits: it knows the collections that everyone in the brand sees, and nothing of
what is a person's own.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db.models import IntegerField, QuerySet, Value
from django.utils.translation import gettext as _

from dam.accounts import times
from dam.accounts.models import Brand
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import Asset
from dam.collections import models as collected
from dam.search import fields, filter_rows, filters, query
from dam.search.named import Named, look_up
from dam.search.query import Query
from dam.search.search_field import SearchField
from provenance.review.models import ReviewTemplate


def usable(brand: Brand) -> dict[str, SearchField]:
    """By which fields a rule can ask: not by what is a person's own, nor by what prompts mean."""
    return {
        name: field
        for name, field in fields.known(brand).items()
        if not field.of_favourites and not field.of_prompts
    }


def problem(rule: str, *, brand: Brand) -> str:
    """Why it is no rule, in a sentence; empty where it is one."""
    return problems([rule], brand=brand)[0]


def problems(rules: Sequence[str], *, brand: Brand) -> list[str]:
    """Of each, why it is no rule now. It may have been one when it was written: a tag or collection that is
    gone would match nothing, ruled out everything, and a clip would pass the wrong stages."""
    return [each.problem for each in _read_all(rules, brand=brand)[0]]


def tags(brands: Collection[int]) -> dict[int, set[str]]:
    """The tags that rules of these brands name, by the brand's id, also those of archived templates.

    Without those that were renamed: with the clips under another name, such a rule rules out everything.
    """
    named: dict[int, set[str]] = defaultdict(set)
    written = ReviewTemplate.objects.filter(brand__in=brands).exclude(rule="")
    for brand_id, rule in written.values_list("brand_id", "rule"):
        named[brand_id] |= _tags(query.parse(rule, fields=fields.FIELDS))
    names = set().union(*named.values())
    renamed = Event.objects.filter(brand__in=named, verb=Verb.TAG_RENAMED, target__in=names)
    for brand_id, name in renamed.values_list("brand_id", "target").distinct():
        named[brand_id].discard(name)
    return dict(named)


def _tags(rule: Query) -> set[str]:
    by_tag = {name: field for name, field in fields.FIELDS.items() if field.column == filter_rows.TAGS}
    return {
        read
        for narrowed in (rule.filters, *rule.either)
        for name, values in narrowed.items()
        if (field := by_tag.get(name.removeprefix("-")))
        for read in map(field.read, values)
        if read is not None
    }


class Broken(Exception):
    """The rule of this template is none any more, so that nobody can say which is the first."""

    def __init__(self, template: ReviewTemplate) -> None:
        self.template = template


def first_match(templates: Sequence[ReviewTemplate], asset: UUID, *, brand: Brand) -> ReviewTemplate | None:
    """The first of them whose rule the clip matches, in few queries however many there are.

    Raises Broken where none does before one whose rule can't be read any more.
    """
    found, broken = first_matches(templates, [asset], brand=brand)
    if asset not in found and broken is not None:
        raise broken
    return found.get(asset)


def first_matches(
    templates: Sequence[ReviewTemplate], assets: Collection[UUID], *, brand: Brand
) -> tuple[dict[UUID, ReviewTemplate], Broken | None]:
    """Of each of these clips the first of the templates whose rule it matches, in as few queries as of one.

    Where a rule can't be read any more, nobody can say which is the first of a clip that isn't found.
    """
    read, named = _read_all([template.rule for template in templates], brand=brand)
    found, broken = [], None
    for template, rule in zip(templates, read, strict=True):
        if rule.problem:
            broken = template  # whatever comes after it isn't the first
            break
        narrowed = filters.narrow(
            Asset.objects.filter(brand=brand, pk__in=assets),
            rule.parsed.filters,
            shown="latest",
            either=rule.parsed.either,
            at=times.here(brand),
            brand=brand,
            named=named,
        )
        number = Value(template.pk, output_field=IntegerField())
        found.append(narrowed.order_by().annotate(number=number).values_list("pk", "number"))
    matching = set(found[0].union(*found[1:])) if found else set()
    first: dict[UUID, ReviewTemplate] = {}
    for template in templates:
        for asset in assets:
            if (asset, template.pk) in matching:
                first.setdefault(asset, template)
    return first, Broken(broken) if broken is not None else None


@dataclass(frozen=True)
class _Rule:
    parsed: Query
    problem: str


def _read_all(rules: Sequence[str], *, brand: Brand) -> tuple[list[_Rule], Named]:
    """With what they name together."""
    known = usable(brand)
    parsed = [query.parse(rule[: query.MAX_CHARACTERS], fields=known) for rule in rules]
    narrowed = [group for each in parsed for group in (each.filters, *each.either)]
    shared = partial(_shared, brand)
    named = look_up(narrowed, known=known, brand=brand, collections=shared, alike=False)
    read = [
        _Rule(each, _problem(rule, each) or _unknown(each, known, named))
        for rule, each in zip(rules, parsed, strict=True)
    ]
    return read, named


def _problem(rule: str, parsed: Query) -> str:
    if len(rule) > query.MAX_CHARACTERS:
        return _("A rule has at most %(most)s characters.") % {"most": query.MAX_CHARACTERS}
    if parsed.problems:
        return parsed.problems[0]
    words = [term for group in parsed.terms for term in group] + list(parsed.excluded)
    if words:
        return _("“%(word)s” isn't a filter. A rule has filters alone, such as kind:still.") % {
            "word": words[0].text
        }
    return "" if parsed else _("Enter filters, such as kind:still.")


def _unknown(parsed: Query, known: Mapping[str, SearchField], named: Named) -> str:
    """What it names and the brand doesn't have."""
    for narrowed in (parsed.filters, *parsed.either):
        for name, values in narrowed.items():
            field = known[name.removeprefix("-")]
            for value in filter(None, map(field.read, values)):
                if field.column == filter_rows.TAGS and value not in named.tags:
                    return _("No clip has the tag “%(tag)s”.") % {"tag": value}
                if field.in_collections and not named.collected(value, nested=field.nested):
                    return _("“%(collection)s” isn't a collection that everyone in the brand sees.") % {
                        "collection": value
                    }
    return ""


def _shared(brand: Brand) -> QuerySet[collected.Collection]:
    return collected.Collection.objects.filter(brand=brand, top__everyone=True, deleted_at=None)
