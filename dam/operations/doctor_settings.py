"""What the doctor reads in the settings: debugging, keys, addresses, the proxy, mail."""

import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host
from django.utils.translation import gettext as _

from dam.accounts import mails
from dam.operations.doctor import Finding, check, error, warning

HERE = ("localhost", "127.0.0.1", "::1", "[::1]", "")
SHORTEST_KEY = 40
WELL_KNOWN = ("insecure", "change-me", "changeme", "secret-key", "example")


def is_public() -> bool:
    """Whether people come from other machines, by what PUBLIC_URL says."""
    return (urlsplit(settings.PUBLIC_URL).hostname or "") not in HERE


@check
def debug() -> Iterator[Finding]:
    if settings.DEBUG:
        found = error if is_public() else warning
        yield found(
            "debug", _("DEBUG is on: error pages show code and settings."), _("Unset DEBUG and restart.")
        )


@check
def demo() -> Iterator[Finding]:
    if settings.DEMO and is_public():
        yield error(
            "demo",
            _("DEMO is on, so the sign-in page lists accounts with known passwords."),
            _("Unset DEMO and deactivate the demo people."),
        )


@check
def secret_key() -> Iterator[Finding]:
    key = str(settings.SECRET_KEY)
    if len(key) < SHORTEST_KEY or len(set(key)) < 10 or any(word in key.lower() for word in WELL_KNOWN):
        yield error(
            "secret_key",
            _("SECRET_KEY is short or well known: sessions and links can be forged."),
            _("Set SECRET_KEY to 50 random characters, and keep the old one in SECRET_KEY_FALLBACKS."),
        )


@check
def files_of_keys() -> Iterator[Finding]:
    folder = Path(settings.SIGNING_DIR)
    inside = sorted(folder.rglob("*")) if folder.is_dir() else []
    for path in (Path(settings.DATA_DIR) / "secret_key", *inside):
        # Certificates are public; whatever else is there may be a key.
        if path.is_file() and path.name != "root.pem" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield error(
                "key_readable",
                _("%(name)s can be read by other accounts of this machine.") % {"name": path.name},
                _("Run chmod 600 on it."),
            )


@check
def public_url() -> Iterator[Finding]:
    address = urlsplit(settings.PUBLIC_URL)
    host = address.hostname or ""
    if address.scheme not in ("http", "https") or not host:
        yield error(
            "public_url",
            _("PUBLIC_URL isn't the address of a site."),
            _("Set it to what people type, such as https://clips.example.com."),
        )
        return
    allowed = [each for each in settings.ALLOWED_HOSTS if each not in HERE]
    if is_public() and not validate_host(host, settings.ALLOWED_HOSTS):
        yield error(
            "allowed_hosts",
            _("ALLOWED_HOSTS doesn't have %(host)s, so links lead to an error.") % {"host": host},
            _("Add it to ALLOWED_HOSTS."),
        )
    if not is_public() and allowed:
        yield error(
            "public_url_local",
            _("ALLOWED_HOSTS names %(host)s, but PUBLIC_URL is this machine: links in mails lead nowhere.")
            % {"host": allowed[0]},
            _("Set PUBLIC_URL to the address that people use."),
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield warning(
            "any_host", _("ALLOWED_HOSTS takes any name."), _("Name the hosts that people use instead of *.")
        )
    if is_public() and address.scheme == "http":
        yield error(
            "no_https",
            _("PUBLIC_URL is http: passwords and sessions travel in the open."),
            _("Put a proxy with a certificate in front, and set PUBLIC_URL to https://…"),
        )


@check
def proxy() -> Iterator[Finding]:
    if settings.HTTPS and not settings.BEHIND_PROXY:
        yield error(
            "behind_proxy",
            _("PUBLIC_URL is https, but BEHIND_PROXY is 0: everyone seems to have the address of the proxy."),
            _("Set BEHIND_PROXY to the number of proxies that add to X-Forwarded-For."),
        )


@check
def mail() -> Iterator[Finding]:
    if not mails.is_on():
        yield warning(
            "mail_off",
            _("Mail is off, so invitations and password links have to be passed on by hand."),
            _("Set EMAIL_HOST, or fill in Administration → Mail."),
        )
