"""Which label an AI clip must carry, where and for which use. Pure: answers in, what is required out.

The rules are the product's reading of each law, with its source, and no legal advice (docs/provenance.md).
What reviewers answered about a clip is `Disclosed`; without it nothing was asked and nothing is required.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from dam.core.language import noop
from dam.rights.territories import EU, WORLDWIDE, covers

INTERNAL = "internal"  # policy.Use.INTERNAL: shown to nobody outside


class Trigger(StrEnum):
    """Which AI clips a rule is about."""

    ALL = "all"
    LOOKS_REAL = "looks_real"
    PERFORMER = "performer"
    NONE = "none"  # none needs a label: the machine-readable mark is what is asked for


@dataclass(frozen=True)
class Disclosed:
    """What a reviewer answered about an AI clip, and the keys of the rules that were waived for it."""

    looks_real: bool  # real or real-looking people, objects, places or events
    artistic: bool  # evidently artistic, creative, satirical or fictional
    performer: bool  # a generated performer that passes for a person
    waived: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Label:
    """Words in the picture, at its top right. `key` is what a file carries.

    `words` by language, with English always; `until_ms` from the start, None: throughout; `height` of a
    capital in thousandths of the picture's shorter side.
    """

    key: str
    words: Mapping[str, str] = field(hash=False)
    until_ms: int | None
    height: int

    def said(self, language: str) -> str:
        return self.words.get(language) or self.words["en"]


@dataclass(frozen=True)
class Rule:
    """One law as this product applies it."""

    key: str
    place: str  # as pages name it: a country or "EU"
    places: frozenset[str]  # ISO 3166
    law: str
    source: str  # an address
    since: date
    trigger: Trigger
    label: Label | None
    asks: str  # for people
    marks: str  # for people: what a machine must be able to read
    lighter: Label | None = None  # of evidently artistic clips
    uses: frozenset[str] | None = None  # None: every one but internal


@dataclass(frozen=True)
class Requirement:
    """A rule that a clip falls under. `label` is None where it asks for none, or where it was `waived`."""

    rule: Rule
    label: Label | None
    waived: bool = False


_EU_WORDS = MappingProxyType(
    {
        "en": "AI-generated",
        "de": "KI-generiert",
        "fr": "Généré par IA",
        "es": "Generado por IA",
        "it": "Generato dall'IA",
        "nl": "AI-gegenereerd",
        "pl": "Wygenerowane przez AI",
        "pt": "Gerado por IA",
    }
)
# The languages of countries, as far as labels are worded in them; English elsewhere.
_LANGUAGES = {
    **dict.fromkeys(("DE", "AT"), "de"),
    "FR": "fr",
    "ES": "es",
    "IT": "it",
    "NL": "nl",
    "PL": "pl",
    "PT": "pt",
    "CN": "zh",
    "KR": "ko",
}
CREDENTIALS = noop("Content Credentials and IPTC digital source type, in every release")

RULES: tuple[Rule, ...] = (
    Rule(
        key="eu",
        place="EU",
        places=EU,
        law=noop("AI Act, Regulation (EU) 2024/1689, Article 50(4), and its Code of Practice"),
        source="https://eur-lex.europa.eu/eli/reg/2024/1689/oj",
        since=date(2026, 8, 2),
        trigger=Trigger.LOOKS_REAL,
        label=Label("eu", _EU_WORDS, until_ms=None, height=40),
        lighter=Label("eu_brief", _EU_WORDS, until_ms=5_000, height=40),
        asks=noop(
            "A clip that could pass for real people, objects, places or events carries a label from the "
            "first moment, top right. One that is evidently artistic, creative, satirical or fictional shows "
            "it for the first five seconds."
        ),
        marks=CREDENTIALS,
    ),
    Rule(
        key="china",
        place="CN",
        places=frozenset({"CN"}),
        law=noop("Measures for Labelling AI-Generated Synthetic Content, and GB 45438-2025"),
        source="https://www.cac.gov.cn/2025-03/14/c_1743654684782215.htm",
        since=date(2025, 9, 1),
        trigger=Trigger.ALL,
        label=Label("china", MappingProxyType({"en": "AI生成", "zh": "AI生成"}), until_ms=3_000, height=50),
        asks=noop(
            "A visible label at the start of at least two seconds, in letters of at least 5% of the shorter "
            "side."
        ),
        marks=noop(
            "Content Credentials, and the metadata field AIGC where the brand has a producer code "
            "(Administration → Brand)"
        ),
    ),
    Rule(
        key="india",
        place="IN",
        places=frozenset({"IN"}),
        law=noop("IT Rules as amended by G.S.R. 120(E)"),
        source="https://www.meity.gov.in/",
        since=date(2026, 2, 20),
        trigger=Trigger.LOOKS_REAL,
        label=Label("india", MappingProxyType({"en": "AI-generated"}), until_ms=None, height=40),
        asks=noop("A clip that looks real carries a visible label in the picture."),
        marks=CREDENTIALS,
    ),
    Rule(
        key="korea",
        place="KR",
        places=frozenset({"KR"}),
        law=noop("AI Framework Act"),
        source="https://www.law.go.kr/",
        since=date(2026, 1, 22),
        trigger=Trigger.LOOKS_REAL,
        label=Label("korea", MappingProxyType({"en": "AI 생성", "ko": "AI 생성"}), until_ms=None, height=40),
        asks=noop("A clip that is hard to tell from reality carries a label that people see."),
        marks=CREDENTIALS,
    ),
    Rule(
        key="new_york",
        place="US",
        places=frozenset({"US"}),
        law=noop("New York, S8420-A: synthetic performers in advertisements"),
        source="https://www.nysenate.gov/legislation/bills/2025/S8420",
        since=date(2026, 6, 9),
        trigger=Trigger.PERFORMER,
        label=Label(
            "new_york",
            MappingProxyType({"en": "Features a synthetic performer"}),
            until_ms=None,
            height=40,
        ),
        asks=noop("An advertisement with a synthetic performer says so conspicuously."),
        marks=CREDENTIALS,
        uses=frozenset({"broadcast", "paid_advertising", "out_of_home"}),
    ),
    Rule(
        key="california",
        place="US",
        places=frozenset({"US"}),
        law=noop("California, SB 942 as amended by AB 853"),
        source="https://leginfo.legislature.ca.gov/faces/billNavClient.xhtml?bill_id=202320240SB942",
        since=date(2026, 8, 2),
        trigger=Trigger.NONE,
        label=None,
        asks=noop("A latent mark that names provider, system, time and file. No visible label is required."),
        marks=CREDENTIALS,
    ),
)
BY_KEY: Mapping[str, Rule] = MappingProxyType({rule.key: rule for rule in RULES})
# A label that says at least as much as another one takes its place.
_ALSO = {"eu": frozenset({"eu_brief"})}


def needed(
    disclosed: Disclosed | None,
    *,
    uses: Iterable[str],
    places: Iterable[str],
    use: str | None = None,
    territory: str | None = None,
    at: datetime,
) -> tuple[Requirement, ...]:
    """The rules that a clip cleared for these `uses` and `places` falls under, for one use and one territory.

    Where no use or territory is named, or "worldwide", those of all that it is cleared for.
    """
    if disclosed is None:
        return ()
    asked = {use} if use is not None else set(uses)
    asked.discard(INTERNAL)
    cleared = frozenset(places)
    return tuple(
        _requirement(rule, disclosed)
        for rule in RULES
        if rule.since <= at.date()
        and asked
        and (rule.uses is None or asked & rule.uses)
        and _reaches(rule, territory, cleared)
        and _is_about(rule, disclosed)
    )


def missing(required: Iterable[Requirement], carried: Iterable[str]) -> tuple[Requirement, ...]:
    """Those whose label a file that carries these doesn't show."""
    shown = frozenset(_shown(carried))
    return tuple(each for each in required if each.label is not None and each.label.key not in shown)


