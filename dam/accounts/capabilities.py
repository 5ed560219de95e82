"""What each role may do. Pure: the one table that answers "may this person do that?"."""

from dataclasses import dataclass
from enum import StrEnum

from dam.core.language import noop


class Role(StrEnum):
    VIEWER = "viewer"
    CREATOR = "creator"
    BRAND_REVIEWER = "brand_reviewer"
    LEGAL_REVIEWER = "legal_reviewer"
    LIBRARIAN = "librarian"
    ADMIN = "admin"


class Capability(StrEnum):
    VIEW = "view"  # see what is released
    VIEW_UNRELEASED = "view_unreleased"  # see drafts and work in review
    UPLOAD = "upload"
    EDIT = "edit"  # title, description, tags, the brand's own fields
    DISCARD = "discard"  # what one made oneself, while nobody reviews or has approved it
    TRASH = "trash"  # anybody's
    RETRY = "retry"  # run a processing step again
    GENERATE = "generate"
    SUBMIT = "submit"  # send to review
    COMMENT = "comment"
    DECIDE_BRAND = "decide_brand"
    DECIDE_LEGAL = "decide_legal"
    WITHDRAW_RELEASE = "withdraw_release"
    EVIDENCE = "evidence"  # have evidence packs of releases made, and download them
    HOLD = "hold"  # place and lift legal holds: while one stands, nothing of the clip is deleted
    DOWNLOAD_RELEASE = "download_release"
    DOWNLOAD_MASTER = "download_master"
    VIEW_ACTIVITY = "view_activity"
    SHARE = "share"  # let guests see released clips
    SHARE_SEARCHES = "share_searches"  # let the brand have one's saved searches
    COLLECT = "collect"  # make collections, and change what is in those one sees
    CURATE = "curate"  # change the saved searches and collections that others share
    MANAGE_FIELDS = "manage_fields"  # make, change and retire the fields that clips of the brand have
    MANAGE_BRAND = "manage_brand"
    MANAGE_PEOPLE = "manage_people"  # invite, give roles (dam.accounts.roles says which), deactivate, groups


# After "Your role doesn't allow you to".
PHRASES: dict[Capability, str] = {
    Capability.VIEW: noop("view clips"),
    Capability.VIEW_UNRELEASED: noop("view unreleased clips"),
    Capability.UPLOAD: noop("upload files"),
    Capability.EDIT: noop("edit clips"),
    Capability.DISCARD: noop("move clips to trash"),
    Capability.TRASH: noop("move others' clips to trash"),
    Capability.RETRY: noop("rerun processing steps"),
    Capability.GENERATE: noop("generate clips"),
    Capability.SUBMIT: noop("send clips to review"),
    Capability.COMMENT: noop("comment"),
    Capability.DECIDE_BRAND: noop("decide brand reviews"),
    Capability.DECIDE_LEGAL: noop("decide legal reviews"),
    Capability.WITHDRAW_RELEASE: noop("withdraw approvals"),
    Capability.EVIDENCE: noop("make or download evidence packs"),
    Capability.HOLD: noop("place or lift legal holds"),
    Capability.DOWNLOAD_RELEASE: noop("download releases"),
    Capability.DOWNLOAD_MASTER: noop("download masters"),
    Capability.VIEW_ACTIVITY: noop("view the activity log"),
    Capability.SHARE: noop("share clips with guests"),
    Capability.SHARE_SEARCHES: noop("share saved searches"),
    Capability.COLLECT: noop("make or change collections"),
    Capability.CURATE: noop("change other people's saved searches and collections"),
    Capability.MANAGE_FIELDS: noop("change which fields clips have"),
    Capability.MANAGE_BRAND: noop("manage the brand"),
    Capability.MANAGE_PEOPLE: noop("manage people"),
}

_LOOK = {Capability.VIEW, Capability.DOWNLOAD_RELEASE}
_WORK = _LOOK | {
    Capability.VIEW_UNRELEASED,
    Capability.COMMENT,
    Capability.VIEW_ACTIVITY,
    Capability.SHARE_SEARCHES,
    Capability.COLLECT,
}
_MAKE = _WORK | {
    Capability.UPLOAD,
    Capability.EDIT,
    Capability.RETRY,
    Capability.GENERATE,
    Capability.SUBMIT,
    Capability.DISCARD,
    Capability.DOWNLOAD_MASTER,
}
_KEEP = _MAKE | {Capability.TRASH, Capability.SHARE, Capability.CURATE, Capability.MANAGE_FIELDS}

GRANTS: dict[Role, frozenset[Capability]] = {
    Role.VIEWER: frozenset(_LOOK),
    Role.CREATOR: frozenset(_MAKE),
    Role.BRAND_REVIEWER: frozenset(_WORK | {Capability.DECIDE_BRAND, Capability.WITHDRAW_RELEASE}),
    Role.LEGAL_REVIEWER: frozenset(
        _WORK
        | {
            Capability.DECIDE_LEGAL,
            Capability.WITHDRAW_RELEASE,
            Capability.DOWNLOAD_MASTER,
            Capability.EVIDENCE,
            Capability.HOLD,
        }
    ),
    Role.LIBRARIAN: frozenset(_KEEP),
    # An administrator runs the brand; signing content off stays with the reviewers.
    Role.ADMIN: frozenset(
        _KEEP
        | {
            Capability.MANAGE_BRAND,
            Capability.MANAGE_PEOPLE,
            Capability.WITHDRAW_RELEASE,
            Capability.EVIDENCE,
            Capability.HOLD,
        }
    ),
}

DECIDING = frozenset({Capability.DECIDE_BRAND, Capability.DECIDE_LEGAL})
# What runs a brand. Nobody gives a role that has one of these unless they have it themselves, somebody who
# has them all always remains (dam/access/people.py), and whoever has one decides on no review.
ADMINISTRATIVE = frozenset({Capability.MANAGE_BRAND, Capability.MANAGE_PEOPLE})
# A decision is signed in a person's name, so no program makes it; and none lets people in, lifts a hold or
# has evidence packs, which are full of names.
_PEOPLE_ALONE = {Capability.MANAGE_PEOPLE, Capability.HOLD, Capability.EVIDENCE}
TOKEN_MAY = frozenset(Capability) - DECIDING - _PEOPLE_ALONE
# Whoever has no account gets at most this, and only of what is released.
GUEST_MAY = frozenset({Capability.VIEW, Capability.DOWNLOAD_RELEASE, Capability.COMMENT})


@dataclass(frozen=True)
class OwnRole:
    """A role that a brand has made for itself (the row: dam.accounts.models.CustomRole)."""

    number: int
    name: str
    capabilities: frozenset[Capability]


AnyRole = Role | OwnRole


def of_role(role: AnyRole) -> frozenset[Capability]:
    """What a role may do, be it built in or a brand's own."""
    return role.capabilities if isinstance(role, OwnRole) else GRANTS[role]


def granted(role: Role | str, capability: Capability) -> bool:
    return capability in GRANTS[Role(role)]
