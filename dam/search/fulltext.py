"""Search by words: which assets have them in the version that is shown, and which come close."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.search import SearchQueryField
from django.db.models import BooleanField, Exists, F, Func, OuterRef, QuerySet, Value
from django.db.models.functions import Cast

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.catalog.models import Asset
from dam.rights import visibility
from dam.search import candidates, documents, identifiers, lexicon, synonyms, wording
from dam.search.candidates import Corpus
from dam.search.models import SearchDocument
from dam.search.query import Query, Term
from dam.search.wording import Others, Reading

MOST_SUGGESTED = 3  # words that are tried for one that may be misspelt


@dataclass(frozen=True)
class Ranking:
    """Assets, best first. `more`: older ones match too, or may, and were not ranked."""

    asset_ids: tuple[UUID, ...] = ()
    more: bool = False
    # Those of them, the last, that lack a word which may be a small one: "die" of "die hard".
    lacking: frozenset[UUID] = frozenset()
    # Of a search that nothing matches: words that may be meant, by those typed. Documents that this
    # principal may see have them.
    meant: tuple[tuple[str, str], ...] = ()


class Matches(Func):
    """Whether a document has what a tsquery asks for."""

    arg_joiner = " @@ "
    template = "(%(expressions)s)"
    output_field = BooleanField()


def refresh(asset: Asset) -> None:
    """Bring what the search knows of the asset's words up to date, for all its versions."""
    refresh_many([asset])


def refresh_many(assets: Collection[Asset]) -> None:
    """The same for many assets, in a fixed number of queries."""
    documents.refresh_many(assets)


def exclude(assets: QuerySet[Asset], query: Query, *, principal: Principal) -> QuerySet[Asset]:
    """Drop the assets that have a word or phrase the search rules out."""
    shown = visibility.shown(principal)
    for term in query.excluded:
        if unwanted := wording.excluded(term, _reading(principal)):
            having = SearchDocument.objects.filter(_matches(unwanted), version=OuterRef(shown))
            assets = assets.filter(~Exists(having))
    return assets


def ranked(
    assets: QuerySet[Asset],
    query: Query,
    *,
    principal: Principal,
    limit: int,
    few: bool | None = None,
    tags: Sequence[str] = (),
) -> Ranking:
    """The assets that have every word and phrase.

    Words match by their stem and by their beginning, so that a search answers while it is typed, and a
    brand's synonyms find its tags. Behind them come those without a word that may be a small one. What bears
    a name of that spelling comes first: an id, a checksum. `few`: whether the assets are so few that the
    document of each can be read, where that is known. `tags`: those that all of the assets have.
    """
    corpus = _corpus(principal)
    found_by_name = identifiers.find(
        assets, query, brand_id=corpus.brand_id, shown=corpus.shown, drafts=works_here(principal)
    )
    named = [asset for asset, _ in found_by_name]
    begun = lexicon.completions(corpus.brand_id, wording.forms(query))
    others = _merged(begun, synonyms.of(corpus.brand_id, wording.forms(query)))
    reading = _reading(principal, others)
    wanted = wording.tagged(wording.wording(query, reading), tags)
    found = candidates.find(assets, wanted, corpus=corpus, few=few)
    keys = dict.fromkeys([*named, *(each.asset_id for each in found.found)])
    more, lacking = found.more, frozenset[UUID]()
    if len(keys) < limit and (fewer := wording.without_doubtful(query, reading)):
        found = candidates.find(assets, wording.tagged(fewer, tags), corpus=corpus, few=few)
        lacking = frozenset(each.asset_id for each in found.found if each.asset_id not in keys)
        keys |= dict.fromkeys(each.asset_id for each in found.found)
        more |= found.more
    return Ranking(tuple(keys)[:limit], more=more or len(keys) > limit, lacking=lacking)


def close(
    assets: QuerySet[Asset],
    query: Query,
    *,
    principal: Principal,
    limit: int,
    few: bool | None = None,
    tags: Sequence[str] = (),
) -> Ranking:
    """Assets that have most of the words, or words spelled alike; phrases must match as they stand."""
    corpus, words = _corpus(principal), wording.misspelt(query)
    alike = lexicon.alike(corpus.brand_id, words)
    others = _merged(lexicon.completions(corpus.brand_id, wording.forms(query)), alike)
    wanted = wording.tagged(wording.close(query, _reading(principal, others)), tags)
    found = candidates.find(assets, wanted, corpus=corpus, few=few)
    keys = tuple(each.asset_id for each in found.found)
    meant = _meant(assets, alike, principal) if keys else ()
    return Ranking(keys[:limit], more=found.more or len(keys) > limit, meant=meant)


def works_here(principal: Principal) -> bool:
    """Whether prompts and comments are shown to it, and so found by it."""
    return principal.can(Capability.VIEW_UNRELEASED)


def _meant(assets: QuerySet[Asset], alike: Others, principal: Principal) -> tuple[tuple[str, str], ...]:
    """For each word the likest one that stands in a document this principal may see."""
    meant = []
    for word, others in alike.items():
        for other in others[:MOST_SUGGESTED]:
            asked = wording.wording(Query(terms=((Term(other, quoted=True),),)), _reading(principal))
            if candidates.find(assets, asked, corpus=_corpus(principal)).found:
                meant.append((word, other))
                break
    return tuple(meant)


def _corpus(principal: Principal) -> Corpus:
    return Corpus(principal.brand.pk, visibility.shown(principal))


def _reading(principal: Principal, others: Others | None = None) -> Reading:
    return Reading(inside=works_here(principal), others=others or {})


def _merged(one: Others, other: Others) -> dict[str, Sequence[str]]:
    return {word: [*one.get(word, ()), *other.get(word, ())] for word in {**one, **other}}


def _matches(tsquery: str) -> Matches:
    return Matches(F("words"), Cast(Value(tsquery), SearchQueryField()))
