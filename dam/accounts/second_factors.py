"""What somebody signs in with beside the password: an authenticator app, passkeys, and recovery codes.

They are allauth's rows. A copy of the database alone signs in as no one: the secrets lie encrypted.
"""

from allauth.mfa.models import Authenticator

from dam.accounts.models import User

# Recovery codes only stand in for one of these.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def exist(user: User) -> bool:
    """Whether the person has set up a second factor."""
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


def has_passkey(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists())


def remove_all(user: User) -> int:
    """How many there were, recovery codes apart. They are gone, and so are the recovery codes."""
    removed = int(Authenticator.objects.filter(user=user, type__in=FACTORS).count())
    Authenticator.objects.filter(user=user).delete()
    return removed
