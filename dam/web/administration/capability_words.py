"""What the roles page calls the capabilities, in groups: the rows of its matrix and the boxes of its form."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dam.accounts.capabilities import Capability


@dataclass(frozen=True)
class Words:
    capability: Capability
    title: str | Promise
    help: str | Promise = ""


@dataclass(frozen=True)
class Group:
    title: str | Promise
    rows: tuple[Words, ...]


GROUPS: tuple[Group, ...] = (
    Group(
        _("See"),
        (
            Words(Capability.VIEW, _("See released clips"), _("Every role has this.")),
            Words(
                Capability.VIEW_UNRELEASED,
                _("See unreleased clips"),
                _("Drafts, work in review, prompts and comments."),
            ),
            Words(Capability.VIEW_ACTIVITY, _("See a clip's activity")),
            Words(Capability.DOWNLOAD_RELEASE, _("Download releases")),
            Words(
                Capability.DOWNLOAD_MASTER, _("Download masters"), _("The original files, released or not.")
            ),
        ),
    ),
    Group(
        _("Make"),
        (
            Words(Capability.GENERATE, _("Generate clips")),
            Words(Capability.UPLOAD, _("Upload clips")),
            Words(Capability.EDIT, _("Edit titles, descriptions, tags and fields")),
            Words(Capability.RETRY, _("Rerun processing steps")),
            Words(
                Capability.DISCARD,
                _("Move own clips to trash"),
                _("As long as they aren't in review, approved or released."),
            ),
        ),
    ),
    Group(
        _("Review"),
        (
            Words(Capability.SUBMIT, _("Send clips to review")),
            Words(Capability.COMMENT, _("Comment")),
            Words(
                Capability.DECIDE_BRAND,
                _("Decide brand reviews"),
                _("Never of what they made or sent themselves, and one stage of a review only."),
            ),
            Words(Capability.DECIDE_LEGAL, _("Decide legal reviews"), _("Under the same rules.")),
            Words(Capability.WITHDRAW_RELEASE, _("Withdraw approvals")),
            Words(
                Capability.EVIDENCE,
                _("Make and download evidence packs"),
                _("Everything that proves a release, with the names of the people involved."),
            ),
        ),
    ),
    Group(
        _("Share and keep order"),
        (
            Words(Capability.SHARE, _("Share released clips with guests")),
            Words(Capability.SHARE_SEARCHES, _("Share saved searches with the brand")),
            Words(
                Capability.COLLECT,
                _("Make collections"),
                _("And change which clips are in those they see."),
            ),
            Words(Capability.CURATE, _("Change other people's saved searches and collections")),
            Words(
                Capability.MANAGE_FIELDS,
                _("Change which fields clips have"),
                _("Make, order and retire fields and their options."),
            ),
            Words(Capability.TRASH, _("Move anyone's clips to trash"), _("And delete them from there.")),
            Words(
                Capability.HOLD,
                _("Place and lift legal holds"),
                _("A clip under legal hold can't be deleted by anyone."),
            ),
        ),
    ),
    Group(
        _("Run the brand"),
        (
            Words(
                Capability.MANAGE_PEOPLE,
                _("Manage people and roles"),
                _("Give no role that allows more than their own, except deciding reviews."),
            ),
            Words(
                Capability.MANAGE_BRAND,
                _("Manage the brand"),
                _("Settings, API tokens and the activity log."),
            ),
        ),
    ),
)
