"""The audit trail in words."""

from dataclasses import dataclass

from dam.audit.models import Event
from dam.audit.verbs import Verb


@dataclass(frozen=True)
class Wording:
    """`phrase` goes between the person and the target, `after` behind it: "Ada moved Summer to trash"."""

    icon: str
    phrase: str
    after: str = ""


VERBS: dict[str, Wording] = {
    Verb.ASSET_UPLOADED: Wording("upload", "uploaded"),
    Verb.ASSET_GENERATED: Wording("sparkles", "generated"),
    Verb.ASSET_EDITED: Wording("pencil", "edited"),
    Verb.ASSET_TRASHED: Wording("trash-2", "moved", "to trash"),
    Verb.ASSET_RESTORED: Wording("undo-2", "restored", "from trash"),
    Verb.ASSET_DELETED: Wording("trash-2", "deleted", "from trash"),
    Verb.VERSION_DAMAGE_FOUND: Wording("triangle-alert", "found damage in"),
    Verb.VERSION_ADDED: Wording("layers", "added a new version of"),
    Verb.REVIEW_SUBMITTED: Wording("send", "sent", "to review"),
    Verb.REVIEW_APPROVED_STAGE: Wording("circle-check", "approved a stage of"),
    Verb.REVIEW_APPROVED: Wording("circle-check-big", "approved"),
    Verb.REVIEW_CHANGES_REQUESTED: Wording("message-circle-warning", "requested changes to"),
    Verb.REVIEW_REJECTED: Wording("circle-x", "rejected"),
    Verb.REVIEW_WITHDRAWN: Wording("undo-2", "cancelled the review of"),
    Verb.REVIEW_SUPERSEDED: Wording("layers", "ended the review of", "with a newer version"),
    Verb.RELEASE_SIGNED: Wording("shield-check", "signed the release of"),
    Verb.RELEASE_FAILED: Wording("shield-alert", "couldn't sign the release of"),
    Verb.RELEASE_RETRIED: Wording("rotate-ccw", "restarted signing the release of"),
    Verb.RELEASE_REVOKED: Wording("shield-off", "withdrew the approval of"),
    Verb.RELEASE_DOWNLOADED: Wording("download", "downloaded the release of"),
    Verb.MASTER_DOWNLOADED: Wording("download", "downloaded the master of"),
    Verb.COMMENT_ADDED: Wording("message-square", "commented on"),
    Verb.COMMENT_RESOLVED: Wording("message-square-check", "resolved a comment on"),
    Verb.STEP_RETRIED: Wording("rotate-ccw", "reran a processing step of"),
    Verb.STEPS_RETRIED: Wording("rotate-ccw", "reran every failed step", "in this brand"),
    Verb.TRAIL_EXPORTED: Wording("download", "exported the activity log"),
    Verb.TOKEN_CREATED: Wording("key-round", "created the API token"),
    Verb.TOKEN_REVOKED: Wording("ban", "revoked the API token"),
    Verb.SHARE_CREATED: Wording("send", "shared clips with"),
    Verb.SHARE_REVOKED: Wording("ban", "revoked the share link for"),
    Verb.MEMBER_ADMITTED: Wording("user-plus", "added", "to the brand"),
    Verb.MAIL_CHANGED: Wording("mail", "changed how emails are sent to"),
    Verb.ROLE_CREATED: Wording("users", "made the role"),
    Verb.ROLE_EDITED: Wording("users", "changed the role"),
    Verb.ROLE_RETIRED: Wording("users", "retired the role"),
    Verb.BRAND_CREATED: Wording("plus", "made the brand"),
    Verb.BRAND_EDITED: Wording("settings", "changed the settings of"),
    Verb.BRAND_CLOSED: Wording("triangle-alert", "scheduled the deletion of"),
    Verb.BRAND_REOPENED: Wording("undo-2", "cancelled the deletion of"),
    Verb.BRAND_EXPORTED: Wording("download", "exported"),
    Verb.BRAND_DELETED: Wording("trash-2", "deleted"),
    Verb.MEMBER_RENAMED: Wording("pencil", "changed the name of"),
    Verb.MEMBER_SECOND_FACTOR_ADDED: Wording("shield-check", "added a second factor to the account of"),
    Verb.MEMBER_SECOND_FACTOR_REMOVED: Wording("shield-off", "removed a second factor from the account of"),
    Verb.MEMBER_SECOND_FACTOR_RESET: Wording("shield-off", "reset the second factor of"),
    Verb.MEMBER_INVITED: Wording("mail", "invited"),
    Verb.MEMBER_INVITED_AGAIN: Wording("mail", "invited", "again"),
    Verb.MEMBER_INVITATION_REVOKED: Wording("ban", "revoked the invitation of"),
    Verb.MEMBER_JOINED: Wording("user-plus", "joined the brand"),
    Verb.MEMBER_ROLE_CHANGED: Wording("user-cog", "changed the role of"),
    Verb.MEMBER_DEACTIVATED: Wording("user-x", "deactivated"),
    Verb.MEMBER_REACTIVATED: Wording("user-check", "reactivated"),
    Verb.MEMBER_ERASED: Wording("eraser", "removed the personal data of"),
    Verb.ACCOUNT_CLOSED: Wording("user-x", "closed the account of"),
    Verb.ACCOUNT_REOPENED: Wording("user-check", "reopened the account of"),
    Verb.GROUP_CREATED: Wording("users", "created the group"),
    Verb.GROUP_CHANGED: Wording("users", "changed the group"),
    Verb.GROUP_DELETED: Wording("users", "deleted the group"),
    Verb.REVIEW_HANDED_OVER: Wording("send", "handed over the review of"),
    Verb.JOB_HANDED_OVER: Wording("send", "handed over generating"),
    Verb.COMPANY_JOINED: Wording("user-plus", "let", "into the brand by company sign-in"),
    Verb.COMPANY_ROLE_CHANGED: Wording("user-cog", "changed the role of", "by company sign-in"),
    Verb.COMPANY_ENDED: Wording("user-minus", "ended the membership of", "by company sign-in"),
    Verb.COMPANY_SIGN_IN_CHANGED: Wording("log-in", "changed the company sign-in"),
    Verb.SCIM_TOKEN_CREATED: Wording("key-round", "created the directory token"),
    Verb.SCIM_TOKEN_REVOKED: Wording("ban", "revoked the directory token"),
    Verb.SEARCH_SHARED: Wording("bookmark", "shared the saved search"),
    Verb.SEARCH_UNSHARED: Wording("bookmark", "stopped sharing the saved search"),
    Verb.SEARCH_EDITED: Wording("bookmark", "changed the saved search"),
    Verb.SEARCH_DELETED: Wording("bookmark", "deleted the saved search"),
    Verb.SEARCH_RESTORED: Wording("bookmark", "restored the saved search"),
    Verb.JOB_REQUESTED: Wording("sparkles", "started generating"),
    Verb.JOB_CANCELLED: Wording("ban", "cancelled generating"),
    Verb.JOB_FAILED: Wording("triangle-alert", "couldn't generate"),
    Verb.REVIEW_DUE_TOMORROW: Wording("calendar-clock", "reminded of the review due tomorrow:"),
    Verb.REVIEW_OVERDUE: Wording("calendar-clock", "reminded of the overdue review:"),
    Verb.RIGHTS_ENDING: Wording("calendar-clock", "warned that the clearance ends soon:"),
    Verb.WEBHOOK_CREATED: Wording("webhook", "added the webhook"),
    Verb.WEBHOOK_EDITED: Wording("webhook", "changed the webhook"),
    Verb.WEBHOOK_DELETED: Wording("webhook", "deleted the webhook"),
    Verb.WEBHOOK_DISABLED: Wording("webhook", "turned off the webhook", "after days of failed deliveries"),
}

