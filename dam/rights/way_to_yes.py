"""What helps against each reason for a no, and who can do it. Pure: causes in, steps out.

The shortest way: what a review will settle anyway is no step of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from dam.accounts.capabilities import Capability
from dam.core.language import gettext as _
from dam.core.language import noop
from dam.rights.policy import Cause


class Who(StrEnum):
    """People who aren't known by a capability."""

    CREATOR = "creator"  # of the version
    REVIEWERS = "reviewers"  # whom its open review waits for
    INSTALLATION = "installation"  # who runs the installation
    ASKER = "asker"  # whoever asks


class Place(StrEnum):
    """Where the step is taken, for those who can take it."""

    SEND = "send"
    REVIEW = "review"
    NEW_VERSION = "new_version"
    RENEWAL = "renewal"
    FIRST_DAY = "first_day"
    CONSENTS = "consents"
    SOURCES = "sources"
    DOWNLOADS = "downloads"
    TRASH = "trash"
    NOWHERE = ""


@dataclass(frozen=True)
class Step:
    """`words` say what to do, `who` can do it. `open_to_all`: anyone may begin it, who answers is asked."""

    words: str
    who: Capability | Who
    at: Place = Place.NOWHERE
    open_to_all: bool = False

    def said(self) -> str:
        return _(self.words)


_SEND = Step(noop("Send it to review."), Capability.SUBMIT, Place.SEND)
_ANEW = Step(noop("Upload a new version and send it to review."), Who.CREATOR, Place.NEW_VERSION)
_WIDEN = Step(
    noop("Ask for a wider clearance: a legal reviewer grants it in a new review."), Capability.DECIDE_LEGAL
)
_SOURCE = Step(
    noop("Settle it for the clip that this one is made from, or make a version without that clip."),
    Capability.DECIDE_LEGAL,
    Place.SOURCES,
)
STEPS: Mapping[Cause, Step] = MappingProxyType(
    {
        Cause.TRASHED: Step(noop("Restore it from the trash."), Capability.TRASH, Place.TRASH),
        Cause.DRAFT: _SEND,
        Cause.IN_REVIEW: Step(noop("Wait for the review to be decided."), Who.REVIEWERS, Place.REVIEW),
        Cause.CHANGES_REQUESTED: Step(
            noop("Upload a new version with the requested changes and send it to review."),
            Who.CREATOR,
            Place.NEW_VERSION,
        ),
        Cause.REJECTED: _ANEW,
        Cause.WITHDRAWN: _SEND,
        Cause.NOT_APPROVED: _SEND,
        Cause.ALTERED: Step(
            noop("Upload the file again as it was exported, as a new version."),
            Who.CREATOR,
            Place.NEW_VERSION,
        ),
        Cause.EMBARGO: Step(
            noop("Wait for that day, or ask for the embargo to be lifted."),
            Capability.DECIDE_LEGAL,
            Place.FIRST_DAY,
        ),
        Cause.ENDED: Step(
            noop("Ask to renew the clearance."),
            Capability.DECIDE_LEGAL,
            Place.RENEWAL,
            open_to_all=True,
        ),
        Cause.CONSENT_ENDED: Step(
            noop("Ask for a new consent and have it recorded."), Capability.DECIDE_LEGAL, Place.CONSENTS
        ),
        Cause.NO_USE: _WIDEN,
        Cause.USE: _WIDEN,
        Cause.TERRITORY: _WIDEN,
        Cause.SOURCE_STOPPED: _SOURCE,
        Cause.SOURCE_EMBARGO: Step(
            noop("Wait for that day, or ask for the embargo of the clip that it's made from to be lifted."),
            Capability.DECIDE_LEGAL,
            Place.SOURCES,
        ),
        Cause.SOURCE_ENDED: Step(
            noop("Ask to renew the clearance of the clip that it's made from."),
            Capability.DECIDE_LEGAL,
            Place.SOURCES,
        ),
        Cause.SOURCE_CONSENT: Step(
            noop("Ask for a new consent for the clip that it's made from and have it recorded."),
            Capability.DECIDE_LEGAL,
            Place.SOURCES,
        ),
        Cause.SOURCE_USE: Step(
            noop("Ask for a wider clearance of the clip that it's made from."),
            Capability.DECIDE_LEGAL,
            Place.SOURCES,
        ),
        Cause.SOURCE_TERRITORY: Step(
            noop("Ask for a wider clearance of what it's made from."),
            Capability.DECIDE_LEGAL,
            Place.SOURCES,
        ),
        Cause.MODEL_LICENCE: Step(
            noop("Have the model's licence recorded as cleared, or make the clip with another model."),
            Who.INSTALLATION,
        ),
        Cause.MODEL_TERRITORY: Step(
            noop("Make a version with a model whose licence covers that country."), Who.CREATOR
        ),
        Cause.LABEL: Step(noop("Download the labelled file."), Who.ASKER, Place.DOWNLOADS),
    }
)
# What a review decides on anew: while none has approved it, a wider clearance is no step of its own.
_REVIEWED = frozenset(
    {
        Cause.DRAFT,
        Cause.IN_REVIEW,
        Cause.CHANGES_REQUESTED,
        Cause.REJECTED,
        Cause.WITHDRAWN,
        Cause.NOT_APPROVED,
    }
)
_BY_REVIEW = frozenset({Cause.NO_USE, Cause.USE, Cause.TERRITORY, Cause.ENDED, Cause.EMBARGO})


def steps(causes: Iterable[Cause]) -> tuple[Step, ...]:
    """The steps from these causes to a yes, each once, in the order in which they are said."""
    named = list(causes)
    if _REVIEWED & set(named):
        named = [cause for cause in named if cause not in _BY_REVIEW]
    return tuple(dict.fromkeys(STEPS[cause] for cause in named))
