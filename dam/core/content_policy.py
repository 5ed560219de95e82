"""Where scripts may send to beside us, as the Content-Security-Policy words it. Pure."""

import re
from urllib.parse import quote

from django.core.exceptions import ImproperlyConfigured

STAGED = "staging/uploads/"  # dam.ingest.uploads.FOLDER
ADDRESS = re.compile(r"https?://[^\s;,'\"?#]+")


def part_sources(storage: str, *, public_url: str) -> list[str]:
    """The one folder of the bucket that browsers put the parts of uploads into; none for any other storage.

    A policy matches what lies below a path that ends in a slash: so no script reaches another bucket of the
    same store. Raises ImproperlyConfigured for an address that a policy can't name.

    >>> part_sources("s3://media/reelproof", public_url="https://s3.example.com")
    ['https://s3.example.com/media/reelproof/staging/uploads/']
    """
    if not storage.startswith("s3://") or not public_url:
        return []
    if ADDRESS.fullmatch(public_url) is None:
        raise ImproperlyConfigured(
            f"S3_PUBLIC_URL={public_url!r} is no address such as https://s3.example.com."
        )
    bucket = storage.removeprefix("s3://").strip("/")
    return [f"{public_url}/{quote(bucket)}/{STAGED}"]
