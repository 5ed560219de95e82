"""What the administration's tables hold as codes, in words."""

from collections.abc import Iterable

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from dam.accounts import roles
from dam.accounts.capabilities import PHRASES, Capability, Role
from dam.core import language

register = template.Library()

# By the templates in templates/mail.
MAILS = {
    "email_confirmation": noop("Confirming an address"),
    "guest_code": noop("Code of an outside reviewer"),
    "guest_link": noop("Link of an outside reviewer"),
    "guest_recall": noop("Recall told to an outside reviewer"),
    "invitation": noop("Invitation"),
    "notifications": noop("Notifications"),
    "password_changed": noop("Changed password"),
    "password_reset_key": noop("New password"),
    "sign_in_changed": noop("Changed sign-in"),
    "test": noop("Test email"),
    "unknown_account": noop("Address without an account"),
}


@register.filter
def mail_title(name: str) -> str:
    return _(MAILS[name]) if name in MAILS else name


@register.filter
def role_title(key: str) -> str:
    """Of a built-in role by its key: rules of groups give no other."""
    return roles.name(Role(key)) if key in set(Role) else key


@register.filter
def phrases(capabilities: Iterable[str]) -> str:
    """ "view clips, edit clips and comment" """
    said = {each: _(PHRASES[each]) for each in Capability}
    return language.listed([said[each] for each in said if each in set(capabilities)])
