"""What notifications say, made when they are read. Sentences of the clip they are listed under."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dam.accounts import times
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.notifications.inbox import Told
from dam.notifications.kinds import KINDS, REVIEW_SET

# What people choose by: title and explanation.
TITLES: Mapping[str, tuple[str | Promise, str | Promise]] = {
    "asked": (gettext_lazy("Review requests"), gettext_lazy("A clip waits for your decision.")),
    "due_tomorrow": (gettext_lazy("Due tomorrow"), gettext_lazy("A review you can decide is due tomorrow.")),
    "overdue": (gettext_lazy("Overdue"), gettext_lazy("A review passed its due date without a decision.")),
    "decided": (
        gettext_lazy("Decisions"),
        gettext_lazy("Someone decided on a clip you made or sent to review."),
    ),
    "assigned": (gettext_lazy("Assigned comments"), gettext_lazy("Someone assigned a comment to you.")),
    "mentioned": (gettext_lazy("Mentions"), gettext_lazy("Someone mentioned you in a comment.")),
    "replied": (gettext_lazy("Replies"), gettext_lazy("Someone replied to your comment.")),
    "commented": (
        gettext_lazy("Comments"),
        gettext_lazy("Comments on clips you made, sent to review or commented on."),
    ),
    "standing_in": (
        gettext_lazy("Standing in"),
        gettext_lazy("A review or a comment comes to someone who is away and whom you stand in for."),
    ),
    "decided_for": (
        gettext_lazy("Decisions in your place"),
        gettext_lazy("Someone who stands in for you decided a review that named you."),
    ),
    "deputy": (gettext_lazy("Absences"), gettext_lazy("Someone asks you to stand in while they are away.")),
    "take": (gettext_lazy("Takes"), gettext_lazy("A take you asked for is ready or failed.")),
    "changes_made": (
        gettext_lazy("New versions"),
        gettext_lazy("A clip you decided on or commented on has a new version."),
    ),
    "release": (
        gettext_lazy("Releases"),
        gettext_lazy("The release of your clip was signed, or signing failed."),
    ),
    "take_down": (
        gettext_lazy("Recalls"),
        gettext_lazy("A release you have a copy of was withdrawn: take it down and confirm."),
    ),
    "outside": (
        gettext_lazy("Outside reviewers"),
        gettext_lazy("Someone you asked from outside commented or made a recommendation."),
    ),
    "recalled": (
        gettext_lazy("Withdrawn approvals"),
        gettext_lazy(
            "The approval of a clip you made, decided on or downloaded the master of was withdrawn."
        ),
    ),
    "rights_ending": (
        gettext_lazy("Clearances that end"),
        gettext_lazy("Some days before a clip's clearance ends, as the brand has set."),
    ),
    "consent_over": (
        gettext_lazy("Consents that end"),
        gettext_lazy("A consent that an approved clip, or one in review, needs was withdrawn or ran out."),
    ),
    "renewal_asked": (
        gettext_lazy("Requests for renewal"),
        gettext_lazy("You are asked to renew the clearance of a clip."),
    ),
    "waiver_asked": (
        gettext_lazy("Requests for prompt waivers"),
        gettext_lazy("Someone asks for a waiver of your brand's prompt rules."),
    ),
    "waiver_answered": (
        gettext_lazy("Prompt waivers"),
        gettext_lazy("A waiver you asked for was granted or declined."),
    ),
    "new_in_search": (
        gettext_lazy("New in saved searches"),
        gettext_lazy("New clips match a saved search whose alert you turned on."),
    ),
    "comments_pdf": (gettext_lazy("PDFs of comments"), gettext_lazy("A PDF you asked for is ready.")),
    "imported": (gettext_lazy("Imports"), gettext_lazy("An import you started is done.")),
    "invited": (gettext_lazy("Invitations"), gettext_lazy("You were added to a brand.")),
    "webhook_disabled": (
        gettext_lazy("Webhooks turned off"),
        gettext_lazy("A webhook failed for days and was turned off."),
    ),
}

ICONS: Mapping[str, str] = {
    "asked": "circle-check-big",
    "due_tomorrow": "calendar-clock",
    "overdue": "calendar-x",
    "decided": "gavel",
    "assigned": "user-plus",
    "mentioned": "at-sign",
    "replied": "reply",
    "commented": "message-square",
    "standing_in": "user-check",
    "decided_for": "user-check",
    "deputy": "calendar-off",
    "take": "sparkles",
    "changes_made": "layers",
    "release": "shield-check",
    "take_down": "shield-alert",
    "outside": "send",
    "recalled": "shield-off",
    "rights_ending": "hourglass",
    "consent_over": "user-x",
    "renewal_asked": "hourglass",
    "waiver_asked": "gavel",
    "waiver_answered": "gavel",
    "new_in_search": "bookmark",
    "comments_pdf": "file-text",
    "imported": "upload",
    "invited": "user-plus",
    "webhook_disabled": "webhook",
}
EXCERPT = 160


def title(told: Told) -> str:
    """What it is about: "Summer", "Summer and 41 others", a saved search's name, or nothing."""
    if told.row.alert is not None:
        return told.row.alert.search.name
    if told.asset is None:
        return ""
    if not told.others:
        return told.asset.title
    return ngettext("%(title)s and %(count)d other", "%(title)s and %(count)d others", told.others) % {
        "title": told.asset.title,
        "count": told.others,
    }


