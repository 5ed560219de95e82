"""What people and webhooks can hear of: one table. Pure.

Each kind follows verbs of the audit trail and nothing else, so whatever leaves such an event is heard of; but
for what alerts of saved searches find, which is no event. Who hears is said by their part in the clip or by
what they may do; whether they may see the clip is asked besides (dam.notifications.following), and again
whenever it is read (dam.notifications.inbox).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dam.accounts.capabilities import Capability
from dam.audit.verbs import Verb

REVIEW_SET = "review_set"  # in the data of a review's events: what the clip was sent together with


class Mail(StrEnum):
    """When a kind is mailed."""

    AT_ONCE = "at_once"
    DIGEST = "digest"
    OFF = "off"


class Who(StrEnum):
    """How a person comes to be concerned by an event."""

    ACTOR = "actor"  # what a machine finished in their name; else nobody hears of what they did themselves
    NAMED = "named"  # the event's data names them, under `Kind.named`
    ABOUT = "about"  # the person it was done to
    ASKED = "asked"  # they may decide what the data asks: `asks`, a capability, or `asked`, people
    MAKERS = "makers"  # of the clip and of its versions
    SUBMITTERS = "submitters"
    DECIDERS = "deciders"
    COMMENTERS = "commenters"
    DOWNLOADERS = "downloaders"
    COPY_HOLDERS = "copy_holders"  # has copies of what was withdrawn, and hasn't confirmed that they are down
    DEPUTIES = "deputies"  # stand in for somebody who is away and whom the data asks or names
    HOLDERS = "holders"  # of the capability `Kind.holders`


# Who had a part in a clip is read from its earlier events.
PARTS: Mapping[Who, frozenset[Verb]] = {
    Who.SUBMITTERS: frozenset({Verb.REVIEW_SUBMITTED}),
    Who.DECIDERS: frozenset(
        {
            Verb.REVIEW_APPROVED_IN_PART,
            Verb.REVIEW_APPROVED_STAGE,
            Verb.REVIEW_APPROVED,
            Verb.REVIEW_CHANGES_REQUESTED,
            Verb.REVIEW_REJECTED,
        }
    ),
    Who.COMMENTERS: frozenset({Verb.COMMENT_ADDED}),
    # Who took the release is asked by its recall.
    Who.DOWNLOADERS: frozenset({Verb.MASTER_DOWNLOADED}),
}


@dataclass(frozen=True)
class Follows:
    """A verb that is followed; with `key`, only where the event's data say `value` there, or anything."""

    verb: Verb
    key: str = ""
    value: str | None = None

    def covers(self, verb: str, data: Mapping[str, Any]) -> bool:
        if verb != self.verb or not self.key:
            return verb == self.verb
        said = data.get(self.key)
        return bool(said) if self.value is None else said == self.value


@dataclass(frozen=True)
class Kind:
    """One row of the table. People need `needs` to be told, and to read it later.

    `opens` names the page it leads to: one that takes the asset's id, or one of the brand.
    """

    name: str
    follows: tuple[Follows, ...]
    who: tuple[Who, ...]
    mail: Mail = Mail.DIGEST
    needs: Capability = Capability.VIEW_UNRELEASED
    opens: str = "asset"
    tab: str = ""
    named: str = ""
    holders: Capability | None = None
    webhooks: bool = True
    urgent: bool = False  # mailed at once to everyone, those too who only look things up
    by_set: bool = False  # clips that were sent to review together are told as one (an event's REVIEW_SET)
    by_alerts: bool = False  # alerts of saved searches set it off (dam.notifications.finds)

    @property
    def is_active(self) -> bool:
        """Whether anything can set it off: a kind without an event isn't offered to anybody."""
        return bool(self.follows) or self.by_alerts


_MAKING = (Who.MAKERS, Who.SUBMITTERS)

