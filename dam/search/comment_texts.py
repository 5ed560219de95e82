"""What remarks on versions say, handed down by review: found by those alone who may read remarks."""

from dam.catalog.models import Version
from dam.search import documents
from dam.search.models import CommentText


def keep(version: Version, *, source: str, text: str) -> None:
    """Keep the text of one remark, named by its source, and bring the version's words up to date."""
    CommentText.objects.update_or_create(version=version, source=source, defaults={"text": text})
    documents.refresh_many([version.asset])


def drop(version: Version, *, source: str) -> None:
    """Have the remark no longer found."""
    if CommentText.objects.filter(version=version, source=source).delete()[0]:
        documents.refresh_many([version.asset])
