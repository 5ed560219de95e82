"""Letting a guest in: a code that is mailed to them, or the passphrase they were told; then a session.

How often somebody may try is limited twice: by address and link where the request comes in, and here, for
each code, by the database. A try counts before it is looked at, so many at once have no more of them.
"""

import secrets
from datetime import datetime

from django.contrib.auth.hashers import check_password
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from dam.accounts import keys, mails
from dam.accounts.models import Brand
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import tasks
from provenance.guests import gate, links, rules
from provenance.guests.links import GuestRefused
from provenance.guests.models import Coded, GuestAddress, GuestLink, GuestSession
from provenance.guests.rules import Proof

SALT = "provenance.guests.door"
SEND_CODE, SEND_LIST_CODE = "default.send_guest_code", "default.send_guest_list_code"


def ask_for_code(link: GuestLink) -> None:
    """Have a worker mail a code to the link's address: it is made there, so that it is in no queue."""
    tasks.enqueue(SEND_CODE, link_id=link.pk)


def ask_for_list_code(email: str, *, at: datetime) -> None:
    """The same to whoever wants to see all links of an address. Nobody learns whether it has any."""
    if gate.open_links(email, at=at):
        row, _new = GuestAddress.objects.get_or_create(email=email)
        tasks.enqueue(SEND_LIST_CODE, address_id=row.pk)


def mail_code(row: GuestLink | GuestAddress, *, at: datetime) -> None:
    """Make a code for it, which ends the one before, and mail it at once. Raises mails.NotSent."""
    code = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}}"
    type(row).objects.filter(pk=row.pk).update(
        code_digest=_digest(row, code), code_until=at + rules.CODE_LASTS, code_tries=0
    )
    brand: Brand | None = row.brand if isinstance(row, GuestLink) else None
    minutes = int(rules.CODE_LASTS.total_seconds() // 60)
    context = {"brand": brand, "code": code, "minutes": minutes}
    mails.send("guest_code", to=row.email, context=context, about=f"guest-code-{type(row).__name__}-{row.pk}")


def use_code(row: GuestLink | GuestAddress, code: str, *, at: datetime) -> None:
    """Take a code, which is gone then. Raises GuestRefused."""
    rows = type(row).objects.filter(pk=row.pk, code_until__gt=at, code_tries__lt=rules.MOST_TRIES)
    rows = rows.exclude(code_digest="")
    if not rows.update(code_tries=F("code_tries") + 1):
        raise GuestRefused(_("This code has expired. Ask for a new one."), field="code")
    kept = type(row).objects.values_list("code_digest", flat=True).get(pk=row.pk)
    typed = "".join(code.split())
    right = constant_time_compare(kept, _digest(row, typed))
    # Of two who send the same code at once one has it.
    if not right or not type(row).objects.filter(pk=row.pk, code_digest=kept).update(code_digest=""):
        raise GuestRefused(_("Wrong code. Check the newest email."), field="code")


def use_passphrase(link: GuestLink, passphrase: str) -> None:
    """Raises GuestRefused."""
    if link.proof != Proof.PASSPHRASE or not check_password(passphrase, link.passphrase_digest):
        raise GuestRefused(_("Wrong passphrase. Ask the person who invited you."), field="passphrase")


def admit(link: GuestLink, *, device: str, at: datetime) -> tuple[GuestSession, str]:
    """A session, and the secret of its cookie. The caller has asked who they are. Raises GuestRefused."""
    secret = secrets.token_urlsafe(32)
    with trail.recording():
        row = gate.links().select_for_update(of=("self",)).get(pk=link.pk)
        if not gate.is_open(row, at=at):
            raise GuestRefused(_("This link doesn't work any more."))
        session = GuestSession.objects.create(
            link=row,
            digest=keys.digest(secret),
            device=device[:60],
            began_at=at,
            seen_at=at,
            ends_at=rules.ends_at(at, link_expires=row.expires_at),
        )
        first = bool(GuestLink.objects.filter(pk=row.pk, opened_at=None).update(opened_at=at))
        links.record_said(Verb.GUEST_OPENED, row, data={"first": first}, at=at)
    return session, secret


def leave(session: GuestSession, *, at: datetime) -> None:
    GuestSession.objects.filter(pk=session.pk, ends_at__gt=at).update(ends_at=at)


def _digest(row: Coded, code: str) -> str:
    """Keyed, for a code has few digits: who reads the database alone can't try them all."""
    return salted_hmac(SALT, f"{type(row).__name__} {row.pk} {code}", algorithm="sha256").hexdigest()
