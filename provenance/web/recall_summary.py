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
from dam.catalog.models import Version
from dam.rights import territories
from dam.web.usage_status import USES
from provenance.recalls import recalls
from provenance.recalls.models import Recall, RecallNotice


@dataclass(frozen=True)
class Progress:
    recall: Recall
    confirmed: int
    asked: int
    away: int  # can't be asked any more

    @property
    def waiting(self) -> int:
        return self.asked - self.confirmed

    @property
    def sentence(self) -> str:
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
    """In two queries, however many there are."""
    rows = list(found)
    counted = recalls.counts([each.pk for each in rows])
    return [
        Progress(each, counts["confirmed"], counts["asked"], counts["away"])
        for each in rows
        for counts in [counted[each.pk]]
    ]


def of_version(version: Version, *, by: Principal) -> Progress | None:
    """The newest recall of the version, for those who can withdraw."""
    if not by.can(Capability.WITHDRAW_RELEASE):
        return None
    newest = recalls.of_brand(by).filter(version=version).order_by("-pk")[:1]
    return next(iter(progress(newest)), None)


def lines(notices: Iterable[RecallNotice]) -> list[Line]:
    """With names of people and tokens as they are now, in one more query."""
    rows = list(notices)
    wanted = {each["token"] for row in rows for each in row.taken if each["token"]}
    tokens = dict(ApiToken.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
    return [Line(row, name(row), _copies(row.taken, tokens)) for row in rows]


def name(notice: RecallNotice) -> str:
    return str(notice.user) if notice.user else pseudonyms.of_reference(notice.reference)


def _copies(taken: Iterable[Mapping[str, Any]], tokens: Mapping[int, str]) -> tuple[Copy, ...]:
    return tuple(
        Copy(
            format=each["format"] or _("Release"),
            use=str(USES.get(each["use"], each["use"])),
            territory=territories.name_of(each["territory"]) if each["territory"] else "",
            times=each["times"],
            last=datetime.fromisoformat(each["last"]),
            token=tokens.get(each["token"], "") if each["token"] else "",
        )
        for each in taken
    )
