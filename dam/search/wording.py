"""What a search by words asks of the documents, as PostgreSQL's tsquery. Pure.

A word is found as it is written, by its stem in any language of its script, and by its beginning; words
that are joined by signs ("blu-ray") as a phrase or as one; a run of an unspaced script by its pairs of
letters, one after the other.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations

from dam.search import languages, lexemes, normalising
from dam.search.normalising import Letter, Token
from dam.search.query import Query, Term
from dam.search.writing import Script

MOST_COMBINED = 5  # words of which each combination is asked for
_MOST_SPACED = 12  # letters of a Korean run that may lack a space
Others = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Wording:
    """`strict` is what must match, and `loose` what an index can tell of it: all but the order of words.

    `telling` is what counts for the rank, and `together` the words in their order.
    """

    strict: str = ""
    loose: str = ""
    telling: str = ""
    together: str = ""

    def __bool__(self) -> bool:
        return bool(self.strict)


@dataclass(frozen=True)
class Reading:
    """How words are read: `others` are further words that each may also stand for, by its form."""

    inside: bool = False  # whether prompts and comments count, which not all may read
    others: Others = field(default_factory=dict)


def wording(query: Query, reading: Reading) -> Wording:
    """Every term must be there, but for words that are surely small ones, beside others."""
    groups = _groups(query)
    said = normalising.tokens(query.spoken)
    needed = [group for group in groups if not _is_all(group, partial(languages.may_be_missing, among=said))]
    return _of_groups(groups, needed or groups, reading)


def without_doubtful(query: Query, reading: Reading) -> Wording:
    """The same without words that may be small ones; empty where it would ask no less, or nothing.

    "Die rote Flasche" is also asked for without its article. As "die hard" begins alike, what lacks the word
    is no sure answer.
    """
    groups = _groups(query)
    said = normalising.tokens(query.spoken)
    sure = [group for group in groups if not _is_all(group, partial(languages.may_be_missing, among=said))]
    needed = [
        group for group in sure if not _is_all(group, lambda token: languages.is_small_somewhere(token.plain))
    ]
    return _of_groups(groups, needed, reading) if needed and needed != sure else Wording()


def _groups(query: Query) -> list[tuple[Term, ...]]:
    return [group for group in query.terms if any(normalising.tokens(term.text) for term in group)]


def _of_groups(
    groups: Sequence[tuple[Term, ...]], needed: Sequence[tuple[Term, ...]], reading: Reading
) -> Wording:
    if not groups:
        return Wording()
    strict = [_any([_term(term, reading) for term in group]) for group in needed]
    loose = [_any([_loosened(term, reading) for term in group]) for group in needed]
    telling = [_telling(term, reading) for group in groups for term in group]
    return Wording(_all(strict), _all(loose), _any(telling), _together(groups, reading))


def close(query: Query, reading: Reading) -> Wording:
    """Most of the words, or words like them (`reading.others`); of a run most of its pairs."""
    phrases = [_term(group[0], reading) for group in query.terms if len(group) == 1 and group[0].quoted]
    loose = [_loosened(group[0], reading) for group in query.terms if len(group) == 1 and group[0].quoted]
    units = [unit for word in query.words for unit in _units(word, reading)]
    if not units:
        return Wording()
    least = -(-len(units) * 3 // 5)  # three of five, rounded up
    if len(units) > MOST_COMBINED:
        # All but the shortest, which say least: a choice of any would be too many.
        units = sorted(units, key=len, reverse=True)[:MOST_COMBINED]
        least = min(least, len(units))
    most = _any([_all(chosen) for chosen in combinations(units, least)])
    return Wording(_all([*phrases, most]), _all([*loose, most]), _any(units))


def tagged(asked: Wording, names: Iterable[str]) -> Wording:
    """The same of documents that have these tags' words alone.

    A tag is one of a document's texts. So the index of words passes over what a filter by tags refuses
    anyway, document by document; the filter still decides.
    """
    if not asked:
        return asked
    terms = (Query(terms=((Term(name, quoted=True),),)) for name in names)
    words = [wording(each, Reading()).loose for each in terms]
    return replace(asked, strict=_all([asked.strict, *words]), loose=_all([asked.loose, *words]))


def excluded(term: Term, reading: Reading) -> str:
    """What rules a document out: the words as written or by their stems, in their order."""
    tokens = normalising.tokens(term.text)
    return _phrase(tokens, Reading(inside=reading.inside), stems=not term.quoted)


def forms(query: Query) -> tuple[str, ...]:
    """The words of a search that may be the beginning of others, folded, each once."""
    words = (tokens[-1] for group in query.terms for term in group if (tokens := _begun(term)))
    return tuple(dict.fromkeys(token.form for token in words if len(token.form) > 1))


def misspelt(query: Query) -> tuple[str, ...]:
    """The words of a search that may be misspelt, folded, each once."""
    tokens = (token for word in query.words for token in normalising.tokens(word))
    return tuple(dict.fromkeys(each.form for each in tokens if not each.is_run and len(each.form) > 2))


def _begun(term: Term) -> Sequence[Token]:
    tokens = normalising.tokens(term.text)
    return () if term.quoted or not tokens or tokens[-1].is_run else tokens


def _is_all(group: Sequence[Term], small: Callable[[Token], bool]) -> bool:
    """Whether it is one word, not in quotes, whose parts are all small."""
    return len(group) == 1 and not group[0].quoted and all(map(small, normalising.tokens(group[0].text)))


def _term(term: Term, reading: Reading) -> str:
    tokens = normalising.tokens(term.text)
    if term.quoted:
        return _phrase(tokens, reading, stems=False)
    if len(tokens) == 1 and not tokens[0].is_run:
        return _word(tokens[0], reading, stems=True, begun=True)
    whole = lexemes.joined(tokens, 0) if len(tokens) > 1 else ""
    either = [_phrase(tokens, reading, stems=True, begun=True)]
    if whole and lexemes.width(tokens) == len(tokens):
        either.append(_leaf(whole, reading))
    return _any([*either, *(_phrase(parts, reading, stems=False) for parts in _spaced(tokens))])


def _loosened(term: Term, reading: Reading) -> str:
    """The same without the order of its words."""
    tokens = normalising.tokens(term.text)
    if len(tokens) == 1 and not tokens[0].is_run:
        return _term(term, reading)
    parts = [each for _, each in _placed(tokens, reading, stems=not term.quoted, begun=not term.quoted)]
    whole = "" if term.quoted or len(tokens) < 2 else lexemes.joined(tokens, 0)
    spaced = [] if term.quoted else _spaced(tokens)
    apart = [_all(each for _, each in _placed(two, reading, stems=False)) for two in spaced]
    return _any([_all(parts), *([_leaf(whole, reading)] if whole else []), *apart])


def _spaced(tokens: Sequence[Token]) -> list[tuple[Token, Token]]:
    """A Korean run in two wherever a space may stand, which writers set or leave out as they like."""
    if len(tokens) != 1 or tokens[0].script is not Script.HANGUL:
        return []
    letters = tokens[0].letters
    places = range(1, len(letters)) if 3 <= len(letters) <= _MOST_SPACED else ()
    return [(_part(tokens[0], letters[:at]), _part(tokens[0], letters[at:])) for at in places]


def _part(run: Token, letters: tuple[Letter, ...]) -> Token:
    plain = "".join(letter.form for letter in letters)
    return replace(run, forms=(plain,), plain=plain, letters=letters)


def _telling(term: Term, reading: Reading) -> str:
    """What of a term counts for the rank: the word itself most, then its stem, then its beginning."""
    tokens = normalising.tokens(term.text)
    plain = Reading(inside=reading.inside)
    parts = [each for _, each in _placed(tokens, plain, stems=not term.quoted)]
    if _begun(term):
        parts.append(f"{_quoted(tokens[-1].form)}:*")
    return _any([*parts, *(_leaf(each, plain) for token in tokens for each in _others(token, reading))])


def _others(token: Token, reading: Reading) -> Iterable[str]:
    return (each for each in reading.others.get(token.form, ()) if not each.startswith(token.form))


def _together(groups: Sequence[Sequence[Term]], reading: Reading) -> str:
    if len(groups) < 2 or any(len(group) > 1 for group in groups):
        return ""
    tokens = [token for group in groups for token in normalising.tokens(group[0].text)]
    return _phrase(tokens, Reading(inside=reading.inside), stems=True)


def _units(word: str, reading: Reading) -> list[str]:
    units = []
    for token in normalising.tokens(word):
        if token.is_run:
            units += [_leaf(pair, reading) for pair, _ in lexemes.pairs(token)]
        elif len(token.form) > 2:
            units.append(_word(token, reading, stems=True, begun=True))
    return units


def _phrase(tokens: Sequence[Token], reading: Reading, *, stems: bool, begun: bool = False) -> str:
    """The tokens at their distances: an operator of a tsquery measures from the word before it."""
    phrase, before = "", 0
    for place, part in _placed(tokens, reading, stems=stems, begun=begun):
        phrase = f"({phrase} <{place - before}> {part})" if phrase else part
        before = place
    return phrase


def _placed(
    tokens: Sequence[Token], reading: Reading, *, stems: bool, begun: bool = False
) -> list[tuple[int, str]]:
    placed, place = [], 0
    for number, token in enumerate(tokens):
        last = number == len(tokens) - 1
        if token.is_run:
            placed += [(place + at, _leaf(each, reading)) for each, at in _covering(token)]
        else:
            placed.append((place, _word(token, reading, stems=stems, begun=begun and last)))
        place += lexemes.width([token])
    return placed


def _covering(run: Token) -> list[tuple[str, int]]:
    """Pairs that hold each letter of the run; of one letter the letter itself."""
    pairs = lexemes.pairs(run)
    if not pairs:
        return [(run.letters[0].form, 0)]
    return [each for each in pairs if each[1] % 2 == 0 or each is pairs[-1]]


def _word(token: Token, reading: Reading, *, stems: bool, begun: bool = False) -> str:
    """Any of the word's forms, its stems and what else it stands for."""
    either = list(token.forms)
    if stems:
        for language in languages.of(token.script):
            either += lexemes.stem_lexemes(token.plain, language=language, asked=True)
    parts = [_leaf(each, reading) for each in dict.fromkeys(either)]
    if begun:
        parts += [_leaf_or_phrase(each, reading) for each in reading.others.get(token.form, ())]
    return _any(parts)


def _leaf_or_phrase(words: str, reading: Reading) -> str:
    return _phrase(normalising.tokens(words), Reading(inside=reading.inside), stems=False)


def _leaf(lexeme: str, reading: Reading) -> str:
    if reading.inside:
        return f"({_quoted(lexeme)} | {_quoted(lexemes.INSIDE + lexeme)})"
    return _quoted(lexeme)


def _quoted(lexeme: str) -> str:
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _any(parts: Iterable[str]) -> str:
    return _joined(" | ", parts)


def _all(parts: Iterable[str]) -> str:
    return _joined(" & ", parts)


def _joined(sign: str, parts: Iterable[str]) -> str:
    kept = list(dict.fromkeys(filter(None, parts)))
    return f"({sign.join(kept)})" if len(kept) > 1 else "".join(kept)
