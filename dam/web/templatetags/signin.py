"""What the sign-in page says: the company's sign-in, and where DEMO is on who can be tried."""

from django import template
from django.db.models import QuerySet

from dam.accounts import demo, mails, roles
from dam.accounts.models import Brand, Membership
from dam.sso import providers
from dam.sso.providers import Provider
from dam.web import brand_logo
from dam.web.company import company

register = template.Library()


@register.simple_tag
def demo_members() -> QuerySet[Membership]:
    return demo.members()


@register.filter
def role_name(member: Membership) -> str:
    """Of their role in that brand, in the reader's language."""
    return roles.name(member.given)


@register.simple_tag
def mail_is_on() -> bool:
    return mails.is_on()


@register.simple_tag
def only_brand() -> Brand | None:
    return brand_logo.of_the_only_brand()


@register.simple_tag
def logo_outside(brand: Brand | None, theme: str) -> str:
    return brand_logo.address_outside(brand, theme) if brand else ""


@register.simple_tag
def demo_password() -> str:
    return demo.PASSWORD


@register.simple_tag
def company_providers() -> list[Provider]:
    return providers.offered()


@register.simple_tag
def company_url(provider: Provider, back: str) -> str:
    return company.sign_in_url(provider, back=back or "")
