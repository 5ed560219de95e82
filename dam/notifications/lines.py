"""Notifications as pages and mails show them. Words are made when asked for, in the language of then."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from dam.catalog.models import Asset, Version
from dam.notifications import wording
from dam.notifications.inbox import Told
from dam.notifications.kinds import KINDS, Kind

_OF_RIGHTS = ("rights_ending", "consent_over", "renewal_asked")


@dataclass(frozen=True)
class Line:
    """One notification."""

    told: Told

    @property
    def key(self) -> int:
        return self.told.row.pk

    @property
    def at(self) -> datetime:
        return self.told.row.at

    @property
    def unread(self) -> bool:
        return self.told.row.read_at is None

    @property
    def kind(self) -> Kind:
        return KINDS[self.told.row.kind]

    @property
    def icon(self) -> str:
        return wording.ICONS[self.told.row.kind]

    @property
    def title(self) -> str:
        return wording.title(self.told)

    @property
    def sentence(self) -> str:
        return wording.sentence(self.told)

    @property
    def excerpt(self) -> str:
        return wording.excerpt(self.told)

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        return wording.links(self.told)

    @property
    def address(self) -> str:
        """The page that marks it as read and leads on, from the installation's address."""
        slug = self.told.row.brand.slug
        return f"{settings.PUBLIC_URL}{reverse('notification', args=[slug, self.key])}"


@dataclass
class Group:
    """What was told of one clip or saved search, or one thing that is about many or none."""

    lines: list[Line]

    @cached_property
    def title(self) -> str:
        return self.lines[0].title

    @property
    def asset(self) -> Asset | None:
        return self.lines[0].told.asset

    @property
    def unread(self) -> bool:
        return any(line.unread for line in self.lines)


def grouped(lines: Iterable[Line]) -> list[Group]:
    """By clip or saved search, in the order of each one's newest; a storm stands alone."""
    groups: list[Group] = []
    of_clip: dict[object, Group] = {}
    for line in lines:
        alone = line.told.asset is None or line.told.others
        alert = line.told.row.alert_id
        key: object = ("alert", alert) if alert else line.key if alone else line.told.asset
        if key in of_clip:
            of_clip[key].lines.append(line)
        else:
            of_clip[key] = Group([line])
            groups.append(of_clip[key])
    return groups


def target(told: Told) -> str:
    """The page on which it is dealt with."""
    slug, kind, asset = told.row.brand.slug, KINDS[told.row.kind], told.asset
    if told.row.alert is not None:
        return f"{reverse(kind.opens, args=[slug])}?search={told.row.alert.search_id}"
    if told.row.kind == "take_down" and (recall := wording.one_recall(told)):
        return reverse("take-down", args=[slug, recall])
    if asset is None:
        page = {"asset": "library", "asset-open-review": "reviews"}.get(kind.opens, kind.opens)
        return reverse("generate" if kind.name == "take" else page, args=[slug])
    if (key := wording.one_set(told)) is not None:
        return reverse("review-set", args=[slug, key])
    if told.others:
        page = "reviews" if kind.opens == "asset-open-review" else "library"
        return reverse("rights-ends" if kind.name in _OF_RIGHTS else page, args=[slug])
    address = reverse(kind.opens, args=[slug, asset.pk])
    asked = {"tab": kind.tab} if kind.tab and kind.opens == "asset" else {}
    if kind.name in _OF_RIGHTS and (number := _released_before(told, asset)):
        asked["version"] = str(number)
    return f"{address}?{urlencode(asked)}" if asked else address


def _released_before(told: Told, asset: Asset) -> int | None:
    """The number of the version that it is about, where those who see drafts are shown a newer one."""
    named = told.event.data.get("version") if told.event is not None else None
    if asset.released_id is None or named != str(asset.released_id) or asset.released_id == asset.latest_id:
        return None
    return Version.objects.filter(pk=asset.released_id).values_list("number", flat=True).first()
