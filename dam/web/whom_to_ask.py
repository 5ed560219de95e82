"""The way to a yes for one person and clip: each step with who can take it, by name, or where they do it.

Names are of people of the clip's brand alone, and of no list: whoever is told sees the clip.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dam.accounts import principals, times
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Guest, Member, Principal
from dam.catalog.models import Version
from dam.core import language
from dam.rights import way_to_yes
from dam.rights.policy import Cause, Verdict
from dam.rights.way_to_yes import Place, Step, Who
from dam.web import asset_version

WAITS_FOR = "provenance.review.waiting.of"  # whom a review asks; it stands above
MOST = 3  # names


@dataclass(frozen=True)
class Advice:
    """A step in words; `ask` names people, `url` is where whoever asks does it themselves."""

    step: str
    ask: str = ""
    url: str = ""

    def __str__(self) -> str:
        return f"{self.step} {self.ask}".strip()


def way(version: Version, causes: Collection[Cause], *, by: Principal, at: datetime) -> tuple[Advice, ...]:
    """In a few queries, however many steps and people there are; none where nothing stops it."""
    if not causes or isinstance(by, Guest):
        return ()
    staff = principals.members_of(version.brand)
    return tuple(_advice(step, version, staff, by=by, at=at) for step in way_to_yes.steps(causes))


def _advice(step: Step, version: Version, staff: Sequence[Member], *, by: Principal, at: datetime) -> Advice:
    said = Advice(step.said())
    if step.who == Who.ASKER:
        return replace(said, url=_address(step.at, version))
    if step.who == Who.REVIEWERS:
        return _waiting(said, version, staff, by=by, at=at)
    able = _able(step.who, version, staff)
    can = by.user is not None and any(each.user == by.user for each in able) and _may(step.who, by)
    if can or step.open_to_all:
        said = replace(said, url=_address(step.at, version))
    if can:
        return said
    if step.who == Who.INSTALLATION and not able:
        return replace(said, ask=_("Ask an installation administrator."))
    return replace(said, ask=_ask(able))


def _able(who: Capability | Who, version: Version, staff: Sequence[Member]) -> list[Member]:
    if who == Who.CREATOR:
        made = [each for each in staff if each.user.pk == version.created_by_id]
        return made or [each for each in staff if each.can(Capability.UPLOAD)]
    if who == Who.INSTALLATION:
        return [each for each in staff if each.runs_installation]
    return [each for each in staff if isinstance(who, Capability) and each.can(who)]


def _may(who: Capability | Who, by: Principal) -> bool:
    """A token may do a part of what its owner may."""
    needed = who if isinstance(who, Capability) else Capability.UPLOAD
    return who == Who.INSTALLATION or by.can(needed)


def _waiting(
    said: Advice, version: Version, staff: Sequence[Member], *, by: Principal, at: datetime
) -> Advice:
    found: Any = import_string(WAITS_FOR)(version, at=at)
    if found is None:
        return said
    able = [
        each
        for each in staff
        if (each.can(found.capability) and each.user.pk not in found.not_asked)
        and (found.people is None or each.user.pk in found.people)
    ]
    url = _address(Place.REVIEW, version) if by.can(Capability.VIEW_UNRELEASED) else ""
    since = {"day": language.day(found.since.astimezone(at.tzinfo))}
    if not able:
        return replace(said, ask=_("It has waited since %(day)s.") % since, url=url)
    told = _("It has waited for %(people)s since %(day)s.") % {**since, "people": _named(able)}
    return replace(said, ask=told, url=url)


def _ask(able: Sequence[Member]) -> str:
    if not able:
        return _("No one in this brand can do this now. Ask an administrator of the brand.")
    return _("Ask %(people)s.") % {"people": _named(able)}


def _named(able: Sequence[Member]) -> str:
    """ "Ada, Ben, Cleo and 2 more" """
    shown, more = way_to_yes.few([each.name for each in able], most=MOST)
    if not more:
        return language.either(shown)
    rest = ngettext("%(count)s more", "%(count)s more", more) % {"count": more}
    return language.listed([*shown, rest])


def _address(place: Place, version: Version) -> str:
    brand, clip = version.brand.slug, version.asset_id
    match place:
        case Place.SEND:
            return f"{asset_version.address(version, tab='review')}#send"
        case Place.REVIEW:
            return f"{reverse('asset-open-review', args=[brand, clip])}?version={version.number}"
        case Place.NEW_VERSION:
            return f"{reverse('asset', args=[brand, clip])}#upload"
        case Place.RENEWAL:
            return f"{asset_version.address(version, tab='rights')}#renewal"
        case Place.FIRST_DAY:
            return f"{reverse('asset-embargo', args=[brand, clip])}?version={version.number}"
        case Place.CONSENTS:
            return f"{asset_version.address(version, tab='rights')}#consents"
        case Place.SOURCES:
            return f"{asset_version.address(version, tab='rights')}#made-from-title"
        case Place.DOWNLOADS:
            return f"{reverse('asset-downloads', args=[brand, clip])}?version={version.number}"
        case _:
            return ""


def refusal(version: Version, verdict: Verdict, *, by: Principal) -> str:
    """Why something may not leave, and what helps, as one text."""
    advice = way(version, verdict.causes, by=by, at=times.here(version.brand))
    return " ".join([*verdict.reasons, *map(str, advice)])
