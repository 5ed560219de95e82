"""The pages of one's account: one table behind their menu."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Section:
    """`url_name` is reversed with a brand of the person's where the page is `in_brand`."""

    title: str | Promise
    icon: str
    url_name: str
    in_brand: bool = False


SECTIONS: tuple[Section, ...] = (
    Section(_("Profile"), "circle-user-round", "account_profile"),
    Section(_("Sign-in and security"), "shield-check", "mfa_index"),
    Section(_("Sessions"), "monitor-smartphone", "usersessions_list"),
    Section(_("Notifications"), "bell", "notification-settings", in_brand=True),
    Section(_("API tokens"), "key-round", "account_tokens"),
)
