"""The audit trail in words."""

from dataclasses import dataclass

from dam.audit.models import Event
from dam.audit.verbs import Verb


@dataclass(frozen=True)
class Wording:
    """`phrase` goes between the person and the target: "Ada uploaded Summer"."""

    icon: str
    phrase: str


VERBS: dict[str, Wording] = {
    Verb.ASSET_UPLOADED: Wording("upload", "uploaded"),
    Verb.ASSET_GENERATED: Wording("sparkles", "generated"),
    Verb.ASSET_EDITED: Wording("pencil", "edited"),
    Verb.ASSET_TRASHED: Wording("trash-2", "moved to the trash"),
    Verb.ASSET_RESTORED: Wording("undo-2", "restored from the trash"),
    Verb.VERSION_DAMAGE_FOUND: Wording("triangle-alert", "found damage in"),
    Verb.VERSION_ADDED: Wording("layers", "added a version of"),
    Verb.REVIEW_SUBMITTED: Wording("send", "submitted for review"),
    Verb.REVIEW_APPROVED_STAGE: Wording("circle-check", "approved a stage of"),
    Verb.REVIEW_APPROVED: Wording("circle-check-big", "approved"),
    Verb.REVIEW_CHANGES_REQUESTED: Wording("message-circle-warning", "asked for changes to"),
    Verb.REVIEW_REJECTED: Wording("circle-x", "rejected"),
    Verb.REVIEW_WITHDRAWN: Wording("undo-2", "took back from review"),
    Verb.REVIEW_SUPERSEDED: Wording("layers", "ended, with a newer version, the review of"),
    Verb.RELEASE_SIGNED: Wording("shield-check", "signed the release of"),
    Verb.RELEASE_FAILED: Wording("shield-alert", "could not sign the release of"),
    Verb.RELEASE_RETRIED: Wording("rotate-ccw", "asked once more to sign the release of"),
    Verb.RELEASE_REVOKED: Wording("shield-off", "withdrew the approval of"),
    Verb.RELEASE_DOWNLOADED: Wording("download", "downloaded the release of"),
    Verb.MASTER_DOWNLOADED: Wording("download", "downloaded the master of"),
    Verb.COMMENT_ADDED: Wording("message-square", "commented on"),
    Verb.COMMENT_RESOLVED: Wording("message-square-check", "resolved a comment on"),
    Verb.STEP_RETRIED: Wording("rotate-ccw", "ran a processing step again for"),
    Verb.TOKEN_CREATED: Wording("key-round", "made the API token"),
    Verb.TOKEN_REVOKED: Wording("ban", "ended the API token"),
    Verb.SHARE_CREATED: Wording("send", "shared clips with"),
    Verb.SHARE_REVOKED: Wording("ban", "ended the share link of"),
    Verb.MEMBER_ADMITTED: Wording("user-plus", "let in"),
    Verb.JOB_REQUESTED: Wording("sparkles", "asked for"),
    Verb.JOB_CANCELLED: Wording("ban", "cancelled"),
    Verb.JOB_FAILED: Wording("triangle-alert", "could not make"),
}

# The filter of the activity page: what each choice shows.
KINDS = {
    "library": ("Library", ("asset.", "version.", "step.")),
    "review": ("Review", ("review.", "comment.")),
    "release": ("Release and download", ("release.", "master.")),
    "generate": ("Generation", ("job.",)),
}


def word(event: Event) -> Wording:
    """A verb without wording of its own is shown as it is."""
    return VERBS.get(event.verb, Wording("circle-dot", event.verb.replace(".", " ").replace("_", " ")))


def changes(event: Event) -> tuple[str, ...]:
    """What an edit changed, in sentences."""
    if event.verb != Verb.ASSET_EDITED:
        return ()
    # Beside the fields the data may say what kind of principal it was (dam.audit.trail).
    pairs = sorted((name, pair) for name, pair in event.data.items() if isinstance(pair, list))
    return tuple(_change(name, before, after) for name, (before, after) in pairs)


def _change(name: str, before: object, after: object) -> str:
    if isinstance(before, list) and isinstance(after, list):
        added = [f"+ {each}" for each in after if each not in before]
        removed = [f"− {each}" for each in before if each not in after]
        return f"{name.capitalize()}: {', '.join(added + removed)}"
    return f"{name.capitalize()}: {_quote(before)} → {_quote(after)}"


def _quote(words: object) -> str:
    text = str(words)
    return f"“{text[:80]}{'…' if len(text) > 80 else ''}”" if text else "nothing"
