"""The menu of one's account, on allauth's pages too."""

from django import template

from dam.web.account import sections

register = template.Library()


@register.simple_tag
def account_sections() -> tuple[sections.Section, ...]:
    return sections.SECTIONS
