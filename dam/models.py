"""Re-exports: each model lives with its domain."""

from dam.accounts.models import ApiToken, Brand, Membership, ShareLink, Turn, User
from dam.audit.models import ChainCheck, Event
from dam.catalog.models import Asset, Rendition, RenditionPart, Tag, Version
from dam.ingest.models import Step, Upload
from dam.rights.models import RightsRecord
from dam.search.models import Embedding, TimedText

__all__ = [
    "ApiToken",
    "Asset",
    "Brand",
    "ChainCheck",
    "Embedding",
    "Event",
    "Membership",
    "Rendition",
    "RenditionPart",
    "RightsRecord",
    "ShareLink",
    "Step",
    "Tag",
    "TimedText",
    "Turn",
    "Upload",
    "User",
    "Version",
]