def sentence(told: Told) -> str:
    """What happened, without the clip's title."""
    verb = told.event.verb if told.event is not None else ""
    say = _BY_VERB.get((told.row.kind, verb)) or _BY_KIND[told.row.kind]
    return say(told) % _names(told)


def excerpt(told: Told) -> str:
    """The words of one comment or decision. Whoever reads them may read the clip's comments (Kind.needs)."""
    if told.row.kind == "assigned":
        return _short(told.words)
    kinds = ("commented", "mentioned", "replied", "decided", "recalled")
    if told.event is None or told.row.kind not in kinds:
        return ""
    data = told.event.data
    if told.row.kind == "recalled" or told.row.count > 1 or not told.quoted:
        return ""
    if told.event.verb == Verb.COMMENT_ADDED:
        return _short(told.words)
    decided = data.get("comment")  # what was said with a decision; of a comment it is the key
    return _short(decided) if isinstance(decided, str) else ""


def links(told: Told) -> tuple[tuple[str, str], ...]:
    """Title and address of each clip that the quoted comment points at and its reader sees."""
    return told.links if excerpt(told) else ()


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= EXCERPT else words[: EXCERPT - 1].rstrip() + "…"


def _names(told: Told) -> dict[str, object]:
    event = told.event
    if event is None:
        return {"count": len(told.assets)}
    return {
        "actor": event.actor_name,
        "count": told.row.count,
        "brand": told.row.brand.name,
        "target": event.target,
        "title": event.data.get("title") or event.target,  # whole, where the event keeps it
        "set": event.data.get("set_title", ""),
        "date": _date(told, event),
        **_files(told),
    }


_DAYS = {"rights_ending": "valid_until", "assigned": "due_at", "due_tomorrow": "due_at", "deputy": "until"}


def _date(told: Told, event: Event) -> str:
    """The day that it is about, where the brand is: a clearance's last, or the one a comment is due by."""
    until = event.data.get(_DAYS.get(told.row.kind, ""))
    if not isinstance(until, str):
        return ""
    day = datetime.fromisoformat(until).astimezone(times.of_brand(told.row.brand)).date()
    return str(formats.date_format(day, "DATE_FORMAT"))


