"""Clips that comments point at: an address in the words, shown as the clip to those who see that clip.

What is kept are the words alone. For everyone else such an address says nothing of the clip: not its title,
not its picture, not whether it is there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.catalog.models import AssetKind, RenditionKind, Version
from dam.rights import visibility
from provenance.review import clip_addresses
from provenance.review.clip_addresses import ClipAddress

MOST = 10  # of one comment; what stands after them is shown as it was written


@dataclass(frozen=True)
class Clip:
    """One that the reader sees. `number` is that of the version that the address names, else None."""

    title: str
    kind: str  # in words
    kind_name: str
    version: Version
    number: int | None
    at_ms: int | None
    address: str  # below the site's own

    @property
    def url(self) -> str:
        return f"{settings.PUBLIC_URL}{self.address}"

    @property
    def has_poster(self) -> bool:
        return RenditionKind.POSTER in self.version.rendition_by_kind


@dataclass(frozen=True)
class Part:
    """A piece of what somebody wrote: words, a clip, or (`hidden`) an address that its reader can't open."""

    words: str = ""
    clip: Clip | None = None
    hidden: bool = False


@dataclass(frozen=True)
class Clips:
    """What one reader sees of the clips that some texts point at."""

    versions: Mapping[tuple[UUID, int | None], Version]

    def parts(self, text: str) -> list[Part]:
        """The text in pieces; none of one that points at nothing."""
        pieces: list[Part] = []
        last = 0
        for each in found_in(text):
            if words := text[last : each.start]:
                pieces.append(Part(words=words))
            clip = self._clip(each)
            pieces.append(Part(clip=clip, hidden=clip is None))
            last = each.end
        if pieces and (words := text[last:]):
            pieces.append(Part(words=words))
        return pieces

    def plain(self, text: str) -> str:
        """With titles in the place of addresses."""
        return self._worded(text, lambda clip: _("“%(title)s”") % {"title": clip.title})

    def told(self, text: str) -> str:
        """With titles before the addresses, for files that leave."""
        return self._worded(text, lambda clip: f"“{clip.title}” ({clip.url})")

    def kept(self, text: str) -> str:
        """As it was written, but for what the reader can't open."""
        return self._worded(text, lambda clip: clip.url)

    def of(self, text: str) -> list[Clip]:
        """The clips of a text that the reader sees, each once."""
        seen = {part.clip.url: part.clip for part in self.parts(text) if part.clip is not None}
        return list(seen.values())

    def _worded(self, text: str, say: Callable[[Clip], str]) -> str:
        pieces = self.parts(text)
        return (
            "".join(
                say(part.clip) if part.clip is not None else cannot_open() if part.hidden else part.words
                for part in pieces
            )
            if pieces
            else text
        )

    def _clip(self, address: ClipAddress) -> Clip | None:
        version = self.versions.get((address.asset, address.number))
        if version is None:
            return None
        at_ms = address.at_ms if 0 <= (address.at_ms or 0) < (version.duration_ms or 0) else None
        asked = {}
        if address.number is not None:
            asked["version"] = str(address.number)
        if at_ms is not None:
            asked["t"] = f"{at_ms / 1000:.3f}"
        page = reverse("asset", args=[version.brand.slug, version.asset_id])
        return Clip(
            title=version.asset.title,
            kind=str(AssetKind(version.kind).label),
            kind_name=version.kind,
            version=version,
            number=address.number,
            at_ms=at_ms,
            address=f"{page}?{urlencode(asked)}" if asked else page,
        )


NOTHING = Clips({})  # what guests and strangers see


def cannot_open() -> str:
    """What stands there for those who can't know of the clip, or where there is none."""
    return _("A clip you can't open")


def found_in(text: str) -> Iterator[ClipAddress]:
    return islice(clip_addresses.find(text, site=settings.PUBLIC_URL), MOST)


def count_in(text: str) -> int:
    return sum(1 for _each in clip_addresses.find(text, site=settings.PUBLIC_URL))


def without(text: str) -> str:
    """The words that search finds it by."""
    return clip_addresses.without(text, site=settings.PUBLIC_URL)


def clips(texts: Iterable[str], *, to: Principal | None) -> Clips:
    """What this reader sees of all the clips that these texts point at; two queries, none where none does.

    For nobody's eyes, and for those who see no more than a link opens, nothing.
    """
    if to is None or not to.can(Capability.VIEW_UNRELEASED):
        return NOTHING
    wanted = {(each.asset, each.number) for text in texts for each in found_in(text)}
    if not wanted:
        return NOTHING
    newest = {asset for asset, number in wanted if number is None}
    pinned = {(asset, number) for asset, number in wanted if number is not None}
    rows = visibility.visible_versions(to).filter(
        Q(asset__in=newest, latest_of__isnull=False)
        | Q(asset__in={asset for asset, _n in pinned}, number__in={number for _a, number in pinned})
    )
    found: dict[tuple[UUID, int | None], Version] = {}
    for row in rows.select_related("asset", "brand").prefetch_related("renditions"):
        if row.asset_id in newest and row.pk == row.asset.latest_id:
            found[row.asset_id, None] = row
        if (row.asset_id, row.number) in pinned:
            found[row.asset_id, row.number] = row
    return Clips(found)


def quoted(texts: Mapping[int, str], *, to: Principal) -> dict[int, tuple[str, tuple[tuple[str, str], ...]]]:
    """Of comments that somebody is told of: the words with titles, and title and address of each clip.

    Named by dam.notifications.inbox, which stands below.
    """
    seen = clips(texts.values(), to=to)
    return {
        key: (seen.plain(text), tuple((clip.title, clip.url) for clip in seen.of(text)))
        for key, text in texts.items()
    }
