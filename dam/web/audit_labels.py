"""The audit trail in words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from dam.audit.models import Event
from dam.audit.verbs import Verb


@dataclass(frozen=True)
class Wording:
    """`sentence` is English, with %(person)s and %(target)s where they stand; `said` is for who reads it."""

    icon: str
    sentence: str

    @property
    def said(self) -> str:
        return _(self.sentence)


VERBS: dict[str, Wording] = {
    Verb.ASSET_UPLOADED: Wording("upload", noop("%(person)s uploaded %(target)s")),
    Verb.ASSET_GENERATED: Wording("sparkles", noop("%(person)s generated %(target)s")),
    Verb.ASSET_EDITED: Wording("pencil", noop("%(person)s edited %(target)s")),
    Verb.ASSET_TRASHED: Wording("trash-2", noop("%(person)s moved %(target)s to trash")),
    Verb.ASSET_RESTORED: Wording("undo-2", noop("%(person)s restored %(target)s from trash")),
    Verb.ASSET_DELETED: Wording("trash-2", noop("%(person)s deleted %(target)s from trash")),
    Verb.ASSET_HELD: Wording("scale", noop("%(person)s placed %(target)s under legal hold")),
    Verb.ASSET_HOLD_LIFTED: Wording("scale", noop("%(person)s lifted the legal hold on %(target)s")),
    Verb.SOURCE_ADDED: Wording("layers", noop("%(person)s recorded what %(target)s was made from")),
    Verb.SOURCE_REMOVED: Wording(
        "undo-2", noop("%(person)s removed a record of what %(target)s was made from")
    ),
    Verb.CONSENT_ADDED: Wording("file-check", noop("%(person)s added a consent to %(target)s")),
    Verb.CONSENT_CHANGED: Wording("pencil", noop("%(person)s changed a consent of %(target)s")),
    Verb.CONSENT_WITHDRAWN: Wording(
        "shield-off", noop("%(person)s recorded that a consent of %(target)s was withdrawn")
    ),
    Verb.CONSENT_ENDED: Wording("calendar-x", noop("%(person)s noted that a consent of %(target)s ran out")),
    Verb.CONSENT_REMOVED: Wording("x", noop("%(person)s removed a consent from %(target)s")),
    Verb.CONSENT_ERASED: Wording(
        "user-x", noop("%(person)s removed the personal data of a consent of %(target)s")
    ),
    Verb.CAPTIONS_ADDED: Wording("captions", noop("%(person)s added captions to %(target)s")),
    Verb.CAPTIONS_CHANGED: Wording("captions", noop("%(person)s changed captions of %(target)s")),
    Verb.CAPTIONS_REMOVED: Wording("captions-off", noop("%(person)s removed captions of %(target)s")),
    Verb.CAPTIONS_RESTORED: Wording("undo-2", noop("%(person)s restored captions of %(target)s")),
    Verb.RENEWAL_ASKED: Wording("hourglass", noop("%(person)s asked to renew the clearance of %(target)s")),
    Verb.RENEWAL_WITHDRAWN: Wording(
        "undo-2", noop("%(person)s withdrew the request to renew the clearance of %(target)s")
    ),
    Verb.DISCLOSURE_ANSWERED: Wording("scale", noop("%(person)s answered how %(target)s is disclosed")),
    Verb.DISCLOSURE_WAIVED: Wording("scale", noop("%(person)s waived a disclosure label of %(target)s")),
    Verb.DISCLOSURE_WAIVER_ENDED: Wording(
        "undo-2", noop("%(person)s ended the waiver of a disclosure label of %(target)s")
    ),
    Verb.DUPLICATES_TOLD_APART: Wording("copy-x", noop("%(person)s marked %(target)s as no duplicate")),
    Verb.DUPLICATES_OPENED_AGAIN: Wording(
        "copy", noop("%(person)s marked %(target)s as a possible duplicate again")
    ),
    Verb.VERSION_DAMAGE_FOUND: Wording("triangle-alert", noop("%(person)s found damage in %(target)s")),
    Verb.VERSION_ADDED: Wording("layers", noop("%(person)s added a new version of %(target)s")),
    Verb.REVIEW_SUBMITTED: Wording("send", noop("%(person)s sent %(target)s to review")),
    Verb.REVIEW_APPROVED_IN_PART: Wording(
        "circle-check", noop("%(person)s approved %(target)s, which waits for more approvals")
    ),
    Verb.REVIEW_APPROVED_STAGE: Wording("circle-check", noop("%(person)s approved a stage of %(target)s")),
    Verb.REVIEW_APPROVED: Wording("circle-check-big", noop("%(person)s approved %(target)s")),
    Verb.REVIEW_CHANGES_REQUESTED: Wording(
        "message-circle-warning", noop("%(person)s requested changes to %(target)s")
    ),
    Verb.REVIEW_REJECTED: Wording("circle-x", noop("%(person)s rejected %(target)s")),
    Verb.REVIEW_WITHDRAWN: Wording("undo-2", noop("%(person)s cancelled the review of %(target)s")),
    Verb.REVIEW_SUPERSEDED: Wording(
        "layers", noop("%(person)s ended the review of %(target)s with a newer version")
    ),
    Verb.REVIEW_SET_RENAMED: Wording("pencil", noop("%(person)s renamed clips in review to “%(target)s”")),
    Verb.REVIEW_LEFT_SET: Wording("layers", noop("%(person)s took %(target)s out of its set in review")),
    Verb.REVIEW_JOINED_SET: Wording("layers", noop("%(person)s put %(target)s back into its set in review")),
    Verb.RELEASE_SIGNED: Wording("shield-check", noop("%(person)s signed the release of %(target)s")),
    Verb.RELEASE_STAMPED: Wording("stamp", noop("%(person)s had the release of %(target)s timestamped")),
    Verb.RELEASE_RENEWED: Wording(
        "shield-check", noop("%(person)s renewed the Content Credentials of %(target)s")
    ),
    Verb.RELEASE_FAILED: Wording("shield-alert", noop("%(person)s couldn't sign the release of %(target)s")),
    Verb.RELEASE_RETRIED: Wording(
        "rotate-ccw", noop("%(person)s restarted signing the release of %(target)s")
    ),
    Verb.RELEASE_EMBARGO_CHANGED: Wording(
        "clock", noop("%(person)s changed the first day of use of %(target)s")
    ),
    Verb.RELEASE_REVOKED: Wording("shield-off", noop("%(person)s withdrew the approval of %(target)s")),
    Verb.EVIDENCE_REQUESTED: Wording(
        "folder-lock", noop("%(person)s asked for an evidence pack of %(target)s")
    ),
    Verb.EVIDENCE_MADE: Wording("folder-check", noop("The evidence pack of %(target)s is ready")),
    Verb.EVIDENCE_FAILED: Wording("circle-alert", noop("The evidence pack of %(target)s couldn't be made")),
    Verb.EVIDENCE_DOWNLOADED: Wording(
        "download", noop("%(person)s downloaded the evidence pack of %(target)s")
    ),
    Verb.RELEASE_DOWNLOADED: Wording("download", noop("%(person)s downloaded the release of %(target)s")),
    Verb.RECALL_OPENED: Wording("shield-off", noop("%(person)s recalled copies of %(target)s")),
    Verb.RECALL_ENDED: Wording(
        "shield-off", noop("The clearance of %(target)s ended, and copies of it were recalled")
    ),
    Verb.RECALL_STOPPED: Wording(
        "shield-off",
        noop("A source of %(target)s can no longer be used, and copies of %(target)s were recalled"),
    ),
    Verb.RECALL_LIFTED: Wording("shield-check", noop("Copies of %(target)s can be used again")),
    Verb.RECALL_REACHED: Wording(
        "shield-off", noop("%(person)s recalled copies of what was made from %(target)s")
    ),
    Verb.RECALL_CONFIRMED: Wording(
        "circle-check", noop("%(person)s confirmed that their copies of %(target)s are down")
    ),
    Verb.RECALL_TAKEN_BACK: Wording(
        "undo-2", noop("%(person)s took back that their copies of %(target)s are down")
    ),
    Verb.RECALL_REMINDED: Wording(
        "bell", noop("%(person)s reminded those who have copies of %(target)s to take them down")
    ),
    Verb.MASTER_DOWNLOADED: Wording("download", noop("%(person)s downloaded the master of %(target)s")),
    Verb.RENDITION_REQUESTED: Wording("crop", noop("%(person)s asked for %(target)s in a download format")),
    Verb.RENDITION_SIGNED: Wording(
        "shield-check", noop("%(person)s made and signed a download format of %(target)s")
    ),
    Verb.RENDITION_FAILED: Wording(
        "triangle-alert", noop("%(person)s couldn't make a download format of %(target)s")
    ),
    Verb.RENDITION_CANCELLED: Wording(
        "ban", noop("%(person)s cancelled making a download format of %(target)s")
    ),
    Verb.PRESET_CREATED: Wording("crop", noop("%(person)s added the download preset %(target)s")),
    Verb.PRESET_EDITED: Wording("crop", noop("%(person)s changed the download preset %(target)s")),
    Verb.PRESET_DELETED: Wording("trash-2", noop("%(person)s deleted the download preset %(target)s")),
    Verb.PRESET_RESTORED: Wording("undo-2", noop("%(person)s restored the download preset %(target)s")),
    Verb.RIGHTS_PRESET_ADDED: Wording("list-plus", noop("%(person)s added the rights preset “%(target)s”")),
    Verb.RIGHTS_PRESET_EDITED: Wording("list", noop("%(person)s changed the rights preset “%(target)s”")),
    Verb.RIGHTS_PRESET_DELETED: Wording("trash-2", noop("%(person)s deleted the rights preset “%(target)s”")),
    Verb.RIGHTS_PRESET_RESTORED: Wording(
        "undo-2", noop("%(person)s restored the rights preset “%(target)s”")
    ),
    Verb.QUESTION_ADDED: Wording("list-plus", noop("%(person)s added “%(target)s” to the review checklist")),
    Verb.QUESTION_EDITED: Wording("list", noop("%(person)s changed “%(target)s” on the review checklist")),
    Verb.QUESTION_RETIRED: Wording("list", noop("%(person)s retired “%(target)s” from the review checklist")),
    Verb.QUESTION_RESTORED: Wording("list", noop("%(person)s restored “%(target)s” to the review checklist")),
    Verb.TEMPLATE_ADDED: Wording("list-plus", noop("%(person)s added the review template “%(target)s”")),
    Verb.TEMPLATE_EDITED: Wording("list", noop("%(person)s changed the review template “%(target)s”")),
    Verb.TEMPLATE_ARCHIVED: Wording("list", noop("%(person)s archived the review template “%(target)s”")),
    Verb.TEMPLATE_RESTORED: Wording("list", noop("%(person)s restored the review template “%(target)s”")),
    Verb.ABSENCE_PLANNED: Wording(
        "calendar-off", noop("%(person)s planned an absence in which %(target)s stands in")
    ),
    Verb.ABSENCE_ENDED: Wording(
        "undo-2", noop("%(person)s ended an absence in which %(target)s was to stand in")
    ),
    Verb.ABSENCE_OVER: Wording(
        "calendar-check", noop("%(person)s closed an absence in which %(target)s stood in")
    ),
    Verb.COMMENT_ADDED: Wording("message-square", noop("%(person)s commented on %(target)s")),
    Verb.COMMENT_RESOLVED: Wording(
        "message-square-check", noop("%(person)s resolved a comment on %(target)s")
    ),
    Verb.COMMENT_REOPENED: Wording("undo-2", noop("%(person)s reopened a comment on %(target)s")),
    Verb.COMMENT_NOT_DONE: Wording(
        "message-square", noop("%(person)s marked a comment on %(target)s as not done in a newer version")
    ),
    Verb.COMMENT_UNTICKED: Wording("undo-2", noop("%(person)s undid “not done” on a comment on %(target)s")),
    Verb.COMMENT_ASSIGNED: Wording("user-plus", noop("%(person)s assigned a comment on %(target)s")),
    Verb.COMMENT_UNASSIGNED: Wording("user-minus", noop("%(person)s unassigned a comment on %(target)s")),
    Verb.COMMENT_EDITED: Wording("pencil", noop("%(person)s edited a comment on %(target)s")),
    Verb.COMMENT_DELETED: Wording("trash-2", noop("%(person)s deleted a comment on %(target)s")),
    Verb.COMMENT_RESTORED: Wording("undo-2", noop("%(person)s restored a comment on %(target)s")),
    Verb.COMMENT_REACTED: Wording("smile-plus", noop("%(person)s reacted to a comment on %(target)s")),
    Verb.COMMENT_UNREACTED: Wording(
        "undo-2", noop("%(person)s removed a reaction to a comment on %(target)s")
    ),
    Verb.COMMENTS_EXPORTED: Wording(
        "file-text", noop("%(person)s exported the comments on %(target)s as a PDF")
    ),
    Verb.STEP_RETRIED: Wording("rotate-ccw", noop("%(person)s reran a processing step of %(target)s")),
    Verb.STEPS_RETRIED: Wording(
        "rotate-ccw", noop("%(person)s reran every failed step %(target)s in this brand")
    ),
    Verb.RENDITIONS_ASKED: Wording("layers", noop("%(person)s had %(target)s made for clips without one")),
    Verb.RENDITIONS_STOPPED: Wording(
        "ban", noop("%(person)s stopped making %(target)s for clips without one")
    ),
    Verb.FILES_IMPORTED: Wording("folder-down", noop("%(person)s imported %(target)s")),
    Verb.FILES_REPAIRED: Wording("wrench", noop("%(person)s repaired %(target)s in storage")),
    Verb.TRAIL_EXPORTED: Wording("download", noop("%(person)s exported the activity log %(target)s")),
    Verb.TOKEN_CREATED: Wording("key-round", noop("%(person)s created the API token %(target)s")),
    Verb.TOKEN_REVOKED: Wording("ban", noop("%(person)s revoked the API token %(target)s")),
    Verb.SHARE_CREATED: Wording("send", noop("%(person)s shared clips with %(target)s")),
    Verb.SHARE_REVOKED: Wording("ban", noop("%(person)s revoked the share link for %(target)s")),
    Verb.GUEST_INVITED: Wording("send", noop("%(person)s asked %(target)s to review from outside")),
    Verb.GUEST_INVITED_AGAIN: Wording("send", noop("%(person)s sent a new review link to %(target)s")),
    Verb.GUEST_OPENED: Wording("eye", noop("%(person)s opened %(target)s from outside")),
    Verb.GUEST_COMMENTED: Wording("message-square", noop("%(person)s commented on %(target)s from outside")),
    Verb.GUEST_EDITED: Wording("pencil", noop("%(person)s edited a comment on %(target)s from outside")),
    Verb.GUEST_DELETED: Wording("trash-2", noop("%(person)s deleted a comment on %(target)s from outside")),
    Verb.GUEST_RESTORED: Wording("undo-2", noop("%(person)s restored a comment on %(target)s from outside")),
    Verb.GUEST_ANSWERED: Wording("reply", noop("%(person)s answered an outside reviewer of %(target)s")),
    Verb.GUEST_SHOWN: Wording("eye", noop("%(person)s showed outside reviewers a comment on %(target)s")),
    Verb.GUEST_HIDDEN: Wording("lock", noop("%(person)s made a comment on %(target)s private again")),
    Verb.GUEST_REACTED: Wording(
        "smile-plus", noop("%(person)s reacted to a comment on %(target)s from outside")
    ),
    Verb.GUEST_UNREACTED: Wording(
        "undo-2", noop("%(person)s removed a reaction to a comment on %(target)s from outside")
    ),
    Verb.GUEST_RECOMMENDED: Wording(
        "message-circle-warning", noop("%(person)s made a recommendation on %(target)s from outside")
    ),
    Verb.GUEST_DOWNLOADED: Wording(
        "download", noop("%(person)s downloaded their marked copy of %(target)s from outside")
    ),
    Verb.GUEST_REVOKED: Wording("ban", noop("%(person)s revoked the review link of %(target)s")),
    Verb.GUEST_EXPIRED: Wording("calendar-clock", noop("%(person)s ended the review link of %(target)s")),
    Verb.GUEST_ERASED: Wording(
        "eraser", noop("%(person)s removed the personal data of the outside reviewer %(target)s")
    ),
    Verb.MEMBER_ADMITTED: Wording("user-plus", noop("%(person)s added %(target)s to the brand")),
    Verb.MAIL_CHANGED: Wording("mail", noop("%(person)s changed how emails are sent to %(target)s")),
    Verb.ROLE_CREATED: Wording("users", noop("%(person)s made the role %(target)s")),
    Verb.ROLE_EDITED: Wording("users", noop("%(person)s changed the role %(target)s")),
    Verb.ROLE_RETIRED: Wording("users", noop("%(person)s retired the role %(target)s")),
    Verb.TAG_EDITED: Wording("tag", noop("%(person)s changed the tag %(target)s")),
    Verb.TAG_RENAMED: Wording("tag", noop("%(person)s gave another tag the place of %(target)s")),
    Verb.FIELD_CREATED: Wording("list-plus", noop("%(person)s made the field %(target)s")),
    Verb.FIELD_EDITED: Wording("list", noop("%(person)s changed the field %(target)s")),
    Verb.FIELD_RETIRED: Wording("list", noop("%(person)s retired the field %(target)s")),
    Verb.FIELD_RESTORED: Wording("list", noop("%(person)s restored the field %(target)s")),
    Verb.FIELDS_SET_ADDED: Wording("list-plus", noop("%(person)s added the set of fields %(target)s")),
    Verb.FIELDS_SET_REMOVED: Wording("undo-2", noop("%(person)s took back the set of fields %(target)s")),
    Verb.FIELDS_ORDERED: Wording("list", noop("%(person)s put the fields of %(target)s in another order")),
    Verb.BRAND_CREATED: Wording("plus", noop("%(person)s made the brand %(target)s")),
    Verb.BRAND_EDITED: Wording("settings", noop("%(person)s changed the settings of %(target)s")),
    Verb.BRAND_LOGO_CHANGED: Wording("image", noop("%(person)s changed the logo of %(target)s")),
    Verb.BRAND_CLOSED: Wording("triangle-alert", noop("%(person)s scheduled the deletion of %(target)s")),
    Verb.BRAND_REOPENED: Wording("undo-2", noop("%(person)s cancelled the deletion of %(target)s")),
    Verb.BRAND_EXPORTED: Wording("download", noop("%(person)s exported %(target)s")),
    Verb.BRAND_DELETED: Wording("trash-2", noop("%(person)s deleted %(target)s")),
    Verb.MEMBER_RENAMED: Wording("pencil", noop("%(person)s changed the name of %(target)s")),
    Verb.MEMBER_SECOND_FACTOR_ADDED: Wording(
        "shield-check", noop("%(person)s added a second factor to the account of %(target)s")
    ),
    Verb.MEMBER_SECOND_FACTOR_REMOVED: Wording(
        "shield-off", noop("%(person)s removed a second factor from the account of %(target)s")
    ),
    Verb.MEMBER_SECOND_FACTOR_RESET: Wording(
        "shield-off", noop("%(person)s reset the second factor of %(target)s")
    ),
    Verb.MEMBER_PASSWORD_LINK_MADE: Wording(
        "key-round", noop("%(person)s made a link to a new password for %(target)s")
    ),
    Verb.MEMBER_INVITED: Wording("mail", noop("%(person)s invited %(target)s")),
    Verb.MEMBER_INVITED_AGAIN: Wording("mail", noop("%(person)s invited %(target)s again")),
    Verb.MEMBER_INVITATION_REVOKED: Wording("ban", noop("%(person)s revoked the invitation of %(target)s")),
    Verb.MEMBER_JOINED: Wording("user-plus", noop("%(person)s joined the brand %(target)s")),
    Verb.MEMBER_ROLE_CHANGED: Wording("user-cog", noop("%(person)s changed the role of %(target)s")),
    Verb.MEMBER_DEACTIVATED: Wording("user-x", noop("%(person)s deactivated %(target)s")),
    Verb.MEMBER_REACTIVATED: Wording("user-check", noop("%(person)s reactivated %(target)s")),
    Verb.MEMBER_ERASED: Wording("eraser", noop("%(person)s removed the personal data of %(target)s")),
    Verb.ACCOUNT_CLOSED: Wording("user-x", noop("%(person)s closed the account of %(target)s")),
    Verb.ACCOUNT_REOPENED: Wording("user-check", noop("%(person)s reopened the account of %(target)s")),
    Verb.GROUP_CREATED: Wording("users", noop("%(person)s created the group %(target)s")),
    Verb.GROUP_CHANGED: Wording("users", noop("%(person)s changed the group %(target)s")),
    Verb.GROUP_DELETED: Wording("users", noop("%(person)s deleted the group %(target)s")),
    Verb.REVIEW_HANDED_OVER: Wording("send", noop("%(person)s handed over the review of %(target)s")),
    Verb.JOB_HANDED_OVER: Wording("send", noop("%(person)s handed over generating %(target)s")),
    Verb.COMPANY_JOINED: Wording(
        "user-plus", noop("%(person)s let %(target)s into the brand by company sign-in")
    ),
    Verb.COMPANY_ROLE_CHANGED: Wording(
        "user-cog", noop("%(person)s changed the role of %(target)s by company sign-in")
    ),
    Verb.COMPANY_ENDED: Wording(
        "user-minus", noop("%(person)s ended the membership of %(target)s by company sign-in")
    ),
    Verb.COMPANY_SIGN_IN_CHANGED: Wording(
        "log-in", noop("%(person)s changed the company sign-in %(target)s")
    ),
    Verb.SCIM_TOKEN_CREATED: Wording("key-round", noop("%(person)s created the directory token %(target)s")),
    Verb.SCIM_TOKEN_REVOKED: Wording("ban", noop("%(person)s revoked the directory token %(target)s")),
    Verb.SEARCH_SHARED: Wording("bookmark", noop("%(person)s shared the saved search %(target)s")),
    Verb.SEARCH_UNSHARED: Wording("bookmark", noop("%(person)s stopped sharing the saved search %(target)s")),
    Verb.SEARCH_EDITED: Wording("bookmark", noop("%(person)s changed the saved search %(target)s")),
    Verb.SEARCH_DELETED: Wording("bookmark", noop("%(person)s deleted the saved search %(target)s")),
    Verb.SEARCH_RESTORED: Wording("bookmark", noop("%(person)s restored the saved search %(target)s")),
    Verb.COLLECTION_CREATED: Wording("folder", noop("%(person)s made the collection %(target)s")),
    Verb.COLLECTION_EDITED: Wording("folder", noop("%(person)s changed the collection %(target)s")),
    Verb.COLLECTION_SHARED: Wording("users", noop("%(person)s changed who sees the collection %(target)s")),
    Verb.COLLECTION_DELETED: Wording("trash-2", noop("%(person)s deleted the collection %(target)s")),
    Verb.COLLECTION_RESTORED: Wording("undo-2", noop("%(person)s restored the collection %(target)s")),
    Verb.COLLECTION_CLIPS_ADDED: Wording(
        "folder-plus", noop("%(person)s added clips to the collection %(target)s")
    ),
    Verb.COLLECTION_CLIPS_REMOVED: Wording(
        "folder-minus", noop("%(person)s removed clips from the collection %(target)s")
    ),
    Verb.COLLECTION_CLIPS_MOVED: Wording(
        "arrow-up-down", noop("%(person)s changed the order of the collection %(target)s")
    ),
    Verb.COLLECTION_INSIDE_MOVED: Wording(
        "arrow-up-down", noop("%(person)s changed the order of the collections inside %(target)s")
    ),
    Verb.JOB_REQUESTED: Wording("sparkles", noop("%(person)s started generating %(target)s")),
    Verb.JOB_CANCELLED: Wording("ban", noop("%(person)s cancelled generating %(target)s")),
    Verb.JOB_FAILED: Wording("triangle-alert", noop("%(person)s couldn't generate %(target)s")),
    Verb.CLIP_REPRODUCTION_ASKED: Wording("repeat", noop("%(person)s started reproducing %(target)s")),
    Verb.CLIP_REPRODUCED: Wording("repeat", noop("%(person)s reproduced %(target)s")),
    Verb.CLIP_REPRODUCTION_CANCELLED: Wording("ban", noop("%(person)s cancelled reproducing %(target)s")),
    Verb.CLIP_REPRODUCTION_FAILED: Wording(
        "triangle-alert", noop("%(person)s couldn't reproduce %(target)s")
    ),
    Verb.BATCH_REQUESTED: Wording("sparkles", noop("%(person)s started the batch “%(target)s”")),
    Verb.CUT_STARTED: Wording("scissors", noop("%(person)s started making the cut “%(target)s”")),
    Verb.CUT_CANCELLED: Wording("ban", noop("%(person)s cancelled the cut “%(target)s”")),
    Verb.CUT_FAILED: Wording("triangle-alert", noop("%(person)s couldn't make the cut “%(target)s”")),
    Verb.BATCH_STOPPED: Wording("ban", noop("%(person)s stopped the batch “%(target)s”")),
    Verb.BATCH_CONTINUED: Wording("play", noop("%(person)s continued the batch “%(target)s”")),
    Verb.MODEL_LICENCE_READ: Wording(
        "scale", noop("%(person)s recorded what the licence of %(target)s allows")
    ),
    Verb.MODEL_READING_ENDED: Wording(
        "undo-2", noop("%(person)s withdrew what was recorded of the licence of %(target)s")
    ),
    Verb.MODEL_FETCH_ASKED: Wording("download", noop("%(person)s started getting the model %(target)s")),
    Verb.MODEL_FETCH_CANCELLED: Wording("ban", noop("%(person)s cancelled getting the model %(target)s")),
    Verb.MODEL_FETCH_FAILED: Wording("triangle-alert", noop("%(person)s couldn't get the model %(target)s")),
    Verb.MODEL_FETCHED: Wording("circle-check", noop("%(person)s got the model %(target)s")),
    Verb.MODEL_REMOVED: Wording("trash-2", noop("%(person)s removed the model %(target)s")),
    Verb.MODEL_RESTORED: Wording("undo-2", noop("%(person)s restored the model %(target)s")),
    Verb.MODEL_DEFAULT_CHOSEN: Wording(
        "cpu", noop("%(person)s chose %(target)s as the model that briefs begin with")
    ),
    Verb.BRAND_KIT_CHANGED: Wording("palette", noop("%(person)s changed the brand kit")),
    Verb.PROMPT_RULE_ADDED: Wording("list-plus", noop("%(person)s added the prompt rule “%(target)s”")),
    Verb.PROMPT_RULE_EDITED: Wording("list", noop("%(person)s changed the prompt rule “%(target)s”")),
    Verb.PROMPT_RULE_DELETED: Wording("trash-2", noop("%(person)s deleted the prompt rule “%(target)s”")),
    Verb.PROMPT_RULE_RESTORED: Wording("undo-2", noop("%(person)s restored the prompt rule “%(target)s”")),
    Verb.WAIVER_ASKED: Wording("gavel", noop("%(person)s asked for a waiver for the prompt “%(target)s”")),
    Verb.WAIVER_GRANTED: Wording(
        "circle-check-big", noop("%(person)s granted a waiver for the prompt “%(target)s”")
    ),
    Verb.WAIVER_DECLINED: Wording("ban", noop("%(person)s declined a waiver for the prompt “%(target)s”")),
    Verb.WAIVER_ENDED: Wording("ban", noop("%(person)s took back the waiver for the prompt “%(target)s”")),
    Verb.REVIEW_DUE_TOMORROW: Wording(
        "calendar-clock", noop("%(person)s reminded of the review due tomorrow: %(target)s")
    ),
    Verb.REVIEW_DUE_SOON: Wording(
        "calendar-clock", noop("%(person)s reminded of the review due soon: %(target)s")
    ),
    Verb.REVIEW_OVERDUE: Wording(
        "calendar-clock", noop("%(person)s reminded of the overdue review: %(target)s")
    ),
    Verb.RIGHTS_ENDING: Wording(
        "calendar-clock", noop("%(person)s warned that the clearance ends soon: %(target)s")
    ),
    Verb.WEBHOOK_CREATED: Wording("webhook", noop("%(person)s added the webhook %(target)s")),
    Verb.WEBHOOK_EDITED: Wording("webhook", noop("%(person)s changed the webhook %(target)s")),
    Verb.WEBHOOK_DELETED: Wording("webhook", noop("%(person)s deleted the webhook %(target)s")),
    Verb.WEBHOOK_DISABLED: Wording(
        "webhook", noop("%(person)s turned off the webhook %(target)s after days of failed deliveries")
    ),
}

# The same where not everyone sees the collection, so that the log doesn't name it.
OF_PRIVATE: dict[str, str] = {
    Verb.COLLECTION_CREATED: noop("%(person)s made a private collection"),
    Verb.COLLECTION_EDITED: noop("%(person)s changed a private collection"),
    Verb.COLLECTION_SHARED: noop("%(person)s changed who sees a private collection"),
    Verb.COLLECTION_DELETED: noop("%(person)s deleted a private collection"),
    Verb.COLLECTION_RESTORED: noop("%(person)s restored a private collection"),
    Verb.COLLECTION_CLIPS_ADDED: noop("%(person)s added clips to a private collection"),
    Verb.COLLECTION_CLIPS_REMOVED: noop("%(person)s removed clips from a private collection"),
    Verb.COLLECTION_CLIPS_MOVED: noop("%(person)s changed the order of a private collection"),
    Verb.COLLECTION_INSIDE_MOVED: noop("%(person)s changed the order inside a private collection"),
}

# The filter of the activity page: what each choice shows.
KINDS = {
    "library": (
        noop("Library"),
        (
            "asset.",
            "version.",
            "step.",
            "steps.",
            "renditions.",
            "files.",
            "search.",
            "collection.",
            "tag.",
            "duplicates.",
        ),
    ),
    "review": (noop("Review"), ("review.", "comment.", "comments.", "guest.", "absence.")),
    "release": (
        noop("Releases and downloads"),
        ("release.", "evidence.", "recall.", "master.", "rendition.", "rights.", "share."),
    ),
    "generate": (noop("Generation"), ("job.", "waiver.", "clip.")),
    "people": (noop("People"), ("member.", "account.", "group.", "company.")),
    "settings": (
        noop("Settings"),
        (
            "brand.",
            "preset.",
            "rights_preset.",
            "prompt_rule.",
            "model.",
            "question.",
            "review_template.",
            "role.",
            "mail.",
            "token.",
            "scim_token.",
            "webhook.",
            "trail.",
            "field.",
            "fields.",
        ),
    ),
}


def word(event: Event) -> Wording:
    """A verb without wording of its own is shown as it is."""
    if event.data.get("private") and event.verb in OF_PRIVATE:
        return Wording(VERBS[event.verb].icon, OF_PRIVATE[event.verb])
    plain = event.verb.replace(".", " ").replace("_", " ").replace("%", "%%")
    return VERBS.get(event.verb, Wording("circle-dot", f"%(person)s: {plain} %(target)s"))


def sentence(event: Event, *, person: str, target: str) -> str:
    """ "Ada moved Summer to trash": the parts come as they are to be shown, escaped and linked."""
    return word(event).said % {"person": person, "target": target}
