"""Which language a text is in, as far as a stemmer must know. Pure: by its letters and its small words.

A few words are little to go by, and one is often none: then nothing is guessed, and English stemming does
little harm to words that are also found as they are written.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import Stemmer

from dam.search import normalising
from dam.search.normalising import Token
from dam.search.writing import Script

# Words that say little by themselves in their language. In another one many name things ("van", "die",
# "pour"), and some do so in their own ("vitamin a"): `may_be_missing` says when a search passes them over.
SMALL_WORDS: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the a an of on in at to and or with for from by is are was were be been as that this"
        " these those its it their his her into onto over under than then there",
        "de": "der die das den dem des ein eine einen einem einer eines und oder im in am an auf aus"
        " bei mit von vom zu zum zur für ist sind war nach über unter vor durch als wie nicht auch"
        " sich",
        "fr": "le la les l un une des du de d et ou à au aux en dans sur sous avec pour par est sont ce"
        " cette ces qui que son sa ses se ne pas",
        "es": "el la los las un una unos unas de del y o en al a con por para es son que su sus se lo"
        " sobre como",
        "pt": "o a os as um uma uns umas de do da dos das e ou em no na nos nas ao à com por para é são"
        " que se sua seu sobre",
        "it": "il lo la i gli le un uno una di del della dei delle e o in nel nella a al alla con per"
        " da dal dalla è sono che si su sul sulla",
        "nl": "de het een en of in op aan met van voor naar bij is zijn was niet dat die deze dit er"
        " uit over onder",
        "sv": "en ett och eller i på av med för till från är var som den det de att om under över",
        "da": "en et og eller i på af med for til fra er var som den det de at om under over",
        "no": "en et ei og eller i på av med for til fra er var som den det de å om under over",
        "fi": "ja tai on ei se että kuin mutta myös joka ovat oli",
        "pl": "i w na z do od po za o u a że się nie jest są przez dla przy",
        "tr": "ve ile bir bu şu için de da mi ne gibi daha çok",
        "ru": "и в во на с со к ко у о об от из за по для до при под над не что как это а но или",
        "ar": "في من على الى عن مع و او ان هذا هذه التي الذي ما لا",
        "el": "ο η το οι τα του της των και σε με για από στο στη στην στον ένα μια",
        "he": "של על את עם אל מן או זה זו לא",
        "hi": "का की के में से को पर और है हैं एक यह",
    }.items()
}
# Those of them that name nothing in any language: beside others a search always passes them over.
_NAMELESS = (
    "the of on in at to and with for from by is are was were be been that this these those its their his her"
    " into onto than der das dem des ein eine einen einem einer eines und oder im auf bei von vom zu zum zur"
    " für ist sind nach vor durch nicht auch sich le les du dans avec une sous cette ces qui de del uma em"
    " della delle gli nella dal dalla sul sulla het een och eller og"
)
_NAME_NOTHING = frozenset(_NAMELESS.split())
_ARTICLES = frozenset({"a", "an"})  # before another word; behind it they name: "vitamin a"
# Letters and endings that hardly another language has.
_TELLING: Mapping[str, tuple[str, ...]] = {
    "de": ("ä", "ö", "ü", "sch", "ung$", "keit$", "ische$", "ß"),
    "fr": ("è", "ê", "ç", "œ", "eaux$", "ette$", "eille", "oux$", "ouge"),
    "es": ("ñ", "ción$", "illa$", "rojo$", "roja$", "ll"),
    "pt": ("ã", "õ", "ção$", "lh", "nh", "ões$"),
    "it": ("zione$", "zz", "cchi", "gli", "ggi"),
    "nl": ("ij", "aa", "oe", "sch", "ijk$"),
    "sv": ("å", "ä", "ö", "ck"),
    "da": ("æ", "ø", "å"),
    "no": ("ø", "å", "kk"),
    "fi": ("ää", "yy", "öö", "kk", "nen$", "ssa$"),
    "pl": ("ł", "ż", "ś", "ą", "ę", "cz", "sz", "rz"),
    "tr": ("ş", "ğ", "ı", "lar$", "ler$"),
    "en": ("ing$", "tion$", "ly$", "th", "ck$", "wh", "sh", "ness$", "ed$"),
}
_OF_SCRIPT: Mapping[Script, tuple[str, ...]] = {
    Script.LATIN: tuple(_TELLING),
    Script.CYRILLIC: ("ru",),
    Script.ARABIC: ("ar",),
    Script.GREEK: ("el",),
    Script.HEBREW: ("he",),
    Script.DEVANAGARI: ("hi",),
    Script.TAMIL: ("ta",),
    Script.ARMENIAN: ("hy",),
    Script.HAN: ("zh",),
    Script.KANA: ("ja",),
    Script.HANGUL: ("ko",),
    Script.THAI: ("th",),
    Script.LAO: ("lo",),
    Script.MYANMAR: ("my",),
    Script.KHMER: ("km",),
}
_UNCERTAIN = "en"  # whose stemmer words of Latin letters get when nothing is guessed
_STEMMERS: Mapping[str, str] = {
    "en": "english",
    "de": "german",
    "fr": "french",
    "es": "spanish",
    "pt": "portuguese",
    "it": "italian",
    "nl": "dutch",
    "sv": "swedish",
    "da": "danish",
    "no": "norwegian",
    "fi": "finnish",
    "pl": "polish",
    "tr": "turkish",
    "ru": "russian",
    "ar": "arabic",
    "el": "greek",
    "hi": "hindi",
    "ta": "tamil",
    "hy": "armenian",
}
# Hebrew writes "and", "the", "in", "as", "to", "from" and "that" onto the word; two of them in these orders.
_HEBREW = "he"
_PREFIXES = "הובכלמש"
_TWO_PREFIXES = frozenset({"וה", "וב", "וכ", "ול", "ומ", "וש", "שה", "שב", "של", "שמ", "שכ", "כש", "מה"})


def guess(tokens: Iterable[Token]) -> str:
    """The language of most letters: "en"; empty when it can't be told."""
    tokens = list(tokens)
    letters: Counter[Script] = Counter()
    for token in tokens:
        letters[token.script] += len(token.plain)
    del letters[Script.OTHER]
    if not letters:
        return ""
    if letters[Script.KANA]:  # Japanese is written in Chinese letters too
        letters[Script.KANA] += letters.pop(Script.HAN, 0)
    return guess_among(letters.most_common(1)[0][0], tokens)


