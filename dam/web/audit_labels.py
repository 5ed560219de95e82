"""The audit trail in words."""

from dataclasses import dataclass

from dam.audit.models import Event


@dataclass(frozen=True)
class Wording:
    """`phrase` goes between the person and the target: "Ada uploaded Summer"."""

    icon: str
    phrase: str


VERBS = {
    "asset.uploaded": Wording("upload", "uploaded"),
    "asset.generated": Wording("sparkles", "generated"),
    "asset.edited": Wording("pencil", "edited"),
    "asset.trashed": Wording("trash-2", "moved to the trash"),
    "asset.restored": Wording("undo-2", "restored from the trash"),
    "version.added": Wording("layers", "added a version of"),
    "review.submitted": Wording("send", "submitted for review"),
    "review.approved_stage": Wording("circle-check", "approved a stage of"),
    "review.approved": Wording("circle-check-big", "approved"),
    "review.changes_requested": Wording("message-circle-warning", "asked for changes to"),
    "review.rejected": Wording("circle-x", "rejected"),
    "review.withdrawn": Wording("undo-2", "took back from review"),
    "review.superseded": Wording("layers", "ended, with a newer version, the review of"),
    "release.signed": Wording("shield-check", "signed the release of"),
    "release.failed": Wording("shield-alert", "could not sign the release of"),
    "release.retried": Wording("rotate-ccw", "asked once more to sign the release of"),
    "release.revoked": Wording("shield-off", "withdrew the approval of"),
    "release.downloaded": Wording("download", "downloaded the release of"),
    "master.downloaded": Wording("download", "downloaded the master of"),
    "comment.added": Wording("message-square", "commented on"),
    "comment.resolved": Wording("message-square-check", "resolved a comment on"),
    "step.retried": Wording("rotate-ccw", "ran a processing step again for"),
    "token.created": Wording("key-round", "made the API token"),
    "token.revoked": Wording("ban", "ended the API token"),
    "share.created": Wording("send", "shared clips with"),
    "share.revoked": Wording("ban", "ended the share link of"),
    "member.admitted": Wording("user-plus", "let in"),
    "job.requested": Wording("sparkles", "asked for"),
    "job.cancelled": Wording("ban", "cancelled"),
    "job.failed": Wording("triangle-alert", "could not make"),
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
    if event.verb != "asset.edited":
        return ()
    return tuple(_change(name, before, after) for name, (before, after) in sorted(event.data.items()))


def _change(name: str, before: object, after: object) -> str:
    if isinstance(before, list) and isinstance(after, list):
        added = [f"+ {each}" for each in after if each not in before]
        removed = [f"− {each}" for each in before if each not in after]
        return f"{name.capitalize()}: {', '.join(added + removed)}"
    return f"{name.capitalize()}: {_quote(before)} → {_quote(after)}"


def _quote(words: object) -> str:
    text = str(words)
    return f"“{text[:80]}{'…' if len(text) > 80 else ''}”" if text else "nothing"
