"""Why somebody whom a provider has signed in is not let in, and how they go on."""

from dam.core import errors


class NotLetIn(errors.Refused):
    code = "company_sign_in"


class NoAddress(NotLetIn):
    """The provider tells no address, so nobody knows who it is."""

    code = "no_address"


class NotVerified(NotLetIn):
    """The address may be another's: the provider has not checked it."""

    code = "address_not_verified"


class OtherDomain(NotLetIn):
    """The provider doesn't speak for addresses of this domain."""

    code = "other_domain"


class NoBrand(NotLetIn):
    """Neither their groups nor an invitation give them a brand."""

    code = "no_brand"