def guess_among(script: Script, tokens: Iterable[Token]) -> str:
    """The language of the tokens of one script; empty when it can't be told."""
    languages = _OF_SCRIPT.get(script, ())
    if len(languages) < 2:
        return "".join(languages)
    (best, most), *others = [*_scored(script, tokens).most_common(2), ("", 0)]
    return best if most >= 2 and (not others or most > others[0][1]) else ""


def _scored(script: Script, tokens: Iterable[Token]) -> Counter[str]:
    """What the tokens of one script say for each language that is written so."""
    scores: Counter[str] = Counter()
    for token in tokens:
        if token.script is script:
            scores.update(_scores(token.plain))
    return scores


@lru_cache(maxsize=16384)
def _scores(word: str) -> Mapping[str, int]:
    """What one word says for each language: two for a small word, one for telling letters."""
    scores = {language: 3 for language in _TELLING if word in SMALL_WORDS[language]}
    for language, telling in _TELLING.items():
        if any(word.endswith(each[:-1]) if each.endswith("$") else each in word for each in telling):
            scores[language] = scores.get(language, 0) + 1
    return scores


def may_be_missing(token: Token, *, among: Sequence[Token]) -> bool:
    """Whether a search for all of these words may pass over this one.

    Only a small word, and where the others are in a language in which it is small: of all that they may be
    in. "Red van" is a van, though "van" is small in Dutch.
    """
    word = token.plain
    others = [other for other in among if other.plain != word]
    if not others:
        return False
    if word in _NAME_NOTHING or (word in _ARTICLES and among[-1].plain != word):
        return True
    if len(_OF_SCRIPT.get(token.script, ())) == 1:
        alike = any(other.script is token.script for other in others)
        return alike and word in SMALL_WORDS.get(_OF_SCRIPT[token.script][0], ())
    scores = _scored(token.script, others)
    most = max(scores.values(), default=0)
    likeliest = [language for language, score in scores.items() if score == most]
    return most > 0 and all(word in SMALL_WORDS[language] for language in likeliest)


def is_small_somewhere(word: str) -> bool:
    """Whether the word says little in one language or another."""
    return any(word in words for words in SMALL_WORDS.values())


def stem(word: str, *, language: str) -> str:
    """The word's stem; the word itself in a language without a stemmer."""
    return _stemmed(word, language) if language in _STEMMERS else word


def stems(word: str, *, language: str, asked: bool = False) -> tuple[str, ...]:
    """The word's stem, or several where that can't be told: Hebrew with and without what may be prefixes.

    Where it is `asked` for fewer are taken off, so that "table" doesn't find what only ends like it.
    """
    if language != _HEBREW:
        return (stem(word, language=language),)
    folded = normalising.folded(word)
    found = [folded]
    if folded[:1] in tuple(_PREFIXES) and len(folded) > (2 if folded[0] in "הו" else 3):
        found.append(folded[1:])
    two = folded[:2] in _TWO_PREFIXES and len(folded) > (3 if folded[1] == "ה" else 4)
    if two and (folded[0] == "ו" or not asked):
        found.append(folded[2:])
    return tuple(found)


def has_stemmer(language: str) -> bool:
    return language in _STEMMERS or language == _HEBREW


def of(script: Script) -> tuple[str, ...]:
    """The languages with a stemmer that are written so: those a typed word may be of."""
    return tuple(filter(has_stemmer, _OF_SCRIPT.get(script, ())))


def default(script: Script) -> str:
    """Whose stemmer a word gets when its language can't be told; empty for none."""
    return _UNCERTAIN if script is Script.LATIN else "".join(of(script)[:1])


@lru_cache(maxsize=65536)
def _stemmed(word: str, language: str) -> str:
    stemmed: str = _stemmer(language).stemWord(word)
    return stemmed or word


@lru_cache(maxsize=32)
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(_STEMMERS[language], 0)  # without a cache of its own
