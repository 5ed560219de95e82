"""The providers that there are: one that the environment sets, and those of the administration."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings

from dam.core import sorting
from dam.sso.models import CompanyDomain, ProviderKind, SignInProvider

OF_ENVIRONMENT = "company"  # its slug, which no other takes
OF_DIRECTORY = "scim"  # in rules and memberships: what a directory gave; no provider is called so
RESERVED = frozenset({OF_ENVIRONMENT, OF_DIRECTORY, "openid_connect", "saml"})  # the last two are allauth's


@dataclass(frozen=True)
class Provider:
    slug: str
    kind: str
    name: str
    issuer: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    entity_id: str = ""
    sign_in_url: str = ""
    certificate: str = field(default="", repr=False)
    groups_claim: str = ""
    vouches_for_addresses: bool = False
    enabled: bool = True

    @property
    def is_openid(self) -> bool:
        return self.kind == ProviderKind.OPENID

    @property
    def of_environment(self) -> bool:
        return self.slug == OF_ENVIRONMENT


def known() -> list[Provider]:
    """All of them, also those that are switched off; the environment's first."""
    rows = SignInProvider.objects.order_by(sorting.alphabetical("name"), "pk")
    return [*_of_environment(), *(of_row(row) for row in rows)]


def offered() -> list[Provider]:
    """Those that people can sign in with now."""
    return [each for each in known() if each.enabled]


def named(slug: str) -> Provider | None:
    """The provider that people can sign in with; None where there is none of this name, or it is off."""
    return next((each for each in offered() if each.slug == slug), None)


def of_row(row: SignInProvider) -> Provider:
    return Provider(
        slug=row.slug,
        kind=row.kind,
        name=row.name,
        issuer=row.issuer,
        client_id=row.client_id,
        client_secret=row.client_secret,
        entity_id=row.entity_id,
        sign_in_url=row.sign_in_url,
        certificate=row.certificate,
        groups_claim=row.groups_claim,
        vouches_for_addresses=row.vouches_for_addresses or row.kind == ProviderKind.SAML,
        enabled=row.enabled,
    )


def domains_of(slug: str) -> frozenset[str]:
    """The domains whose addresses the provider speaks for."""
    found = frozenset(CompanyDomain.objects.filter(provider=slug).values_list("domain", flat=True))
    return found | frozenset(settings.OIDC_DOMAINS) if slug == OF_ENVIRONMENT else found


def only_company(address: str) -> Provider | None:
    """The provider that people of this address must sign in with; None where a password will do.

    A provider that is gone or off binds nobody: a company would be locked out with it.
    """
    row = CompanyDomain.objects.filter(domain=domain_of(address), only_company_sign_in=True).first()
    return named(row.provider) if row else None


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].strip().lower().rstrip(".")


def _of_environment() -> Iterable[Provider]:
    if settings.OIDC_ISSUER:
        yield Provider(
            slug=OF_ENVIRONMENT,
            kind=ProviderKind.OPENID,
            name=settings.OIDC_NAME or urlsplit(settings.OIDC_ISSUER).hostname or OF_ENVIRONMENT,
            issuer=settings.OIDC_ISSUER,
            client_id=settings.OIDC_CLIENT_ID,
            client_secret=settings.OIDC_CLIENT_SECRET,
            groups_claim=settings.OIDC_GROUPS_CLAIM,
            vouches_for_addresses=settings.OIDC_VOUCHES_FOR_ADDRESSES,
        )
