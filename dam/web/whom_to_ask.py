"""The way to a yes for one person and clip: each step with who can take it, by name, or where they do it.

Names are of people of the clip's brand alone, and of no list: whoever is told sees the clip. A program is
told roles instead.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dam.accounts import times
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Guest, Principal
from dam.catalog.models import Version
from dam.core import language
from dam.rights import way_to_yes
from dam.rights.policy import Cause, Verdict
from dam.rights.way_to_yes import Place, Step, Who
from dam.web import asset_version
from dam.web.decorators import BrandRequest
from dam.web.people_to_ask import Able, People


@dataclass(frozen=True)
class Advice:
    """A step in words; `ask` names people, `url` is where whoever asks does it themselves."""

    step: str
    ask: str = ""
    url: str = ""

    def __str__(self) -> str:
        return f"{self.step} {self.ask}".strip()


def people(request: BrandRequest) -> People:
    """Whom this request has looked up, for its other questions of the same clip."""
    kept: People = vars(request).setdefault("people_to_ask", People(request.brand, by=request.principal))
    return kept


def way(
    version: Version,
    causes: Collection[Cause],
    *,
    by: Principal,
    at: datetime,
    people: People | None = None,
) -> tuple[Advice, ...]:
    """In a few queries, however many steps and people there are; none where nothing stops it."""
    if not causes or isinstance(by, Guest):
        return ()
    known = people or People(version.brand, by=by)
    steps = way_to_yes.steps(causes)
    others = {step.who for step in steps if not (step.who in _OWN or _can(step.who, version, by=by))}
    able = known.of(version, others)
    return tuple(_advice(step, version, known, able, by=by, at=at) for step in steps)


_OWN = (Who.ASKER, Who.REVIEWERS)  # of no capability


def _can(who: Capability | Who, version: Version, *, by: Principal) -> bool:
    """Whether they can take that step whoever else can."""
    if who == Who.INSTALLATION:
        return by.runs_installation
    if who == Who.CREATOR:
        made = by.user is not None and by.user.pk == version.created_by_id
        return made and Capability.UPLOAD in by.within(version.brand)
    return who in by.within(version.brand)


def _advice(
    step: Step,
    version: Version,
    known: People,
    able: Mapping[Capability | Who, Able],
    *,
    by: Principal,
    at: datetime,
) -> Advice:
    said = Advice(step.said())
    if step.who == Who.ASKER:
        return replace(said, url=_address(step.at, version))
    if step.who == Who.REVIEWERS:
        return _waiting(said, version, known, by=by, at=at)
    others = able.get(step.who)
    can = others is None or _stands_in(step.who, others, version, by=by)
    if can or step.open_to_all:
        said = replace(said, url=_address(step.at, version))
    if can or others is None:
        return said
    if step.who == Who.INSTALLATION and not others.count:
        return replace(said, ask=_("Ask an installation administrator."))
    return replace(said, ask=_ask(others))


def _stands_in(who: Capability | Who, others: Able, version: Version, *, by: Principal) -> bool:
    """A new version is the creator's to make; of one who can't any more, anyone's who uploads."""
    left = not (others.made_it or others.roles)
    return who == Who.CREATOR and left and Capability.UPLOAD in by.within(version.brand)


def _waiting(said: Advice, version: Version, known: People, *, by: Principal, at: datetime) -> Advice:
    found = known.waiting(version, at=at)
    if found is None:
        return said
    url = _address(Place.REVIEW, version) if by.can(Capability.VIEW_UNRELEASED) else ""
    since = {"day": language.day(found.since.astimezone(at.tzinfo))}
    if not found.able.count:
        return replace(said, ask=_("It has waited since %(day)s.") % since, url=url)
    if found.able.roles:
        told = _("It has waited for someone with the role %(roles)s since %(day)s.")
        return replace(said, ask=told % {**since, "roles": _named(found.able)}, url=url)
    told = _("It has waited for %(people)s since %(day)s.") % {**since, "people": _named(found.able)}
    return replace(said, ask=told, url=url)


def _ask(able: Able) -> str:
    if not able.count:
        return _("No one in this brand can do this now. Ask an administrator of the brand.")
    if able.roles:
        return _("Ask someone with the role %(roles)s.") % {"roles": _named(able)}
    return _("Ask %(people)s.") % {"people": _named(able)}


def _named(able: Able) -> str:
    """ "Ada, Ben, Cleo and 2 more" """
    more = able.count - len(able.names)
    if not more:
        return language.either(able.names)
    rest = ngettext("%(count)s more", "%(count)s more", more) % {"count": more}
    return language.listed([*able.names, rest])


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
