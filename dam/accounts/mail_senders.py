"""How mails leave: what the environment says, else what was set on a page, else not at all.

What is set on a page is read for each mail, so it holds in every process at once.
"""

from dataclasses import dataclass, field
from typing import Any, cast

from anymail.backends.base_requests import AnymailRequestsBackend
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from dam.accounts.mail_models import MailSettings, Security, Sender
from dam.core import mail_files
from dam.core.bounded_requests import Bounded

BACKEND = "dam.accounts.mail_backend.EmailBackend"
SMTP = "dam.accounts.mail_smtp.EmailBackend"
TIMEOUT = 10  # seconds for one answer of a server
DEADLINE = 30.0  # for all of it, however slowly it drips
# Of an address for programs nothing can be typed: only these are asked. "" is where most accounts are.
REGIONS = {
    Sender.MAILGUN: {"": "https://api.mailgun.net/v3", "eu": "https://api.eu.mailgun.net/v3"},
}


@dataclass(frozen=True)
class Outgoing:
    """Who takes the mails, and what it needs to know. `host` and below are SMTP's own."""

    sender: Sender
    from_address: str
    secret: str = field(default="", repr=False)
    username: str = ""
    host: str = ""
    port: int = 25
    security: Security = Security.NONE
    domain: str = ""
    region: str = ""
    from_environment: bool = False


def current() -> Outgoing | None:
    """How mails leave now; None where they don't."""
    return of_environment() or of_page()


def of_environment() -> Outgoing | None:
    """EMAIL_SENDER with its key, or EMAIL_HOST; None where neither is set."""
    if settings.EMAIL_SENDER and settings.EMAIL_SENDER != Sender.SMTP:
        return Outgoing(
            sender=Sender(settings.EMAIL_SENDER),
            from_address=settings.DEFAULT_FROM_EMAIL,
            secret=settings.EMAIL_API_KEY,
            username=settings.EMAIL_HOST_USER,
            domain=settings.EMAIL_DOMAIN,
            region=settings.EMAIL_REGION,
            from_environment=True,
        )
    if not settings.EMAIL_IS_SET:
        return None
    encrypted = Security.STARTTLS if settings.EMAIL_USE_TLS else Security.NONE
    return Outgoing(
        sender=Sender.SMTP,
        from_address=settings.DEFAULT_FROM_EMAIL,
        secret=settings.EMAIL_HOST_PASSWORD,
        username=settings.EMAIL_HOST_USER,
        host=settings.EMAIL_HOST,
        port=settings.EMAIL_PORT,
        security=Security.TLS if settings.EMAIL_USE_SSL else encrypted,
        from_environment=True,
    )


def of_page() -> Outgoing | None:
    row = MailSettings.objects.first()
    return outgoing(row) if row is not None and row.sender else None


def outgoing(row: MailSettings) -> Outgoing:
    return Outgoing(
        sender=Sender(row.sender),
        from_address=row.from_address,
        secret=row.secret,
        username=row.username,
        host=row.host,
        port=row.port,
        security=Security(row.security),
        domain=row.domain,
        region=row.region,
    )


def connection(given: Outgoing | None, **more: Any) -> BaseEmailBackend:
    """Django's way to send by it; without any, mails become files. `more` goes to what sends."""
    if given is None:
        return get_connection(mail_files.BACKEND)
    if given.sender is Sender.SMTP:
        return get_connection(
            SMTP,
            host=given.host,
            port=given.port,
            username=given.username,
            password=given.secret,
            use_tls=given.security is Security.STARTTLS,
            use_ssl=given.security is Security.TLS,
            timeout=TIMEOUT,
            anywhere=given.from_environment,
            **more,
        )
    name, options = _interface(given)
    return _bounded(get_connection(f"anymail.backends.{name}.EmailBackend", **options, **more))


def _bounded(backend: Any) -> BaseEmailBackend:
    """Those that ask over HTTP do so with an end; the one of AWS has its own."""
    if isinstance(backend, AnymailRequestsBackend):
        made = backend.create_session

        def create_session() -> Any:
            session = made()
            for scheme in ("https://", "http://"):
                session.mount(scheme, Bounded(seconds=DEADLINE))
            return session

        backend.create_session = create_session
    return cast(BaseEmailBackend, backend)


def _interface(given: Outgoing) -> tuple[str, dict[str, Any]]:
    """django-anymail's name for it, and what that wants."""
    match given.sender:
        case Sender.SES:
            keys = {"aws_access_key_id": given.username, "aws_secret_access_key": given.secret}
            region = {"region_name": given.region} if given.region else {}
            known = keys if given.username else {}  # else the machine's own role
            patience = {"connect_timeout": TIMEOUT, "read_timeout": TIMEOUT, "retries": {"max_attempts": 0}}
            return "amazon_ses", {"client_params": {**known, **region, "config": patience}}
        case Sender.MAILGUN:
            url = REGIONS[Sender.MAILGUN].get(given.region, REGIONS[Sender.MAILGUN][""])
            options = {"api_key": given.secret, "api_url": url, "sender_domain": given.domain or None}
            return "mailgun", {**options, "timeout": TIMEOUT}
        case Sender.POSTMARK:
            return "postmark", {"server_token": given.secret, "timeout": TIMEOUT}
        case _:
            return given.sender.value, {"api_key": given.secret, "timeout": TIMEOUT}