def _files(told: Told) -> dict[str, int]:
    """Of an import: how many files there were, and how many were refused."""
    data = told.event.data if told.event is not None and told.row.kind == "imported" else {}
    found = {name: int(data.get(name, 0)) for name in ("taken", "known", "refused")}
    return {"files": sum(found.values()), "refused": found["refused"]}


def _clearance_ends(told: Told) -> str:
    """The day is that of the newest event, which may be about a clip that its reader no longer sees."""
    if told.others:
        return _("The clearances end soon")
    named = told.event is not None and told.asset is not None and told.event.asset_id == told.asset.pk
    return _("The clearance ends on %(date)s") if named else _("The clearance ends soon")


def one_recall(told: Told) -> int | None:
    """The recall that it is about, if it is about one; what a recall reached may be many."""
    data = told.event.data if told.event is not None else {}
    recall = data.get("recall")
    reached_more = "because_of" in data and told.row.count > 1
    return recall if isinstance(recall, int) and not reached_more else None


def one_set(told: Told) -> UUID | None:
    """The set of clips that it is about, where it is about several that were sent to review together."""
    kind, data = KINDS[told.row.kind], told.event.data if told.event is not None else {}
    return UUID(data[REVIEW_SET]) if kind.by_set and told.others and REVIEW_SET in data else None


def _reached(told: Told) -> str:
    """Not what was withdrawn: whoever is told may never have seen it."""
    if one_recall(told):
        return _(
            "“%(title)s” is made from a clip whose approval was withdrawn. Take your copies down, and "
            "confirm that they are."
        )
    return _(
        "Clips you have copies of are made from one whose approval was withdrawn. Take your copies down, and "
        "confirm that they are."
    )


def _reminded(told: Told) -> str:
    if told.event is not None and told.event.data.get("ended_at"):
        return _(
            "Reminder: the clearance of “%(title)s” ended. Take your copies down, and confirm that they are."
        )
    if told.event is not None and told.event.data.get("stopped_at"):
        return _(
            "Reminder: “%(title)s” can no longer be used. Take your copies down, and confirm that they are."
        )
    return _("Reminder: “%(title)s” was withdrawn. Take your copies down, and confirm that they are.")


def _assigned(told: Told) -> str:
    if told.row.count == 1 and told.event is not None and told.event.data.get("due_at"):
        return _("%(actor)s assigned a comment to you, due %(date)s")
    return ngettext(
        "%(actor)s assigned a comment to you", "%(actor)s assigned %(count)d comments to you", told.row.count
    )


def _take_ready(told: Told) -> str:
    return ngettext("Your take is ready", "%(count)d takes are ready", told.row.count)


