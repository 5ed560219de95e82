"""Hits with their reasons: the words that matched, and when they are said or can be read."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from django.db.models import Q, prefetch_related_objects

from dam.accounts.principals import Principal
from dam.catalog.models import Origin, Version
from dam.media.embedded_metadata import EmbeddedMetadata
from dam.search import documents, fulltext, normalising, passages, said_lines
from dam.search.models import CommentText, TimedTextKind
from dam.search.passages import Said
from dam.search.query import Query, Term
from dam.search.results import Hit, Match, Moment, Part, Passage, Why
from dam.search.strengths import Strength

MOST_LINES = 400  # of what is said and written, for a page of hits
MOST_MOMENTS = 4  # of a clip, of what is said and written
_ENDING = 2  # letters of a word that its other forms may not have
_LEAST = 3


def explain(
    hits: Sequence[Hit], query: Query, *, principal: Principal, meant: Sequence[str] = ()
) -> tuple[Hit, ...]:
    """The hits of one page, in four queries. Each shows `asset.shown`, as search.with_parts fetches it.

    What is not shown to the principal is no reason: prompts and comments. `meant` are the words that were
    looked for in place of those that are misspelt.
    """
    worded = [hit for hit in hits if hit.matched is not Match.SEEN]
    if not query.has_words or not worded:
        return tuple(hits)
    prefetch_related_objects([hit.asset for hit in worded], "tags")
    query = replace(query, terms=(*query.terms, *((Term(word),) for word in meant)))
    own = documents.own_words([hit.asset for hit in worded]) if principal.brand.fields_at else {}
    keys, inside = [hit.asset.shown.pk for hit in worded], fulltext.works_here(principal)
    lines, comments = _lines(keys, query), _comments(keys) if inside else {}
    said = _said_by_files(keys)
    return tuple(
        hit
        if hit.matched is Match.SEEN
        else _explained(
            hit,
            lines,
            query,
            inside=comments.get(hit.asset.shown.pk, []) if inside else None,
            own=own.get(hit.asset.pk, ()),
            said=said.get(hit.asset.shown.pk, EmbeddedMetadata()),
        )
        for hit in hits
    )


def _explained(
    hit: Hit,
    lines: dict[UUID, list[Said]],
    query: Query,
    *,
    inside: Sequence[str] | None,
    own: Sequence[str],
    said: EmbeddedMetadata,
) -> Hit:
    """`inside` are the comments; None for those who see neither these nor prompts. `own`: of its fields."""
    asset, version = hit.asset, hit.asset.shown
    prompt = version.prompt or (version.search_words if version.origin == Origin.GENERATED else "")
    of_file = list(documents.of_file(said, asset))
    prompts = (prompt, *(each.text for each in of_file if each.part in documents.INSIDE))
    hidden = (
        ()
        if inside is None
        else (*((Part.PROMPT, text) for text in prompts), *((Part.COMMENT, text) for text in inside))
    )
    texts = (
        (Part.TAGS, ", ".join(tag.name for tag in asset.tags.all())),
        (Part.DESCRIPTION, asset.description),
        *((Part.FIELD, text) for text in own),
        *((each.part, each.text) for each in of_file if each.part not in documents.INSIDE),
        *hidden,
        (Part.FILE_NAME, version.filename),
    )
    # The file's name is often the title over again.
    found = passages.of(texts[:-1], lines.get(version.pk, ()), query)
    found = found or passages.of(texts[-1:], (), query)
    timed = tuple(_moment(each) for each in found if each.start_ms is not None)[:MOST_MOMENTS]
    moments = sorted((*hit.moments, *timed), key=lambda moment: moment.start_ms)
    best = hit.moment if hit.moment and hit.moment.strength is not Strength.WEAK else None
    return replace(
        hit,
        passages=found[: passages.MOST],
        moments=tuple(moments),
        moment=best or next(iter(timed), hit.moment),
    )


def _said_by_files(versions: Iterable[UUID]) -> dict[UUID, EmbeddedMetadata]:
    """What their files say of themselves, of those that do; the rest of what a probe saw is long."""
    rows = Version.objects.filter(pk__in=list(versions), media_info__has_key="embedded")
    found = rows.values_list("pk", "media_info__embedded")
    return {key: EmbeddedMetadata.from_json(said) for key, said in found}


def _comments(versions: Iterable[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = CommentText.objects.filter(version_id__in=list(versions)).order_by("-pk")[:MOST_LINES]
    for row in rows:
        found[row.version_id].append(row.text)
    return found


def _moment(passage: Passage) -> Moment:
    start, end = passage.start_ms or 0, passage.end_ms or 0
    why = Why.SAID if passage.part is Part.SAID else Why.WRITTEN
    middle = (start + end) // 2
    return Moment(start, end, at_ms=middle, why=why, strength=Strength.STRONG, pieces=passage.pieces)


def _lines(versions: Iterable[UUID], query: Query) -> dict[UUID, list[Said]]:
    """What is said and written in these versions that may hold a word of the search."""
    near = Q()
    for term in passages.terms(query):
        for token in normalising.tokens(term):
            for form in {token.plain, *token.forms}:
                near |= Q(text__icontains=form[: max(_LEAST, len(form) - _ENDING)])
    found: dict[UUID, list[Said]] = defaultdict(list)
    if near:
        rows = said_lines.searched(versions).filter(near)
        for row in rows.order_by("version_id", "start_ms", "pk")[:MOST_LINES]:
            part = Part.WRITTEN if row.kind == TimedTextKind.WRITTEN else Part.SAID
            found[row.version_id].append(Said(part, row.text, row.start_ms, row.end_ms))
    return found
