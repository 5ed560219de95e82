"""Codes of an authenticator app and recovery codes: each opens once, whatever the cache remembers."""

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import decrypt
from django.db import transaction

USED = "used_counter"  # in the authenticator's data: the latest half minute of which a code was taken


def opens(authenticator: Authenticator, code: str) -> bool:
    """Whether the code is right and was not used before; then it is used."""
    if authenticator.type != Authenticator.Type.TOTP:
        return bool(authenticator.wrap().validate_code(code))
    with transaction.atomic():
        locked = Authenticator.objects.select_for_update().filter(pk=authenticator.pk).first()
        if locked is None:
            return False
        counter = _counter_of(decrypt(locked.data["secret"]), code)
        if counter is None or counter <= locked.data.get(USED, -1):
            return False
        locked.data[USED] = counter
        locked.save(update_fields=["data"])
    return True


def _counter_of(secret: str, code: str) -> int | None:
    typed = "".join(code.split())
    for counter in auth.yield_hotp_counters_from_time():
        expected = auth.format_hotp_value(auth.hotp_value(secret, counter))
        if auth.compare_user_code(actual=typed, expected=expected):
            return int(counter)
    return None
