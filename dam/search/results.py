"""What a search answers: the shapes that pages and commands read."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from dam.catalog.models import Asset
from dam.search.query import Query


class Match(StrEnum):
    WORDS = "words"  # in the title, tags, description, prompt or file name
    SEEN = "seen"  # in the pictures
    BOTH = "both"


class Seeing(StrEnum):
    """Whether the pictures were searched, and if not, why."""

    SEARCHED = "searched"
    NOT_ASKED = "not_asked"  # no words that pictures could show
    BUSY = "busy"  # the indexing worker did not answer in time: ask again
    UNKNOWN_WORDS = "unknown_words"  # the encoder knows none of the words
    UNAVAILABLE = "unavailable"  # no encoder is installed


@dataclass(frozen=True)
class Moment:
    """A time range that answers a search."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Hit:
    asset: Asset
    score: float  # 0 to 1, comparable within one search only
    matched: Match
    moment: Moment | None = None


@dataclass(frozen=True)
class EncoderNote:
    """The encoder the pictures were searched with, for the note and the help of the search page."""

    label: str = ""  # "reelproof-clip 0.3"; empty when none is installed
    good_at: str = ""
    bad_at: str = ""
    not_indexed: int = 0  # visible assets whose version this encoder has not seen yet
    unknown_words: tuple[str, ...] = ()  # words of this query that the encoder does not know


@dataclass(frozen=True)
class Results:
    hits: tuple[Hit, ...]
    total: int  # of all hits, `hits` may be a page of them
    query: Query
    seeing: Seeing
    encoder: EncoderNote = field(default_factory=EncoderNote)
    # A ranking was read only so deep: these are the best, and there may be more.
    more: bool = False
    # Nothing matched every word; these match most of them, or words spelled alike.
    close_only: bool = False
    # The ids of all hits, for the counts of the facets; empty where no words were asked for.
    asset_ids: tuple[UUID, ...] = ()
