"""What python3-saml is told of a provider, through django-allauth."""

from typing import Any

from dam.sso.providers import Provider

ADDRESSES = [
    "urn:oid:0.9.2342.19200300.100.1.3",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "email",
    "mail",
]
NAMES = [
    "urn:oid:2.16.840.1.113730.3.1.241",
    "http://schemas.microsoft.com/identity/claims/displayname",
    "displayName",
    "name",
]


def of(provider: Provider) -> dict[str, Any]:
    """Every assertion signed, by algorithms that hold, for a sign-in that began here."""
    return {
        "idp": {
            "entity_id": provider.entity_id,
            "sso_url": provider.sign_in_url,
            "x509cert": provider.certificate,
        },
        "attribute_mapping": {"email": ADDRESSES, "name": NAMES},
        "advanced": {
            "strict": True,
            "want_assertion_signed": True,
            "reject_deprecated_algorithm": True,
            "reject_idp_initiated_sso": True,
            "want_attribute_statement": False,
        },
    }