def labels(required: Iterable[Requirement]) -> tuple[Label, ...]:
    """The labels that one file must carry for all of these, each once."""
    return tuple(dict.fromkeys(each.label for each in required if each.label is not None))


def language_of(territory: str | None, rule: Rule) -> str:
    """In which language a label is worded for somebody who names this territory."""
    return _LANGUAGES.get(territory or rule.place) or _LANGUAGES.get(rule.place, "en")


def _requirement(rule: Rule, disclosed: Disclosed) -> Requirement:
    if rule.key in disclosed.waived:
        return Requirement(rule, None, waived=rule.label is not None)
    return Requirement(rule, rule.lighter if rule.lighter and disclosed.artistic else rule.label)


def _is_about(rule: Rule, disclosed: Disclosed) -> bool:
    match rule.trigger:
        case Trigger.LOOKS_REAL:
            return disclosed.looks_real
        case Trigger.PERFORMER:
            return disclosed.performer
        case _:
            return True


def _reaches(rule: Rule, territory: str | None, cleared: frozenset[str]) -> bool:
    if territory is None or territory == WORLDWIDE:
        return any(covers(cleared, place) for place in rule.places)
    return bool(rule.places & EU) if territory == "EU" else territory in rule.places


def _shown(carried: Iterable[str]) -> Iterator[str]:
    for key in carried:
        yield key
        yield from _ALSO.get(key, ())
