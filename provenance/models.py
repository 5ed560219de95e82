"""Re-exports: each model lives with its domain."""

from provenance.manifests.models import ManifestRecord
from provenance.releases.models import Release
from provenance.review.models import Comment, Decision, Review

__all__ = ["Comment", "Decision", "ManifestRecord", "Release", "Review"]
