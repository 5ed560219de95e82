"""Re-exports: each model lives with its domain."""

from dam.accounts.mail_models import MailSettings, OutgoingMail
from dam.accounts.models import (
    ApiToken,
    Brand,
    BrandExport,
    CustomRole,
    Group,
    Invitation,
    Membership,
    ShareLink,
    Turn,
    User,
)
from dam.accounts.setup_models import Setup
from dam.audit.models import ChainCheck, Event, SealedName
from dam.bulk.models import BulkEdit, BulkItem
from dam.catalog.models import Asset, Rendition, RenditionPart, Tag, Version
from dam.collections.models import Collection, CollectionItem, Favourite, RecentClip
from dam.custom_fields.models import CustomField, FieldOption, FieldValue, StaleRows, StaleWords
from dam.duplicates.models import CommonToken, NearPair, VersionPrint
from dam.ingest.models import Step, Upload
from dam.notifications.models import (
    Delivery,
    MailHours,
    Notification,
    NotificationChoice,
    TrailReader,
    Webhook,
)
from dam.operations.models import (
    BackupRun,
    DailySize,
    StorageCheck,
    StorageFinding,
    StoredChange,
    StoredFiles,
)
from dam.rights.models import RightsRecord
from dam.scim.models import ScimGroup, ScimToken, ScimUser
from dam.search.models import (
    BroaderTag,
    CommentText,
    DocumentBuild,
    Embedding,
    EncoderIndex,
    LexiconWord,
    NullQueries,
    PromptMeaning,
    SearchDocument,
    TagSynonym,
    TimedText,
)
from dam.search.saved.models import (
    Alert,
    AlertCandidate,
    AlertMatch,
    AlertPass,
    FruitlessSearch,
    RecentSearch,
    SavedSearch,
)
from dam.search.tagging.models import SuggestedTag
from dam.sso.models import CompanyDomain, GivenMembership, GroupRule, SignInProvider

__all__ = [
    "Alert",
    "AlertCandidate",
    "AlertMatch",
    "AlertPass",
    "ApiToken",
    "Asset",
    "BackupRun",
    "Brand",
    "BrandExport",
    "BroaderTag",
    "BulkEdit",
    "BulkItem",
    "ChainCheck",
    "Collection",
    "CollectionItem",
    "CommentText",
    "CommonToken",
    "CompanyDomain",
    "CustomField",
    "CustomRole",
    "DailySize",
    "Delivery",
    "DocumentBuild",
    "Embedding",
    "EncoderIndex",
    "Event",
    "Favourite",
    "FieldOption",
    "FieldValue",
    "FruitlessSearch",
    "GivenMembership",
    "Group",
    "GroupRule",
    "Invitation",
    "LexiconWord",
    "MailHours",
    "MailSettings",
    "Membership",
    "NearPair",
    "Notification",
    "NotificationChoice",
    "NullQueries",
    "OutgoingMail",
    "PromptMeaning",
    "RecentClip",
    "RecentSearch",
    "Rendition",
    "RenditionPart",
    "RightsRecord",
    "SavedSearch",
    "ScimGroup",
    "ScimToken",
    "ScimUser",
    "SealedName",
    "SearchDocument",
    "Setup",
    "ShareLink",
    "SignInProvider",
    "StaleRows",
    "StaleWords",
    "Step",
    "StorageCheck",
    "StorageFinding",
    "StoredChange",
    "StoredFiles",
    "SuggestedTag",
    "Tag",
    "TagSynonym",
    "TimedText",
    "TrailReader",
    "Turn",
    "Upload",
    "User",
    "Version",
    "VersionPrint",
    "Webhook",
]
