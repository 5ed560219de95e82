"""What went wrong with a mail, in plain words: each thing that somebody can put right told apart. Pure.

`lasting` says that trying again is no use until something was changed.
"""

import re
import smtplib
import socket
import ssl
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dam.accounts.mail_models import Sender
from dam.accounts.mail_smtp import NotAMailServer
from dam.core import foreign_text

LONGEST_QUOTE = 160
NOTHING_SAID = re.compile(r"^\W*$")


@dataclass(frozen=True)
class Answer:
    """`code` is a word for programs, `sentence` for people."""

    code: str
    sentence: str
    lasting: bool = False


def describe(problem: BaseException, *, host: str = "", port: int = 0, sender: str = Sender.SMTP) -> Answer:
    """Why a mail did not leave by this server, or by the interface of the company `sender`."""
    known = _of_connection(problem, host, port) or _of_smtp(problem, host) or _of_interface(problem, sender)
    return known or Answer("unknown", _("The mail server failed unexpectedly. See the log of the server."))


def _of_connection(problem: BaseException, host: str, port: int) -> Answer | None:
    at = {"host": host, "port": port}
    match problem:
        case NotAMailServer():
            return Answer(
                "not_a_mail_server",
                _(
                    "“%(host)s” with port %(port)s can't be used here. Mail servers listen on port 25, 465, "
                    "587 or 2525, and not at a link-local address."
                )
                % at,
                lasting=True,
            )
        case socket.gaierror() | UnicodeError():
            return Answer(
                "name", _("The server name “%(host)s” isn't known. Check how it is spelled.") % {"host": host}
            )
        case ssl.SSLCertVerificationError():
            return Answer(
                "certificate",
                _("The certificate of %(host)s isn't valid for it: %(why)s.")
                % {"host": host, "why": problem.verify_message.rstrip(".")},
            )
        case ssl.SSLError():
            return Answer(
                "tls",
                _(
                    "%(host)s doesn't speak TLS on port %(port)s. Use STARTTLS with port 587, "
                    "or TLS with port 465."
                )
                % at,
            )
        case ConnectionRefusedError():
            return Answer(
                "refused_connection",
                _("Nothing answers at %(host)s on port %(port)s. Check the port.") % at,
            )
        case TimeoutError():
            return Answer(
                "timeout",
                _("%(host)s didn't answer in time on port %(port)s. A firewall may be in between.") % at,
            )
    return None


def _of_smtp(problem: BaseException, host: str) -> Answer | None:
    match problem:
        case smtplib.SMTPNotSupportedError():
            return Answer(
                "unsupported",
                _(
                    "%(host)s doesn't offer what is set: STARTTLS, or signing in. Check the encryption, and "
                    "leave user name and password empty for a server that asks for none."
                )
                % {"host": host},
            )
        case smtplib.SMTPAuthenticationError():
            return Answer("sign_in", _("The server refused the user name or the password.") + _quote(problem))
        case smtplib.SMTPSenderRefused():
            return Answer(
                "sender",
                _("The server refused the sender's address.") + _quote(problem),
                lasting=problem.smtp_code >= 500,
            )
        case smtplib.SMTPRecipientsRefused():
            code, said = next(iter(problem.recipients.values()))
            return Answer(
                "recipient",
                _("The server refused the recipient's address.") + _said(code, said),
                lasting=code >= 500,
            )
        case smtplib.SMTPDataError():
            return Answer(
                "message",
                _("The server refused the email.") + _quote(problem),
                lasting=problem.smtp_code >= 500,
            )
        case smtplib.SMTPServerDisconnected():
            return Answer(
                "disconnected",
                _("%(host)s ended the connection. It may be no mail server, or want TLS from the start.")
                % {"host": host},
            )
        case smtplib.SMTPResponseException():
            return Answer("refused", _("The server refused the connection.") + _quote(problem))
        case smtplib.SMTPException():
            return Answer("refused", _("The server refused the email."))
    return None


def _of_interface(problem: BaseException, sender: str) -> Answer | None:
    """Of django-anymail's errors, known by what they say and not by their library, which may be away."""
    title = dict(Sender.choices).get(sender, sender)
    status = getattr(problem, "status_code", None)
    kind = type(problem).__name__
    aws = str(getattr(problem.__cause__, "response", {}) or "")
    if status in (401, 403) or "InvalidClientTokenId" in aws or "SignatureDoesNotMatch" in aws:
        return Answer("sign_in", _("%(sender)s refused the key.") % {"sender": title})
    if kind == "AnymailRecipientsRefused":
        text = _("%(sender)s refused the recipient's address.") % {"sender": title}
        return Answer("recipient", text, lasting=True)
    if "MessageRejected" in aws or "MailFromDomainNotVerified" in aws or status in (400, 404, 422):
        text = _("%(sender)s refused the email. Check that it knows the sender's address or domain.")
        return Answer("sender", text % {"sender": title}, lasting=True)
    if status is not None:
        text = _("%(sender)s failed (%(status)s). Try again later.") % {"sender": title, "status": status}
        return Answer("refused", text)
    if kind.startswith("Anymail") or isinstance(problem, OSError):
        return Answer("away", _("%(sender)s couldn't be reached.") % {"sender": title})
    return None


def _quote(problem: smtplib.SMTPResponseException) -> str:
    return _said(problem.smtp_code, problem.smtp_error)


def _said(code: int, said: bytes | str) -> str:
    """The server's own words behind ours, if it answered as mail servers do."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    text = foreign_text.line(text, longest=LONGEST_QUOTE)
    if not 200 <= code < 600 or NOTHING_SAID.match(text):
        return ""
    return " " + _("It said: %(words)s") % {"words": foreign_text.quoted(f"{code} {text}")}
