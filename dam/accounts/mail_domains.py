"""Whose addresses may join a brand: all, or those of the domains that it names."""

from dam.accounts.models import Brand


def allows(brand: Brand, address: str) -> bool:
    """Whether somebody of that address can be invited to the brand, or join it by the company's sign-in."""
    if not brand.allowed_domains:
        return True
    domain = address.rpartition("@")[2]
    try:
        return domain.encode("idna").decode().lower() in brand.allowed_domains
    except UnicodeError:
        return False
