"""What a version's file says of itself, as its page shows it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from dam.accounts.principals import Principal
from dam.catalog.models import DeclaredOrigin, Origin, Version
from dam.core import language
from dam.media import digital_source_types
from dam.media.embedded_metadata import CONTAINER, INSIDE, EmbeddedMetadata
from dam.search import fulltext

# In the order in which they are shown.
TITLES = {
    "title": noop("Title"),
    "description": noop("Description"),
    "keywords": noop("Keywords"),
    "creator": noop("Creator"),
    "credit": noop("Credit line"),
    "copyright": noop("Copyright notice"),
    "usage": noop("Usage terms"),
    "source_type": noop("Digital source type"),
    "ai_system": noop("AI system"),
    "ai_system_version": noop("AI system version"),
    "ai_prompt": noop("AI prompt"),
    "comment": noop("Comment"),
}


@dataclass(frozen=True)
class Row:
    title: str
    text: str
    source: str  # where in the file it stands
    shortened: bool


@dataclass(frozen=True)
class MetadataRows:
    """Rows, sentences about what couldn't be read, and the origin that the file declares, in words.

    The latter is empty where a person said one, and for what was made here.
    """

    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    declared_origin: str


def of(version: Version, *, principal: Principal) -> MetadataRows:
    """Prompts are for those who work with drafts, as those of clips that were made here."""
    said = EmbeddedMetadata.from_json(version.media_info.get("embedded"))
    hidden = set() if fulltext.works_here(principal) else INSIDE
    texts = {**said.texts, "keywords": ", ".join(said.keywords)}
    if kind := digital_source_types.TITLES.get(texts.get("source_type", "")):
        texts["source_type"] = _(kind)
    rows = tuple(
        Row(_(title), texts[name], _source(said.sources.get(name, "")), name in said.shortened)
        for name, title in TITLES.items()
        if texts.get(name) and name not in hidden
    )
    notes: tuple[str, ...] = ()
    if said.unread:
        names = language.listed([_source(name) for name in said.unread])
        notes = (_("This file has more metadata (%(source)s) that couldn't be read.") % {"source": names},)
    declared = said.declared_origin
    if not declared or version.declared_origin or version.origin != Origin.UPLOADED:
        return MetadataRows(rows, notes, "")
    return MetadataRows(rows, notes, str(DeclaredOrigin(declared).label))


def _source(name: str) -> str:
    return _("file tags") if name == CONTAINER else name
