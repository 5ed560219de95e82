"""The way from an empty library into the demo brand, for those who have one."""

from typing import Any

from django import template
from django.urls import reverse

from dam.accounts import demo
from dam.accounts.models import Membership

register = template.Library()


@register.simple_tag(takes_context=True)
def demo_address(context: dict[str, Any]) -> str:
    """Of the demo brand for its people, of the page that makes it for installation administrators."""
    principal = context["principal"]
    if principal.kind != "member":
        return ""
    there = demo.brand()
    if there == principal.brand:
        return ""
    if there and Membership.objects.filter(user=principal.user, brand=there).exists():
        return reverse("library", args=[there.slug])
    return reverse("demo-brand", args=[principal.brand.slug]) if principal.runs_installation else ""