# Their data has fields with what they held before and after.
EDITS = (
    Verb.ASSET_EDITED,
    Verb.ROLE_EDITED,
    Verb.BRAND_EDITED,
    Verb.MEMBER_RENAMED,
    Verb.MEMBER_ROLE_CHANGED,
    Verb.GROUP_CHANGED,
)

# The filter of the activity page: what each choice shows.
KINDS = {
    "library": ("Library", ("asset.", "version.", "step.", "search.")),
    "review": ("Review", ("review.", "comment.")),
    "release": ("Releases and downloads", ("release.", "master.")),
    "generate": ("Generation", ("job.",)),
    "people": ("People", ("member.", "account.", "group.")),
}


def word(event: Event) -> Wording:
    """A verb without wording of its own is shown as it is."""
    return VERBS.get(event.verb, Wording("circle-dot", event.verb.replace(".", " ").replace("_", " ")))


def changes(event: Event) -> tuple[str, ...]:
    """What an edit changed, in sentences."""
    if event.verb not in EDITS:
        return ()
    # Beside the fields the data may say what kind of principal it was (dam.audit.trail).
    pairs = sorted((name, pair) for name, pair in event.data.items() if isinstance(pair, list))
    return tuple(_change(name, before, after) for name, (before, after) in pairs)


def _change(name: str, before: object, after: object) -> str:
    if isinstance(before, list) and isinstance(after, list):
        added = [f"+ {each}" for each in after if each not in before]
        removed = [f"− {each}" for each in before if each not in after]
        return f"{name.replace('_', ' ').capitalize()}: {', '.join(added + removed)}"
    return f"{name.replace('_', ' ').capitalize()}: {_quote(before)} → {_quote(after)}"


def _quote(words: object) -> str:
    text = str(words)
    return f"“{text[:80]}{'…' if len(text) > 80 else ''}”" if text else "empty"
