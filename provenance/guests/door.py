"""Letting a guest in: a code that is mailed to them, or the passphrase they were told; then a session.

How often somebody may try is limited twice: by address and link where the request comes in, and here, for
each code, by the database. A try counts before it is looked at, so many at once have no more of them.
"""

import secrets
from datetime import datetime

from django.contrib.auth.hashers import check_password
from django.db.models import Case, F, Q, Value, When
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


def ask_for_list_code(email: str, *, browser: str, at: datetime) -> None:
    """The same for all links of an address, for the browser with this secret.

    Whether the address has any is the worker's to find out: here, and when a code is tried, all goes the same
    way for every address.
    """
    row, _new = GuestAddress.objects.update_or_create(
        browser=keys.digest(browser), email=email, defaults={"asked_at": at}
    )
    tasks.enqueue(SEND_LIST_CODE, address_id=row.pk)


def asked(browser: str, email: str) -> GuestAddress | None:
    return GuestAddress.objects.filter(browser=keys.digest(browser), email=email).first()


def mail_code(row: GuestLink | GuestAddress, *, at: datetime) -> None:
    """Make a code for it, which ends the one before, and mail it at once. Raises mails.NotSent.

    An address without links has a code as well, which nobody is told.
    """
    if isinstance(row, GuestAddress):
        code = "".join(secrets.choice(rules.LIST_ALPHABET) for _ in range(rules.LIST_CODE_LENGTH))
    else:
        code = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}}"
    type(row).objects.filter(pk=row.pk).update(
        code_digest=_digest(row, code), code_until=at + rules.CODE_LASTS, code_tries=0
    )
    if isinstance(row, GuestAddress) and not gate.open_links(row.email, at=at):
        return
    brand: Brand | None = row.brand if isinstance(row, GuestLink) else None
    minutes = int(rules.CODE_LASTS.total_seconds() // 60)
    context = {"brand": brand, "code": rules.shown(code), "minutes": minutes}
    mails.send("guest_code", to=row.email, context=context, about=f"guest-code-{type(row).__name__}-{row.pk}")


def use_code(row: GuestLink | GuestAddress, code: str, *, at: datetime) -> None:
    """Take a code, which is gone then. Raises GuestRefused."""
    rows = type(row).objects.filter(pk=row.pk, code_until__gt=at, code_tries__lt=rules.MOST_TRIES)
    rows = rows.exclude(code_digest="")
    if not rows.update(code_tries=F("code_tries") + 1):
        raise GuestRefused(_("This code has expired. Ask for a new one."), field="code")
    kept = type(row).objects.values_list("code_digest", flat=True).get(pk=row.pk)
    right = constant_time_compare(kept, _digest(row, rules.typed(code)))
    # Of two who send the same code at once one has it.
    if not right or not type(row).objects.filter(pk=row.pk, code_digest=kept).update(code_digest=""):
        raise GuestRefused(_("Wrong code. Check the newest email."), field="code")


def use_passphrase(link: GuestLink, passphrase: str, *, at: datetime) -> None:
    """So many tries in a window, which are counted before they are looked at. Raises GuestRefused."""
    over = Q(code_until=None) | Q(code_until__lte=at)
    rows = GuestLink.objects.filter(over | Q(code_tries__lt=rules.MOST_PASSPHRASE_TRIES), pk=link.pk)
    counted = rows.update(
        code_tries=Case(When(over, then=Value(1)), default=F("code_tries") + 1),
        code_until=Case(When(over, then=Value(at + rules.PASSPHRASE_WINDOW)), default=F("code_until")),
    )
    if not counted:
        raise GuestRefused(_("Too many tries. Wait an hour, then try again."), field="passphrase")
    if link.proof != Proof.PASSPHRASE or not check_password(passphrase, link.passphrase_digest):
        raise GuestRefused(_("Wrong passphrase. Ask the person who invited you."), field="passphrase")


def give_list(row: GuestAddress, *, at: datetime) -> str:
    """The secret of a pass for the list, after its code; the one before ends."""
    secret = secrets.token_urlsafe(32)
    rows = GuestAddress.objects.filter(pk=row.pk)
    if not rows.update(digest=keys.digest(secret), ends_at=at + rules.SESSION):
        raise GuestRefused(_("This code has expired. Ask for a new one."), field="code")
    return secret


def admit(
    link: GuestLink, *, device: str, at: datetime, listing: GuestAddress | None = None
) -> tuple[GuestSession, str]:
    """A session, and the secret of its cookie. The caller has asked who they are. Raises GuestRefused.

    One that is had by a pass for the list lasts no longer than that.
    """
    secret = secrets.token_urlsafe(32)
    with trail.recording():
        row = gate.links().select_for_update(of=("self",)).get(pk=link.pk)
        if not gate.is_open(row, at=at):
            raise GuestRefused(_("This link doesn't work any more."))
        ends = rules.ends_at(at, link_expires=row.expires_at)
        if listing is not None:
            passes = GuestAddress.objects.select_for_update()
            listing = passes.filter(pk=listing.pk, digest=listing.digest, ends_at__gt=at).first()
            if listing is None or listing.ends_at is None:
                raise GuestRefused(_("This link doesn't work any more."))
            ends = min(ends, listing.ends_at)
        session = GuestSession.objects.create(
            link=row,
            digest=keys.digest(secret),
            device=device[:60],
            began_at=at,
            seen_at=at,
            ends_at=ends,
            listing=listing,
        )
        first = bool(GuestLink.objects.filter(pk=row.pk, opened_at=None).update(opened_at=at))
        links.record_said(Verb.GUEST_OPENED, row, data={"first": first}, at=at)
    return session, secret


def leave(session: GuestSession, *, at: datetime) -> None:
    GuestSession.objects.filter(pk=session.pk, ends_at__gt=at).update(ends_at=at)


def _digest(row: Coded, code: str) -> str:
    """Keyed, for a code has few digits: who reads the database alone can't try them all."""
    return salted_hmac(SALT, f"{type(row).__name__} {row.pk} {code}", algorithm="sha256").hexdigest()
