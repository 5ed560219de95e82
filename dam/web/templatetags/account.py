"""The menu of one's account, on allauth's pages too."""

from typing import Any

from django import template
from django.urls import reverse

from dam.access import own_account
from dam.accounts.models import Brand, User
from dam.core import sorting
from dam.web.account import sections

register = template.Library()


@register.simple_tag(takes_context=True)
def account_sections(context: template.Context) -> list[tuple[sections.Section, str]]:
    """Each page with its address. Those in a brand lead to the one that is open, or was last."""
    brand = context.get("brand") or _last_brand(context.get("user"))
    return [
        (each, reverse(each.url_name, args=[brand.slug] if each.in_brand and brand else []))
        for each in sections.SECTIONS
        if brand or not each.in_brand
    ]


def _last_brand(person: Any) -> Brand | None:
    if not isinstance(person, User):
        return None
    theirs = own_account.brands_of(person).filter(closed_at=None).order_by(sorting.alphabetical("name"), "pk")
    last = theirs.filter(pk=person.last_brand_id) if person.last_brand_id else theirs.none()
    return last.first() or theirs.first()
