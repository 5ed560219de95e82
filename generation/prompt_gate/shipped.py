"""A starter list of rules for prompts, which a brand adds and then keeps itself.

It is a beginning, not legal advice, and far from whole: nobody's marks are all in it, and no person is named,
for a list of people is out of date at once and would say something of each. Where the terms come from stands
with each group, and with each rule on its page.
"""

from dataclasses import dataclass

from dam.core.language import noop
from generation.verdicts import Subject, Verdict


@dataclass(frozen=True)
class Group:
    """Terms that are treated alike, for one reason. `source`: where the terms come from."""

    subject: Subject
    verdict: Verdict
    reason: str
    source: str


@dataclass(frozen=True)
class Term:
    group: Group
    name: str
    spellings: tuple[str, ...] = ()


LIKENESS = Group(
    Subject.WORD,
    Verdict.NOTE,
    noop("Don't ask for the likeness of a real person who hasn't agreed."),
    "The review checklist's question about likeness and voice of real persons",
)
MINORS = Group(
    Subject.WORD,
    Verdict.NOTE,
    noop("Clips that show children get a closer look in the review."),
    "The review checklist's question about minors",
)
STYLES = Group(
    Subject.STYLE,
    Verdict.WAIVER,
    noop("A clip in the style of a named artist or studio needs a legal look first."),
    "The review checklist's question about works of third parties",
)
CHARACTERS = Group(
    Subject.CHARACTER,
    Verdict.WAIVER,
    noop("This character belongs to someone else."),
    "Characters named in Disney Enterprises v. Midjourney, C.D. Cal., filed 11 June 2025",
)
MARKS = Group(
    Subject.MARK,
    Verdict.WAIVER,
    noop("This is a third party's trade mark."),
    "Well-known marks of goods that adverts often show, chosen by hand",
)
EMBLEMS = Group(
    Subject.MARK,
    Verdict.REFUSE,
    noop("This emblem is protected by law, and may not be used in advertising."),
    "Geneva Conventions (First Convention, articles 44 and 53); Nairobi Treaty on the Olympic Symbol",
)
DECEPTION = Group(
    Subject.WORD,
    Verdict.REFUSE,
    noop("Don't make clips that pass for real recordings of someone."),
    "EU AI Act, article 50(4): deep fakes",
)

TERMS = (
    *(Term(LIKENESS, name) for name in ("celebrity", "lookalike", "famous actor", "famous singer")),
    Term(LIKENESS, "president"),
    Term(LIKENESS, "politician"),
    Term(MINORS, "child", ("children", "kid")),
    Term(MINORS, "toddler"),
    Term(MINORS, "baby", ("babies",)),
    Term(MINORS, "schoolchild", ("schoolchildren", "pupil")),
    Term(STYLES, "in the style of"),
    *(Term(STYLES, name) for name in ("Ghibli", "Pixar", "Banksy", "Wes Anderson")),
    *(
        Term(CHARACTERS, name, spellings)
        for name, spellings in (
            ("Mickey Mouse", ("Micky Maus",)),
            ("Darth Vader", ()),
            ("Yoda", ()),
            ("Elsa", ()),
            ("Homer Simpson", ()),
            ("Bart Simpson", ()),
            ("Shrek", ()),
            ("Minions", ("Minion",)),
            ("Buzz Lightyear", ()),
            ("Spider-Man", ()),
            ("Iron Man", ()),
            ("Wall-E", ()),
        )
    ),
    *(
        Term(MARKS, name, spellings)
        for name, spellings in (
            ("Nike", ("ナイキ", "耐克", "Найк")),
            ("adidas", ("アディダス", "阿迪达斯", "Адидас")),
            ("Coca-Cola", ("コカ・コーラ", "可口可乐", "Кока-Кола")),
            ("Pepsi", ("ペプシ", "百事可乐", "Пепси")),
            ("McDonald's", ("マクドナルド", "麦当劳", "Макдоналдс")),
            ("Starbucks", ("スターバックス", "星巴克", "Старбакс")),
            ("iPhone", ("アイフォーン",)),
            ("Lego", ("レゴ", "乐高", "Лего")),
            ("Ferrari", ("フェラーリ", "法拉利", "Феррари")),
            ("Rolex", ("ロレックス", "劳力士", "Ролекс")),
            ("Louis Vuitton", ("ルイ・ヴィトン", "路易威登", "Луи Виттон")),
        )
    ),
    Term(EMBLEMS, "Red Cross", ("Rotes Kreuz", "Croix-Rouge")),
    Term(EMBLEMS, "Red Crescent", ("Roter Halbmond", "Croissant-Rouge")),
    Term(EMBLEMS, "Olympic rings", ("Olympische Ringe", "anneaux olympiques")),
    Term(DECEPTION, "deepfake", ("deep fake",)),
)
