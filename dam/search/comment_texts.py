"""What remarks on versions say, handed down by review: found by those alone who may read remarks."""

from collections.abc import Collection, Mapping

from dam.catalog.models import Version
from dam.search import documents
from dam.search.models import CommentText


def keep(version: Version, *, source: str, text: str) -> None:
    """Keep the text of one remark, named by its source, and bring the version's words up to date."""
    CommentText.objects.update_or_create(version=version, source=source, defaults={"text": text})
    documents.refresh_many([version.asset])


def add_many(version: Version, texts: Mapping[str, str]) -> None:
    """Keep the texts of new remarks, by their sources, in a fixed number of queries."""
    CommentText.objects.bulk_create(
        CommentText(version=version, source=source, text=text) for source, text in texts.items()
    )
    documents.refresh_many([version.asset])


def drop(version: Version, *, source: str) -> None:
    """Have the remark no longer found."""
    if CommentText.objects.filter(version=version, source=source).delete()[0]:
        documents.refresh_many([version.asset])


def drop_many(version: Version, sources: Collection[str]) -> None:
    """Have these remarks no longer found, in a fixed number of queries."""
    if CommentText.objects.filter(version=version, source__in=sources).delete()[0]:
        documents.refresh_many([version.asset])
