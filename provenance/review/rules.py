"""The rule of a review template: a search by filters alone, which a clip answers or doesn't.

It is the same for whoever submits: it knows the collections that everyone in the brand sees, and nothing of
what is a person's own.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import IntegerField, Value
from django.utils.translation import gettext as _

from dam.accounts import times
from dam.accounts.models import Brand
from dam.catalog.models import Asset
from dam.collections.models import Collection
from dam.search import fields, filters, query
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


def read(rule: str, *, brand: Brand) -> Query:
    return query.parse(rule, fields=usable(brand))


def problem(rule: str, *, brand: Brand) -> str:
    """Why it is no rule, in a sentence; empty where it is one."""
    if len(rule) > query.MAX_CHARACTERS:
        return _("A rule has at most %(most)s characters.") % {"most": query.MAX_CHARACTERS}
    parsed = read(rule, brand=brand)
    if parsed.problems:
        return parsed.problems[0]
    words = [term for group in parsed.terms for term in group] + list(parsed.excluded)
    if words:
        return _("“%(word)s” isn't a filter. A rule has filters alone, such as kind:still.") % {
            "word": words[0].text
        }
    return "" if parsed else _("Enter filters, such as kind:still.")


def first_match(templates: Sequence[ReviewTemplate], asset: UUID, *, brand: Brand) -> ReviewTemplate | None:
    """The first of them whose rule the clip answers, in one query. `problem` refuses none of them."""
    known: Mapping[str, SearchField] = usable(brand)
    shared = Collection.objects.filter(brand=brand, top__everyone=True, deleted_at=None)
    found = []
    for template in templates:
        parsed = query.parse(template.rule, fields=known)
        narrowed = filters.narrow(
            Asset.objects.filter(brand=brand, pk=asset),
            parsed.filters,
            shown="latest",
            either=parsed.either,
            at=times.here(brand),
            brand=brand,
            collections=shared,
        )
        number = Value(template.pk, output_field=IntegerField())
        found.append(narrowed.order_by().annotate(number=number).values_list("number", flat=True))
    if not found:
        return None
    matching = set(found[0].union(*found[1:]))
    return next((template for template in templates if template.pk in matching), None)