_BY_KIND: Mapping[str, Callable[[Told], str]] = {
    "asked": lambda told: (
        _("%(actor)s asked for your review of “%(set)s”")
        if one_set(told) and told.event is not None and told.event.data.get("set_title")
        else _("%(actor)s asked for your review")
    ),
    "due_tomorrow": lambda _told: _("The review is due tomorrow"),
    "overdue": lambda _told: _("The review is overdue"),
    "decided": lambda _told: _("%(actor)s decided the review"),
    "assigned": _assigned,
    "mentioned": lambda _told: _("%(actor)s mentioned you"),
    "replied": lambda _told: _("%(actor)s replied to you"),
    "commented": lambda told: ngettext(
        "%(actor)s commented", "%(actor)s left %(count)d comments", told.row.count
    ),
    "standing_in": lambda _told: _("A review waits for someone you stand in for"),
    "decided_for": lambda _told: _("%(actor)s decided a review in your place"),
    "deputy": lambda _told: _("%(actor)s is away, and you stand in for them until %(date)s"),
    "take": _take_ready,
    "changes_made": lambda told: ngettext(
        "%(actor)s added a new version", "%(actor)s added %(count)d new versions", told.row.count
    ),
    "release": lambda _told: _("The release is signed"),
    "take_down": lambda _told: _(
        "“%(title)s” was withdrawn. Take your copies down, and confirm that they are."
    ),
    "outside": lambda _told: _("%(actor)s, from outside, commented or made a recommendation"),
    "recalled": lambda _told: _("%(actor)s withdrew the approval. Stop using copies of this clip."),
    "rights_ending": _clearance_ends,
    "consent_over": lambda _told: _("A consent ran out. Clips that need it can't be used any more."),
    "renewal_asked": lambda _told: _("%(actor)s asks to renew the clearance"),
    "waiver_asked": lambda _told: _("%(actor)s asks for a waiver for the prompt “%(target)s”"),
    "waiver_answered": lambda _told: _("%(actor)s granted your prompt waiver"),
    "new_in_search": lambda told: ngettext(
        "%(count)d new clip in this saved search",
        "%(count)d new clips in this saved search",
        len(told.assets),
    ),
    "comments_pdf": lambda told: ngettext(
        "Your PDF of the comments is ready", "%(count)d PDFs of comments are ready", told.row.count
    ),
    "imported": lambda told: (
        _("The import is done. Some files were refused: %(refused)d of %(files)d")
        if _files(told)["refused"]
        else ngettext(
            "The import of %(files)d file is done",
            "The import of %(files)d files is done",
            _files(told)["files"],
        )
    ),
    "invited": lambda _told: _("You were added to %(brand)s"),
    "webhook_disabled": lambda _told: _("The webhook “%(target)s” failed for days and was turned off"),
}

_BY_VERB: Mapping[tuple[str, str], Callable[[Told], str]] = {
    ("standing_in", Verb.COMMENT_ASSIGNED): lambda _told: _(
        "%(actor)s assigned a comment to someone you stand in for"
    ),
    ("deputy", Verb.ABSENCE_ENDED): lambda _told: _("%(actor)s no longer needs you to stand in"),
    ("asked", Verb.REVIEW_APPROVED_STAGE): lambda _told: _("%(actor)s approved. Your review is next"),
    ("due_tomorrow", Verb.REVIEW_DUE_SOON): lambda _told: _("The review is due on %(date)s"),
    ("decided", Verb.REVIEW_APPROVED_IN_PART): lambda _told: _(
        "%(actor)s approved it. The stage waits for more approvals"
    ),
    ("decided", Verb.REVIEW_APPROVED_STAGE): lambda _told: _("%(actor)s approved a stage of the review"),
    ("decided", Verb.REVIEW_APPROVED): lambda _told: _("%(actor)s approved it"),
    ("decided", Verb.REVIEW_CHANGES_REQUESTED): lambda _told: _("%(actor)s requested changes"),
    ("decided", Verb.REVIEW_REJECTED): lambda _told: _("%(actor)s rejected it"),
    ("take", Verb.JOB_FAILED): lambda told: ngettext(
        "Your take couldn't be generated", "%(count)d takes couldn't be generated", told.row.count
    ),
    ("waiver_answered", Verb.WAIVER_DECLINED): lambda _told: _("%(actor)s declined your prompt waiver"),
    ("consent_over", Verb.CONSENT_WITHDRAWN): lambda _told: _(
        "%(actor)s withdrew a consent. Clips that need it can't be used any more."
    ),
    ("take_down", Verb.RECALL_REACHED): _reached,
    ("take_down", Verb.RECALL_ENDED): lambda _told: _(
        "The clearance of “%(title)s” ended. Take your copies down, and confirm that they are."
    ),
    ("take_down", Verb.RECALL_STOPPED): lambda _told: _(
        "Something “%(title)s” was made from can no longer be used. Take your copies down, and confirm that "
        "they are."
    ),
    ("take_down", Verb.RECALL_LIFTED): lambda _told: _("You can use your copies of “%(title)s” again."),
    ("take_down", Verb.RECALL_REMINDED): _reminded,
    ("release", Verb.RELEASE_FAILED): lambda _told: _("The release couldn't be signed"),
}