# Of several that concern a person, the first one counts.
KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "asked",
            (Follows(Verb.REVIEW_SUBMITTED), Follows(Verb.REVIEW_APPROVED_STAGE)),
            (Who.ASKED,),
            mail=Mail.AT_ONCE,
            opens="asset-open-review",
            by_set=True,
        ),
        Kind(
            "due_tomorrow",
            (Follows(Verb.REVIEW_DUE_TOMORROW), Follows(Verb.REVIEW_DUE_SOON)),
            (Who.ASKED,),
            mail=Mail.AT_ONCE,
            opens="asset-open-review",
            by_set=True,
        ),
        Kind(
            "overdue",
            (Follows(Verb.REVIEW_OVERDUE),),
            (Who.ASKED, Who.SUBMITTERS),
            opens="asset-open-review",
            by_set=True,
        ),
        Kind(
            "decided_for",
            (
                Follows(Verb.REVIEW_APPROVED_IN_PART, "for"),
                Follows(Verb.REVIEW_APPROVED_STAGE, "for"),
                Follows(Verb.REVIEW_APPROVED, "for"),
                Follows(Verb.REVIEW_CHANGES_REQUESTED, "for"),
                Follows(Verb.REVIEW_REJECTED, "for"),
            ),
            (Who.NAMED,),
            tab="review",
            named="for",
            webhooks=False,  # a person's own
        ),
        Kind(
            "decided",
            (
                Follows(Verb.REVIEW_APPROVED_IN_PART),
                Follows(Verb.REVIEW_APPROVED_STAGE),
                Follows(Verb.REVIEW_APPROVED),
                Follows(Verb.REVIEW_CHANGES_REQUESTED),
                Follows(Verb.REVIEW_REJECTED),
            ),
            _MAKING,
            mail=Mail.AT_ONCE,
        ),
        Kind(
            "assigned",
            (Follows(Verb.COMMENT_ASSIGNED),),
            (Who.NAMED,),
            mail=Mail.AT_ONCE,
            tab="review",
            named="assigned_to",
        ),
        Kind(
            "mentioned",
            (Follows(Verb.COMMENT_ADDED, "mentions"), Follows(Verb.COMMENT_EDITED, "mentions")),
            (Who.NAMED,),
            mail=Mail.AT_ONCE,
            tab="review",
            named="mentions",
        ),
        Kind(
            "replied",
            (Follows(Verb.COMMENT_ADDED, "replies_to"),),
            (Who.NAMED,),
            mail=Mail.AT_ONCE,
            tab="review",
            named="replies_to",
        ),
        Kind(
            "commented",
            (Follows(Verb.COMMENT_ADDED),),
            (*_MAKING, Who.COMMENTERS),
            tab="review",
        ),
        Kind(
            "standing_in",
            (
                Follows(Verb.REVIEW_SUBMITTED, "asked"),
                Follows(Verb.REVIEW_APPROVED_STAGE, "asked"),
                Follows(Verb.REVIEW_DUE_TOMORROW, "asked"),
                Follows(Verb.REVIEW_DUE_SOON, "asked"),
                Follows(Verb.REVIEW_OVERDUE, "asked"),
                Follows(Verb.COMMENT_ASSIGNED),
            ),
            (Who.DEPUTIES,),
            mail=Mail.AT_ONCE,
            tab="review",
            named="assigned_to",
            webhooks=False,  # a person's own
            by_set=True,
        ),
        Kind(
            "deputy",
            (Follows(Verb.ABSENCE_PLANNED), Follows(Verb.ABSENCE_ENDED)),
            (Who.ABOUT,),
            mail=Mail.AT_ONCE,
            opens="reviews",
            webhooks=False,
        ),
        Kind(
            "take",
            (
                Follows(Verb.ASSET_GENERATED),
                Follows(Verb.VERSION_ADDED, "origin", "generated"),
                Follows(Verb.JOB_FAILED),
            ),
            (Who.ACTOR, Who.NAMED),
            mail=Mail.OFF,
            named="requested_by",
        ),
        Kind(
            "changes_made",
            (Follows(Verb.VERSION_ADDED),),
            (Who.DECIDERS, Who.COMMENTERS),
        ),
        Kind(
            "release",
            (Follows(Verb.RELEASE_SIGNED), Follows(Verb.RELEASE_FAILED)),
            (*_MAKING, Who.DECIDERS),
        ),
        Kind(
            "take_down",
            (
                Follows(Verb.RECALL_OPENED),
                Follows(Verb.RECALL_ENDED),
                Follows(Verb.RECALL_STOPPED),
                Follows(Verb.RECALL_LIFTED),
                Follows(Verb.RECALL_REACHED),
                Follows(Verb.RECALL_REMINDED),
            ),
            (Who.COPY_HOLDERS,),
            mail=Mail.AT_ONCE,
            needs=Capability.VIEW,
            opens="take-downs",
            webhooks=False,  # a person's own copies; of the withdrawal they hear as `recalled`
            urgent=True,
        ),
        Kind(
            "outside",
            (Follows(Verb.GUEST_COMMENTED), Follows(Verb.GUEST_RECOMMENDED)),
            (Who.NAMED, Who.SUBMITTERS),
            mail=Mail.AT_ONCE,
            tab="review",
            named="invited_by",
        ),
        Kind(
            "recalled",
            (Follows(Verb.RELEASE_REVOKED),),
            (*_MAKING, Who.DECIDERS, Who.DOWNLOADERS),
            mail=Mail.AT_ONCE,
            needs=Capability.VIEW,
        ),
        Kind(
            "rights_ending",
            (Follows(Verb.RIGHTS_ENDING),),
            (*_MAKING, Who.HOLDERS),
            needs=Capability.VIEW,
            tab="rights",
            holders=Capability.SHARE,
        ),
        Kind(
            "consent_over",
            (Follows(Verb.CONSENT_WITHDRAWN, "counted"), Follows(Verb.CONSENT_ENDED)),
            (Who.HOLDERS,),
            mail=Mail.AT_ONCE,
            tab="rights",
            holders=Capability.DECIDE_LEGAL,
        ),
        Kind(
            "renewal_asked",
            (Follows(Verb.RENEWAL_ASKED),),
            (Who.HOLDERS,),
            mail=Mail.AT_ONCE,
            tab="rights",
            holders=Capability.DECIDE_LEGAL,
        ),
        Kind(
            "waiver_asked",
            (Follows(Verb.WAIVER_ASKED),),
            (Who.HOLDERS,),
            mail=Mail.AT_ONCE,
            opens="prompt-waivers",
            holders=Capability.DECIDE_LEGAL,
            webhooks=False,  # a prompt is the brand's own business
        ),
        Kind(
            "waiver_answered",
            (Follows(Verb.WAIVER_GRANTED), Follows(Verb.WAIVER_DECLINED)),
            (Who.NAMED,),
            mail=Mail.AT_ONCE,
            opens="prompt-waivers",
            named="asked_by",
            webhooks=False,
        ),
        Kind(
            "new_in_search",
            (),
            (),
            needs=Capability.VIEW,
            opens="alert-news",
            webhooks=False,  # alerts are a person's own
            by_alerts=True,
        ),
        Kind(
            "comments_pdf",
            (Follows(Verb.COMMENTS_EXPORTED),),
            (Who.ACTOR,),
            mail=Mail.OFF,
            opens="comment-pdfs",
            webhooks=False,  # a person's own
        ),
        Kind("imported", (Follows(Verb.FILES_IMPORTED),), (Who.ACTOR,), opens="library"),
        Kind(
            "invited",
            (Follows(Verb.MEMBER_ADMITTED),),
            (Who.ABOUT,),
            mail=Mail.OFF,  # the invitation is a mail already
            needs=Capability.VIEW,
            opens="library",
        ),
        Kind(
            "webhook_disabled",
            (Follows(Verb.WEBHOOK_DISABLED),),
            (Who.HOLDERS,),
            mail=Mail.AT_ONCE,
            needs=Capability.MANAGE_BRAND,
            opens="webhooks",
            holders=Capability.MANAGE_BRAND,
            webhooks=False,
        ),
    )
}

FOLLOWED = frozenset(follows.verb for kind in KINDS.values() for follows in kind.follows)


def of(verb: str, data: Mapping[str, Any]) -> Iterator[Kind]:
    """The kinds that an event sets off, the one that counts first first."""
    return (kind for kind in KINDS.values() if any(each.covers(verb, data) for each in kind.follows))


def active() -> tuple[Kind, ...]:
    return tuple(kind for kind in KINDS.values() if kind.is_active)


def offered(capabilities: frozenset[Capability]) -> tuple[Kind, ...]:
    """What somebody with these capabilities may ever hear of."""
    return tuple(kind for kind in active() if kind.needs in capabilities)


def default_mail(kind: Kind, capabilities: frozenset[Capability]) -> Mail:
    """Before somebody chooses: quiet. Who only looks things up gets a digest at most, unless it is urgent."""
    if kind.mail is Mail.AT_ONCE and not kind.urgent and Capability.VIEW_UNRELEASED not in capabilities:
        return Mail.DIGEST
    return kind.mail
