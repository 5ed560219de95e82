"""Mails: what is written in templates/mail, sent in the reader's language and the brand's colours.

A mail `name` is three templates: mail/<name>.subject.txt, mail/<name>.txt (extends mail/base.txt) and
mail/<name>.html (extends mail/base.html). Links in them begin with `{{ public_url }}`, never with the host
that some request named.
"""

import hashlib
import logging
from collections.abc import Mapping
from email.headerregistry import Address
from email.utils import make_msgid, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dam.accounts import mail_colours, mail_logos, mail_senders, unsubscribes
from dam.accounts.models import Brand, User
from dam.core import errors, foreign_text, mail_files
from dam.core.lazily import lazy

log = logging.getLogger(__name__)
PRODUCT = "Reelproof"
LONGEST_SUBJECT = 150
WITH_PASSWORD = _("It was changed with the current password.")
WITH_LINK = _("It was changed with a link that was sent to this address.")
BY_OPERATOR = _("It was changed by an administrator.")


class NotSent(errors.Refused):
    """The server that mails are handed to is away, or refuses them."""

    code = "mail_away"
    title = lazy("The email couldn't be sent")
    message = lazy("The mail server is unavailable. Try again in a few minutes, or ask your administrator.")


def is_on() -> bool:
    """Whether mails reach anybody. Where they don't, pages show the link instead."""
    if settings.EMAIL_BACKEND == mail_senders.BACKEND:
        return mail_senders.current() is not None
    return settings.EMAIL_BACKEND != mail_files.BACKEND


def can_reach(address: str) -> bool:
    """Whether a mail can be addressed so. Forms let pass domains that no name in the network can have.

    >>> can_reach("ada@bücher.example"), can_reach("ada@" + "é" * 60 + ".example")
    (True, False)
    """
    local, _, domain = address.rpartition("@")
    try:
        domain.encode("idna")
    except UnicodeError:
        return False
    return local.isascii() and address.isprintable()


def send(
    name: str,
    *,
    to: User | str,
    context: Mapping[str, Any],
    about: str = "",
    unsubscribe: tuple[User, str] | None = None,
) -> None:
    """Send a mail now, and wait for the server. Raises NotSent.

    `to` is a person, or the address of somebody without an account. A `brand` in the context gives the mail
    its name and colour. Mails `about` the same thing ("review-7") are shown as one conversation.
    `unsubscribe` is a person and the kind of mail that the address in it turns off.
    """
    message = compose(name, to=to, context=context, about=about, unsubscribe=unsubscribe)
    try:
        message.send()
    except (OSError, UnicodeError) as problem:  # SMTPException is an OSError
        log.error("The mail %r was not sent: %s", name, problem)
        raise NotSent from problem


def compose(
    name: str,
    *,
    to: User | str,
    context: Mapping[str, Any],
    about: str = "",
    unsubscribe: tuple[User, str] | None = None,
    sender: mail_senders.Outgoing | None = None,
) -> EmailMultiAlternatives:
    """The mail as `send`, or `sender`, sends it. Raises NotSent for an address that no mail can have."""
    address = to.email if isinstance(to, User) else to
    if not can_reach(address):
        raise NotSent(
            str(_("No email can be sent to this address. Check how it is spelled.")), code="mail_address"
        )
    brand = context.get("brand")
    stop = unsubscribes.url(*unsubscribe) if unsubscribe else ""
    logo = mail_logos.of(brand)
    given = {
        "reader": to if isinstance(to, User) else None,
        **context,
        "brand": brand,
        "public_url": settings.PUBLIC_URL,
        "site": _site(),
        "sender_name": brand.name if brand else PRODUCT,
        "accent": mail_colours.accent(brand.accent_hue if brand else mail_colours.STANDARD_HUE),
        "unsubscribe_url": stop,
        "has_logo": logo is not None,
    }
    with translation.override(_language(to, brand)):
        subject = _header(_text(f"mail/{name}.subject.txt", given), longest=LONGEST_SUBJECT)
        given |= {
            "subject": subject,
            "language": translation.get_language(),
            "right_to_left": translation.get_language_bidi(),
        }
        words = _text(f"mail/{name}.txt", given)
        page = get_template(f"mail/{name}.html").render(given).strip()
    message = EmailMultiAlternatives(
        subject,
        words,
        from_email=_from(brand, sender or _in_force()),
        to=[address],
        headers=_headers(about=about, stop=stop),
    )
    message.attach_alternative(page, "text/html")
    if logo is not None:
        mail_logos.attach(message, logo)
    return message


def tell_of_new_password(user: User, *, how: str | Promise) -> None:
    """To the person, in case it was somebody else. Mail that is away undoes nothing."""
    reset_url = f"{settings.PUBLIC_URL}{reverse('account_reset_password')}"
    context = {"user": user, "how": how, "at": timezone.now(), "reset_url": reset_url}
    try:
        send("password_changed", to=user, context=context)
    except NotSent:
        log.error("User %s was not told of the new password.", user.pk)


def _language(to: User | str, brand: Brand | None) -> str:
    own = to.language if isinstance(to, User) else ""
    return own or (brand.language if brand else "") or translation.get_language() or settings.LANGUAGE_CODE


def _text(template: str, context: dict[str, Any]) -> str:
    """A template that is no HTML, so nothing in it is escaped; blank lines that tags left behind go."""
    plain: Any = Context(context, autoescape=False)
    lines = get_template(template).template.render(plain).splitlines()  # type: ignore[attr-defined]
    kept: list[str] = []
    for line in (each.rstrip() for each in lines):
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip() + "\n"


def _header(text: str, *, longest: int = foreign_text.LONGEST_LINE) -> str:
    """One line, without what could begin another header."""
    return foreign_text.line(text, longest=longest)


def _in_force() -> mail_senders.Outgoing | None:
    return mail_senders.current() if settings.EMAIL_BACKEND == mail_senders.BACKEND else None


def _from(brand: Brand | None, given: mail_senders.Outgoing | None) -> str:
    """Who writes: the brand by name, from the installation's one address."""
    name, address = parseaddr(given.from_address if given else settings.DEFAULT_FROM_EMAIL)
    shown = _header(f"{brand.name} · {PRODUCT}" if brand else name or PRODUCT)
    return str(Address(shown, addr_spec=address))


def _headers(*, about: str, stop: str) -> dict[str, str]:
    domain = _mail_domain()
    headers = {
        "Message-ID": make_msgid(domain=domain),
        "Auto-Submitted": "auto-generated",  # nobody's absence note answers it (RFC 3834)
    }
    if about:
        thread = hashlib.sha256(about.encode()).hexdigest()[:32]
        headers["References"] = f"<{thread}@{domain}>"
    if stop:  # RFC 8058
        headers["List-Unsubscribe"] = f"<{stop}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _site() -> str:
    return urlsplit(settings.PUBLIC_URL).netloc


def _mail_domain() -> str:
    return (urlsplit(settings.PUBLIC_URL).hostname or "localhost").encode("idna").decode()
