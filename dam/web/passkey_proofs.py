"""A passkey in the place of a password, for one thing that is asked: the authenticator signs a challenge.

The challenge is fresh, kept in the session of whoever asked, bound to them and to what it is about, and good
for one try within a few minutes. The device must have asked for its PIN, face or finger.
"""

import json
import time
from typing import Any

from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from fido2.webauthn import UserVerificationRequirement

from dam.accounts.models import User

CHALLENGE = "passkey_proof"  # of a session
GOOD_FOR_SECONDS = 300.0
# Whatever is wrong with an answer that somebody made up.
WRONG = (ValueError, RecursionError, TypeError, KeyError, AttributeError, ValidationError)


class NoPasskey(LookupError):
    """The person has none."""


def begin(request: HttpRequest, user: User, *, about: str) -> dict[str, Any]:
    """What the browser's authenticator is asked with, as JSON can say it. Raises NoPasskey."""
    known = auth.get_credentials(user)
    if not known:
        raise NoPasskey
    server = auth.get_server()
    options, state = server.authenticate_begin(known, user_verification=UserVerificationRequirement.REQUIRED)
    request.session[CHALLENGE] = {"state": state, "user": user.pk, "about": about, "at": time.time()}
    return dict(options)


def holds(request: HttpRequest, user: User, *, about: str, answer: str) -> bool:
    """Whether the answer is this person's passkey over the challenge asked about this. Then it is spent."""
    asked = request.session.pop(CHALLENGE, None)
    if asked is None or asked["user"] != user.pk or asked["about"] != about:
        return False
    if time.time() - asked["at"] > GOOD_FOR_SECONDS:
        return False
    try:
        credential = json.loads(answer)
        used = auth.get_server().authenticate_complete(asked["state"], auth.get_credentials(user), credential)
    except WRONG:
        return False
    authenticator = auth.get_authenticator_by_credential_id(user, used.credential_id)
    if authenticator is None:
        return False
    authenticator.record_usage()
    return True
