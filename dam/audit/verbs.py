"""What can happen: the verbs of the audit trail, `subject.past participle`. Pure.

Pages word them (dam.web.audit_labels), webhooks and notifications subscribe to them. A verb that was
written once stays here for ever: the chain of an installation holds it.
"""

from enum import StrEnum


class Verb(StrEnum):
    ASSET_UPLOADED = "asset.uploaded"
    ASSET_GENERATED = "asset.generated"
    ASSET_EDITED = "asset.edited"
    ASSET_TRASHED = "asset.trashed"
    ASSET_RESTORED = "asset.restored"
    VERSION_ADDED = "version.added"
    VERSION_DAMAGE_FOUND = "version.damage_found"
    REVIEW_SUBMITTED = "review.submitted"
    REVIEW_APPROVED_STAGE = "review.approved_stage"
    REVIEW_APPROVED = "review.approved"
    REVIEW_CHANGES_REQUESTED = "review.changes_requested"
    REVIEW_REJECTED = "review.rejected"
    REVIEW_WITHDRAWN = "review.withdrawn"
    REVIEW_SUPERSEDED = "review.superseded"
    RELEASE_SIGNED = "release.signed"
    RELEASE_FAILED = "release.failed"
    RELEASE_RETRIED = "release.retried"
    RELEASE_REVOKED = "release.revoked"
    RELEASE_DOWNLOADED = "release.downloaded"
    MASTER_DOWNLOADED = "master.downloaded"
    COMMENT_ADDED = "comment.added"
    COMMENT_RESOLVED = "comment.resolved"
    STEP_RETRIED = "step.retried"
    STEPS_RETRIED = "steps.retried"
    TRAIL_EXPORTED = "trail.exported"
    TOKEN_CREATED = "token.created"
    TOKEN_REVOKED = "token.revoked"
    SHARE_CREATED = "share.created"
    SHARE_REVOKED = "share.revoked"
    MEMBER_ADMITTED = "member.admitted"
    MAIL_CHANGED = "mail.changed"
    SEARCH_SHARED = "search.shared"
    SEARCH_UNSHARED = "search.unshared"
    SEARCH_EDITED = "search.edited"
    SEARCH_DELETED = "search.deleted"
    SEARCH_RESTORED = "search.restored"
    JOB_REQUESTED = "job.requested"
    JOB_CANCELLED = "job.cancelled"
    JOB_FAILED = "job.failed"
