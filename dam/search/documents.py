"""Search documents: what of an asset's and its versions' words is searched, written in a few queries.

Whoever changes a text that is searched calls `refresh_many` in the same transaction.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from dam.accounts.models import Brand
from dam.catalog import tags
from dam.catalog.models import Asset, Version
from dam.custom_fields import schema, shown, values
from dam.media.embedded_metadata import EmbeddedMetadata
from dam.search import lexemes, lexicon, said_lines
from dam.search.lexemes import Text
from dam.search.models import CommentText, SearchDocument, TimedTextKind
from dam.search.results import Part

WEIGHTS = {Part.TITLE: "A", Part.TAGS: "B", Part.FIELD: "C", Part.DESCRIPTION: "C"}  # all others D
INSIDE = {Part.PROMPT, Part.COMMENT}  # for those who work with drafts: nobody else is shown them


@dataclass(frozen=True)
class PartText:
    """One text of a version, and which part of its words it is."""

    part: Part
    text: str
    start_ms: int | None = None
    end_ms: int | None = None


@dataclass
class _Texts:
    """What versions say besides their assets."""

    timed: dict[UUID, list[PartText]] = field(default_factory=lambda: defaultdict(list))
    comments: dict[UUID, list[PartText]] = field(default_factory=lambda: defaultdict(list))


def refresh_many(assets: Collection[Asset]) -> None:
    """Bring the documents of all versions of the assets up to date, in a fixed number of queries.

    New documents stand in time where their assets do; those of old assets are to come newest first.
    """
    keys = [asset.pk for asset in assets]
    with transaction.atomic():
        # In one order, and before their documents: a trigger of the documents asks the assets.
        locked = Asset.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True)
        rows = {asset.pk: asset for asset in locked}
        order = {key: place for place, key in enumerate(keys)}
        versions = sorted(Version.objects.filter(asset__in=keys), key=lambda each: order[each.asset_id])
        texts = of_versions(versions, rows)
        made = {pk: lexemes.document(map(_weighted, parts)) for pk, parts in texts.items()}
        SearchDocument.objects.bulk_create(
            [
                SearchDocument(
                    version=version,
                    asset_id=version.asset_id,
                    brand_id=version.brand_id,
                    created_at=rows[version.asset_id].created_at,
                    language=made[version.pk].language,
                    words=made[version.pk].vector,
                )
                for version in versions
            ],
            update_conflicts=True,
            unique_fields=["version"],
            update_fields=["language", "words"],
        )
        words: dict[int, set[str]] = defaultdict(set)
        for version in versions:
            words[version.brand_id] |= made[version.pk].words
        lexicon.learn(words)


def of_versions(versions: Iterable[Version], assets: Mapping[UUID, Asset]) -> dict[UUID, list[PartText]]:
    """The texts of each version, in the order in which they tell most."""
    versions = list(versions)
    names = tags.of(assets.values())
    own = own_words(assets.values())
    keys = [version.pk for version in versions]
    more = _more(keys)
    return {
        version.pk: [
            *_words_of(
                assets[version.asset_id], version, names[version.asset_id], own.get(version.asset_id, ())
            ),
            *more.timed[version.pk],
            *more.comments[version.pk],
        ]
        for version in versions
    }


def own_words(assets: Collection[Asset]) -> dict[UUID, tuple[str, ...]]:
    """What clips say in the fields of their brands, in two queries for each brand that has fields."""
    keys = {asset.brand_id for asset in assets}
    found: dict[UUID, tuple[str, ...]] = {}
    for brand in Brand.objects.filter(pk__in=keys, fields_at__isnull=False):
        known = schema.of(brand)
        its = [asset for asset in assets if asset.brand_id == brand.pk]
        found |= {key: tuple(shown.words(known, has)) for key, has in values.of(its, known=known).items()}
    return found


def of_file(said: EmbeddedMetadata, asset: Asset) -> Iterator[PartText]:
    """What is searched of what a file says of itself: not what its clip says, too, word for word."""
    for words in said.words(inside=False):
        if words not in (asset.title, asset.description):
            yield PartText(Part.FILE, words)
    for words in said.words(inside=True):
        yield PartText(Part.PROMPT, words)


def _words_of(asset: Asset, version: Version, names: Iterable[str], own: Iterable[str]) -> Iterable[PartText]:
    yield PartText(Part.TITLE, asset.title)
    for name in sorted(names):
        yield PartText(Part.TAGS, name)
    yield PartText(Part.DESCRIPTION, asset.description)
    for words in own:
        yield PartText(Part.FIELD, words)
    yield from of_file(EmbeddedMetadata.from_json(version.media_info.get("embedded")), asset)
    given = dict.fromkeys(filter(None, (version.prompt, version.search_words, asset.search_words)))
    for words in given:
        if words != version.filename:
            yield PartText(Part.PROMPT, words)
    yield PartText(Part.FILE_NAME, version.filename)


def _more(keys: Collection[UUID]) -> _Texts:
    texts = _Texts()
    for row in said_lines.searched(keys).order_by("version", "start_ms", "pk"):
        part = Part.WRITTEN if row.kind == TimedTextKind.WRITTEN else Part.SAID
        texts.timed[row.version_id].append(PartText(part, row.text, row.start_ms, row.end_ms))
    for comment in CommentText.objects.filter(version__in=keys).order_by("pk"):
        texts.comments[comment.version_id].append(PartText(Part.COMMENT, comment.text))
    return texts


def _weighted(text: PartText) -> Text:
    return Text(text.text, weight=WEIGHTS.get(text.part, "D"), inside=text.part in INSIDE)
