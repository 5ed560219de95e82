"""A recall in words: how far it is, and what a person took."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from dam.accounts import pseudonyms
from dam.accounts.capabilities import Capability
from dam.accounts.models import ApiToken
from dam.accounts.principals import Principal
from dam.audit.models import SealedName
from dam.catalog.models import Version
from dam.rights import making, territories
from dam.rights.visibility import visible_versions
from dam.web import place_form
from provenance.recalls import recalls
from provenance.recalls.models import Recall, RecallNotice


@dataclass(frozen=True)
class Progress:
    recall: Recall
    confirmed: int
    asked: int
    away: int  # can't be asked any more
    reached: int = 0  # versions that were made from its version

    @property
    def waiting(self) -> int:
        return self.asked - self.confirmed

    @property
    def open(self) -> bool:
        """Whether somebody who can be asked is waited for."""
        return bool(self.waiting) and self.recall.lifted_at is None

    @property
    def sentence(self) -> str:
        if not self.asked and not self.away:
            return _("No one took a copy")
        if not self.asked:
            return _("No one who took a copy can be asked any more")
        return _("%(confirmed)d of %(asked)d confirmed") % {"confirmed": self.confirmed, "asked": self.asked}


@dataclass(frozen=True)
class Copy:
    """One line of what a person took."""

    format: str
    use: str  # "" is not said
    territory: str
    times: int
    last: datetime
    token: str

    @property
    def purpose(self) -> str:
        """In words, as "web, Germany"."""
        return ", ".join(filter(None, (self.use, self.territory)))


@dataclass(frozen=True)
class Line:
    notice: RecallNotice
    name: str
    copies: tuple[Copy, ...]


def progress(found: Iterable[Recall]) -> list[Progress]:
    """In three queries, however many there are."""
    rows = list(found)
    counted = recalls.counts([each.pk for each in rows])
    reached = recalls.reached_by([each.pk for each in rows])
    return [
        Progress(each, counts["confirmed"], counts["asked"], counts["away"], reached[each.pk])
        for each in rows
        for counts in [counted[each.pk]]
    ]


@dataclass(frozen=True)
class Cause:
    """Something withdrawn that a version was made from; `title` is empty where whoever asks can't see it."""

    title: str
    at: datetime


def causes(version: Version, *, by: Principal) -> list[Cause]:
    """Why a version was recalled that wasn't withdrawn itself, for those who know how hidden clips stand."""
    if not making.knows_hidden(by):
        return []
    found = recalls.causes(version)
    keys = [each.version_id for each in found]
    seen = set(visible_versions(by).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
    return [Cause(each.title if each.version_id in seen else "", each.at) for each in found]


def of_version(version: Version, *, by: Principal) -> Progress | None:
    """The newest recall of the version, for those who can withdraw."""
    if not by.can(Capability.WITHDRAW_RELEASE):
        return None
    newest = recalls.of_brand(by).filter(version=version).order_by("-pk")[:1]
    return next(iter(progress(newest)), None)


def lines(notices: Iterable[RecallNotice]) -> list[Line]:
    """With names of people and tokens as they are now, in two more queries.

    Guests have the name that the activity log has, unless it was erased.
    """
    rows = list(notices)
    wanted = {each["token"] for row in rows for each in row.taken if each["token"]}
    tokens = dict(ApiToken.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
    unknown = [row.reference for row in rows if row.user is None]
    sealed = SealedName.objects.filter(reference__in=unknown, erased_at=None).order_by("pk")
    named = dict(sealed.values_list("reference", "name")) if unknown else {}
    return [Line(row, _name(row, named), _copies(row.taken, tokens)) for row in rows]


def _name(notice: RecallNotice, named: Mapping[str, str]) -> str:
    if notice.user:
        return str(notice.user)
    return named.get(notice.reference) or pseudonyms.of_reference(notice.reference)


def _copies(taken: Iterable[Mapping[str, Any]], tokens: Mapping[int, str]) -> tuple[Copy, ...]:
    return tuple(
        Copy(
            format=_("Marked copy") if each.get("marked") else each["format"] or _("Release"),
            use=place_form.name_use(each["use"]) if each["use"] else "",
            territory=territories.name_of(each["territory"]) if each["territory"] else "",
            times=each["times"],
            last=datetime.fromisoformat(each["last"]),
            token=tokens.get(each["token"], "") if each["token"] else "",
        )
        for each in taken
    )
