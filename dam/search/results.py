"""What a search answers: the shapes that pages and commands read."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from dam.catalog.models import Asset, Version
from dam.core.errors import Refused
from dam.core.language import gettext as _
from dam.core.language import noop
from dam.search.likes import Like
from dam.search.query import Query
from dam.search.strengths import Strength


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


class Why(StrEnum):
    """What makes a moment an answer."""

    SEEN = "seen"
    SAID = "said"
    WRITTEN = "written"  # in the picture


class Part(StrEnum):
    """Where in the words of a clip a match stands."""

    TITLE = "title"
    TAGS = "tags"
    DESCRIPTION = "description"
    PROMPT = "prompt"
    FILE_NAME = "file name"
    COMMENT = "comment"
    SAID = "said"
    WRITTEN = "written"
    FIELD = "field"
    FILE = "file"  # what the file says of itself

    @property
    def words(self) -> str:
        """For people, above what matched."""
        return _(_PARTS[self])


_PARTS = {
    Part.TITLE: noop("Title"),
    Part.TAGS: noop("Tags"),
    Part.DESCRIPTION: noop("Description"),
    Part.PROMPT: noop("Prompt"),
    Part.FILE_NAME: noop("File name"),
    Part.COMMENT: noop("Comment"),
    Part.FILE: noop("From the file"),
    Part.SAID: noop("Said"),
    Part.WRITTEN: noop("Written"),
    Part.FIELD: noop("Field"),
}


@dataclass(frozen=True)
class Piece:
    """A part of a text; `matched` is what answers the search."""

    text: str
    matched: bool = False


@dataclass(frozen=True)
class Passage:
    """A text in which words of the search stand, cut to what fits on a card."""

    part: Part
    pieces: tuple[Piece, ...]
    start_ms: int | None = None  # of what is said or written, when it begins and ends
    end_ms: int | None = None
    strength: Strength | None = None  # of a prompt that means the same as what was asked for: how near


@dataclass(frozen=True)
class Moment:
    """A time range that answers a search. `at_ms` is the frame that does it best."""

    start_ms: int
    end_ms: int
    at_ms: int
    why: Why = Why.SEEN
    strength: Strength = Strength.LIKELY
    pieces: tuple[Piece, ...] = ()  # of what is said or written then


@dataclass(frozen=True)
class Hit:
    """One clip that answers: `moments` are its good ones in time order, `moment` the best of them."""

    asset: Asset
    score: float  # 0 to 1, comparable within one search only
    matched: Match
    strength: Strength = Strength.STRONG
    moment: Moment | None = None
    moments: tuple[Moment, ...] = ()
    passages: tuple[Passage, ...] = ()  # the words that matched, most telling first


@dataclass(frozen=True)
class Source:
    """What a search compares with. `asset` and `version` of a clip, as whoever asks is shown it."""

    like: Like
    asset: Asset | None = None
    version: Version | None = None


@dataclass(frozen=True)
class Anew:
    """Another encoder is indexing all pictures. The earlier one is asked meanwhile, if it is here."""

    label: str
    percent: int
    searched: bool  # what it has indexed so far, for the earlier encoder is gone


@dataclass(frozen=True)
class EncoderNote:
    """The encoder the pictures were searched with, for the note and the help of the search page."""

    label: str = ""  # "reelproof-clip 0.3"; empty when none is installed
    good_at: str = ""
    bad_at: str = ""
    not_indexed: int = 0  # visible assets whose version this encoder has not seen yet
    unknown_words: tuple[str, ...] = ()  # words of this query that the encoder does not know
    anew: Anew | None = None  # while another encoder indexes all pictures


@dataclass(frozen=True)
class Results:
    hits: tuple[Hit, ...]
    total: int  # of all hits, weak ones too; `hits` may be a page of them
    query: Query
    seeing: Seeing
    encoder: EncoderNote = field(default_factory=EncoderNote)
    # A ranking was read only so deep: these are the best, and there may be more.
    more: bool = False
    # Nothing matched every word; these match most of them, or words spelled alike.
    close_only: bool = False
    # Then also: words that may be meant, by those typed. Clips that this person may see have them.
    meant: tuple[tuple[str, str], ...] = ()
    being_built: bool = False  # words of older clips aren't searched yet, after an update
    # The ids of all hits, for the counts of the facets; empty where no words were asked for.
    asset_ids: tuple[UUID, ...] = ()
    weak: int = 0  # how many of all hits are weak: the last ones
    source: Source | None = None  # of a search by picture, clip or shot
    # Why nothing could be compared with it, for people.
    refused: Refused | None = None

    @property
    def good(self) -> int:
        """Hits that are strong or likely; 0 says honestly that nothing is close."""
        return self.total - self.weak
