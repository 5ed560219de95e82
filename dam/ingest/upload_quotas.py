"""How much one person, and one brand, may have under way at once: room that all brands share."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.models import Brand, User
from dam.core import errors, locks
from dam.core.language import number
from dam.core.lazily import lazy
from dam.ingest.models import UNDER_WAY, Upload

# An upload that nothing comes of for so long counts no more.
COUNTED = timedelta(hours=1)


class TooManyOpen(errors.TooMany):
    """The person, or the brand, has as much under way as it may."""

    title = lazy("Too many uploads in progress")


def require(*, brand: Brand, user: User, size: int) -> None:
    """Raise TooManyOpen unless an upload of `size` bytes may begin. No other does before the commit."""
    for name in (f"uploads of user {user.pk}", f"uploads of brand {brand.pk}"):
        locks.hold(name)
    rows = Upload.objects.filter(
        Q(user=user) | Q(brand=brand), state__in=UNDER_WAY, updated_at__gte=timezone.now() - COUNTED
    )
    under_way = rows.aggregate(
        mine=Count("pk", filter=Q(user=user)),
        my_bytes=Sum("size", filter=Q(user=user), default=0),
        ours=Count("pk", filter=Q(brand=brand)),
        our_bytes=Sum("size", filter=Q(brand=brand), default=0),
    )
    _require(
        brand=None,
        open_now=under_way["mine"],
        most=settings.UPLOADS_PER_PERSON,
        size=under_way["my_bytes"] + size,
        most_bytes=settings.UPLOAD_BYTES_PER_PERSON,
    )
    _require(
        brand=brand,
        open_now=under_way["ours"],
        most=settings.UPLOADS_PER_BRAND,
        size=under_way["our_bytes"] + size,
        most_bytes=settings.UPLOAD_BYTES_PER_BRAND,
    )


def _require(*, brand: Brand | None, open_now: int, most: int, size: int, most_bytes: int) -> None:
    counts = {"brand": brand, "open": number(open_now), "most": number(most)}
    if open_now >= most and brand is None:
        raise TooManyOpen(
            _(
                "You have %(open)s uploads in progress, and the limit is %(most)s. Let some finish or cancel "
                "them, then try again."
            )
            % counts
        )
    if open_now >= most:
        raise TooManyOpen(
            _(
                "%(brand)s has %(open)s uploads in progress, and the limit is %(most)s. Let some finish or "
                "cancel them, then try again."
            )
            % counts
        )
    if not open_now or size <= most_bytes:  # one alone is bounded by its own limit
        return
    sizes = {"brand": brand, "size": filesizeformat(size), "most": filesizeformat(most_bytes)}
    if brand is None:
        raise TooManyOpen(
            _(
                "With this file, you have %(size)s of uploads in progress, and the limit is "
                "%(most)s. Let some "
                "uploads finish or cancel them, then try again."
            )
            % sizes
        )
    raise TooManyOpen(
        _(
            "With this file, %(brand)s has %(size)s of uploads in progress, and the limit is "
            "%(most)s. Let some "
            "uploads finish or cancel them, then try again."
        )
        % sizes
    )
