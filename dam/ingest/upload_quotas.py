"""How much one person, and one brand, may have under way at once: room that all brands share."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from dam.accounts.models import Brand, User
from dam.core import errors, locks
from dam.ingest.models import Upload, UploadState

# An upload that nothing comes of for so long counts no more.
COUNTED = timedelta(hours=1)


class TooManyOpen(errors.TooMany):
    """The person, or the brand, has as much under way as it may."""

    title = "Too many uploads in progress"


def require(*, brand: Brand, user: User, size: int) -> None:
    """Raise TooManyOpen unless an upload of `size` bytes may begin. No other does before the commit."""
    for name in (f"uploads of user {user.pk}", f"uploads of brand {brand.pk}"):
        locks.hold(name)
    rows = Upload.objects.filter(
        Q(user=user) | Q(brand=brand), state=UploadState.RECEIVING, updated_at__gte=timezone.now() - COUNTED
    )
    under_way = rows.aggregate(
        mine=Count("pk", filter=Q(user=user)),
        my_bytes=Sum("size", filter=Q(user=user), default=0),
        ours=Count("pk", filter=Q(brand=brand)),
        our_bytes=Sum("size", filter=Q(brand=brand), default=0),
    )
    _require(
        "you have",
        open_now=under_way["mine"],
        most=settings.UPLOADS_PER_PERSON,
        size=under_way["my_bytes"] + size,
        most_bytes=settings.UPLOAD_BYTES_PER_PERSON,
    )
    _require(
        f"{brand} has",
        open_now=under_way["ours"],
        most=settings.UPLOADS_PER_BRAND,
        size=under_way["our_bytes"] + size,
        most_bytes=settings.UPLOAD_BYTES_PER_BRAND,
    )


def _require(whose: str, *, open_now: int, most: int, size: int, most_bytes: int) -> None:
    if open_now >= most:
        raise TooManyOpen(
            f"{whose[0].upper()}{whose[1:]} {open_now:,} uploads in progress, and the limit is {most:,}. "
            "Let some finish or cancel them, then try again."
        )
    if open_now and size > most_bytes:  # one alone is bounded by its own limit
        raise TooManyOpen(
            f"With this file, {whose} {filesizeformat(size)} of uploads in progress, "
            f"and the limit is {filesizeformat(most_bytes)}. "
            "Let some uploads finish or cancel them, then try again."
        )
