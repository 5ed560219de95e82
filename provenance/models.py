"""Re-exports: each model lives with its domain."""

from provenance.attachments.models import Attachment, AttachmentPreview
from provenance.comment_pdfs.models import CommentPdf
from provenance.downloads.models import DownloadPreset, PresetFile
from provenance.evidence_packs.models import EvidencePack
from provenance.guests.models import (
    GuestAddress,
    GuestAdvice,
    GuestLink,
    GuestRemark,
    GuestSession,
    MarkedCopy,
)
from provenance.manifests.models import ManifestRecord
from provenance.recalls.models import Recall, RecallNotice
from provenance.releases.models import Release, ReleaseRenewal, ReleaseTimestamp
from provenance.review.models import (
    Absence,
    ChecklistQuestion,
    Comment,
    CommentImport,
    CommentLink,
    Decision,
    EvidenceFile,
    ImportedComment,
    LedgerEntry,
    NotDone,
    Reaction,
    Review,
    ReviewTemplate,
)
from provenance.review.set_models import ReviewOpening, ReviewSet
from provenance.review.stamp_models import LedgerStamp
from provenance.sidecars.models import Sidecar
from provenance.watermarks.models import Watermark

__all__ = [
    "Absence",
    "Attachment",
    "AttachmentPreview",
    "ChecklistQuestion",
    "Comment",
    "CommentImport",
    "CommentLink",
    "CommentPdf",
    "Decision",
    "DownloadPreset",
    "EvidenceFile",
    "EvidencePack",
    "GuestAddress",
    "GuestAdvice",
    "GuestLink",
    "GuestRemark",
    "GuestSession",
    "ImportedComment",
    "LedgerEntry",
    "LedgerStamp",
    "ManifestRecord",
    "MarkedCopy",
    "NotDone",
    "PresetFile",
    "Reaction",
    "Recall",
    "RecallNotice",
    "Release",
    "ReleaseRenewal",
    "ReleaseTimestamp",
    "Review",
    "ReviewOpening",
    "ReviewSet",
    "ReviewTemplate",
    "Sidecar",
    "Watermark",
]
