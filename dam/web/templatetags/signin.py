"""What the sign-in page says where DEMO is on."""

from django import template
from django.db.models import QuerySet

from dam.accounts import demo, mails
from dam.accounts.models import Membership

register = template.Library()


@register.simple_tag
def demo_members() -> QuerySet[Membership]:
    return demo.members()


@register.simple_tag
def mail_is_on() -> bool:
    return mails.is_on()


@register.simple_tag
def demo_password() -> str:
    return demo.PASSWORD
