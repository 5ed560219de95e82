"""What a search by words finds, and in which order, in many languages and scripts."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.catalog import tags
from dam.catalog.models import Asset
from dam.search import comment_texts, documents, fulltext, search, synonyms, timed_texts
from dam.search.models import TimedTextKind
from dam.search.results import Part
from dam.search.strengths import Strength
from dam.search.timed_texts import Line
from tests.factories import BrandFactory, VersionFactory, member, release

# Title, tags, description, prompt, said.
CLIPS: dict[str, tuple[str, str, str, str, str]] = {
    "en bottle": ("The red bottles on the table", "drinks, summer", "A café in Paris", "", ""),
    "en can": ("Can of soda", "drinks", "", "a can turning slowly", ""),
    "en canal": ("Canals of Venice", "travel", "boats on the water", "", ""),
    "en said": ("Interview", "people", "", "", "we will launch the rocket in spring"),
    "en file": ("Take 7", "", "", "IMG_2034-harvest_final.mp4", ""),
    "en bluray": ("Blu-ray trailer", "", "SKU-99812-B", "", ""),
    "de": ("Rote Flaschen auf dem Tisch", "getränke", "Häuser an der Straße in München", "", ""),
    "de name": ("Herr Müller im Büro", "", "", "", ""),
    "fr": ("La bouteille rouge sur la table", "été", "Une plage près de la forêt", "", ""),
    "es": ("Una botella roja en la mesa", "verano", "Los niños juegan en el jardín", "", ""),
    "ru": ("Красная бутылка на столе", "лето", "Ёлка в зимнем лесу", "", ""),
    "zh": ("桌子上的红色瓶子", "夏天", "城市夜景与海滩", "", ""),
    "ja": ("テーブルの上の赤いボトル", "夏", "東京タワーの夜景と桜", "", ""),
    "ar": ("زجاجة حمراء على الطاولة", "صيف", "المدينة القديمة في الليل", "", ""),
    "th": ("ขวดสีแดงบนโต๊ะ", "ฤดูร้อน", "ชายหาดตอนพระอาทิตย์ตก", "", ""),
    "ko": ("테이블 위의 빨간 병", "여름", "서울의 밤거리를 걷는 사람들", "", ""),
    "hi": ("मेज पर लाल बोतल", "", "बाज़ार में चाँद की फ़िल्म", "", ""),
    "ta": ("மேசையில் சிவப்பு பாட்டில்", "", "", "", ""),
    "he": ("בקבוק אדום על השולחן", "", "", "", ""),
    "el": ("Κόκκινο μπουκάλι στο τραπέζι", "", "", "", ""),
    "mixed": ("Nike运动鞋 Air Max 広告", "", "", "", ""),
}
# What is typed, and the clips it finds: best first where there are several in a tuple, in any order in a set.
FOUND: tuple[tuple[str, tuple[str, ...] | set[str]], ...] = (
    # English: stems, beginnings, names, small words, accents, joined words.
    ("bottle", ("en bottle",)),
    ("bottles", ("en bottle",)),
    ("bott", {"en bottle"}),
    ("the bottle on a table", ("en bottle",)),
    ("can", ("en can", "en canal")),
    ("cans", ("en can",)),
    ("will", ("en said",)),
    ("cafe", ("en bottle",)),
    ("CAFÉ", ("en bottle",)),
    ("ｃａｆｅ", ("en bottle",)),
    ("cafe\u0301 paris", ("en bottle",)),
    ('"red bottles"', ("en bottle",)),
    ('"bottles red"', ()),
    ("drinks -can", {"en bottle"}),
    ('drinks -"can of soda"', {"en bottle"}),
    ("soda OR rocket", {"en can", "en said"}),
    ("launching rockets", ("en said",)),
    ('"launch the rocket"', ("en said",)),
    ("IMG_2034", ("en file",)),
    ("img2034", ("en file",)),
    ("harv", ("en file",)),
    ("2034", ("en file",)),
    ("SKU-99812-B", ("en bluray",)),
    ("bluray", ("en bluray",)),
    ("blu-ray", ("en bluray",)),
    ("blu ray trai", ("en bluray",)),
    ("pop", ("en can",)),  # a synonym of this brand's for the tag "soda pop"
    # German.
    ("flasche", ("de",)),
    ("flaschen", ("de",)),
    ("haus", ("de",)),
    ("strasse", ("de",)),
    ("STRAẞE", ("de",)),
    ("getranke", ("de",)),
    ("getraenke", ("de",)),
    ("münchen", ("de",)),
    ("mueller", ("de name",)),
    ("muller", ("de name",)),
    ('"auf dem tisch"', ("de",)),
    # French.
    ("bouteilles", ("fr",)),
    ("ete", ("fr",)),
    ("foret", ("fr",)),
    ("plages", ("fr",)),
    ("la plage", ("fr",)),
    # Spanish.
    ("botellas", ("es",)),
    ("ninos", ("es",)),
    ("jardin", ("es",)),
    ("niño jardín", ("es",)),
    # Russian.
    ("бутылки", ("ru",)),
    ("БУТЫЛКА", ("ru",)),
    ("елка", ("ru",)),
    ("столах", ("ru",)),
    ("красн", ("ru",)),
    # Chinese: in the middle of a run, one letter, phrases, exclusions.
    ("瓶子", ("zh",)),
    ("红色瓶子", ("zh",)),
    ("瓶", ("zh",)),
    ("夜景", {"zh", "ja"}),
    ("夜景 -海滩", {"ja"}),
    ('"红色瓶子"', ("zh",)),
    ("子瓶", ()),
    # Japanese.
    ("ボトル", ("ja",)),
    ("ﾎﾞﾄﾙ", ("ja",)),
    ("東京", ("ja",)),
    ("東京タワー", ("ja",)),
    ("赤いボトル", ("ja",)),
    ("桜", ("ja",)),
    ('"東京タワー"', ("ja",)),
    ('"タワー東京"', ()),
    ("夜景 -桜", {"zh"}),
    ("夜景 -タワーの夜", {"zh"}),
    ('夜景 -"東京タワー"', {"zh"}),
    # Arabic.
    ("زجاجة", ("ar",)),
    ("زُجاجَة", ("ar",)),
    ("طاولة", ("ar",)),
    ("المدينه", ("ar",)),
    # Thai.
    ("สีแดง", ("th",)),
    ("ชายหาด", ("th",)),
    ("พระอาทิตย์", ("th",)),
    ('"ขวดสีแดง"', ("th",)),
    ('"สีแดงขวด"', ()),
    ("สีแดง -ชายหาด", ()),
    ("สีแดง -ทะเล", ("th",)),
    ('สีแดง -"บนโต๊ะ"', ()),
    ("ชายห", ("th",)),
    # Korean.
    ("병", ("ko",)),
    ("빨간 병", ("ko",)),
    ("빨간병", ("ko",)),
    ("밤거리를걷는", ("ko",)),
    ("간병", ()),
    ("서울", ("ko",)),
    ("사람", ("ko",)),
    ('"빨간 병"', ("ko",)),
    ('"병 빨간"', ()),
    ("병 -서울", ()),
    ("병 -부산", ("ko",)),
    ('병 -"서울의 밤"', ()),
    ("\u1107\u1167\u11bc", ("ko",)),
    # Others.
    # Hindi and Tamil: with nukta and chandrabindu and without, phrases, exclusions.
    ("बोतल", ("hi",)),
    ("बोतलें", ("hi",)),
    ("बाजार", ("hi",)),
    ("बाज़ार", ("hi",)),
    ("फिल्म", ("hi",)),
    ("चांद", ("hi",)),
    ('"लाल बोतल"', ("hi",)),
    ('"बोतल लाल"', ()),
    ("बोतल -मेज", ()),
    ("बोतल -बाजार", ()),
    ("बोतल -कुर्सी", ("hi",)),
    ('बोतल -"लाल बोतल"', ()),
    ("பாட்டில்", ("ta",)),
    # Hebrew: with and without what is written onto a word, phrases, exclusions.
    ("אדום", ("he",)),
    ("שולחן", ("he",)),
    ("השולחן", ("he",)),
    ("בשולחן", ("he",)),
    ("והשולחן", ("he",)),
    ("הבקבוק", ("he",)),
    ("לבקבוק", ("he",)),
    ("לחן", ()),
    ('"על השולחן"', ("he",)),
    ('"השולחן על"', ()),
    ("אדום -שולחן", ()),
    ("אדום -הבקבוק", ()),
    ("אדום -כיסא", ("he",)),
    ('אדום -"בקבוק אדום"', ()),
    ("μπουκαλι", ("el",)),
    # Scripts side by side.
    ("nike", ("mixed",)),
    ("运动鞋", ("mixed",)),
    ("nike运动鞋", ("mixed",)),
    ("广告", ()),  # 広告 is another letter
    ("広告 air", ("mixed",)),
    # Words for things in no clip.
    ("elephant", ()),
)
# A word that may name a thing, and is small in another language: what has it is found, and behind it, never
# as a strong match, what hasn't.
NAMES = (
    ("blue van", "Blue van", "Blue car"),
    ("pour milk", "Pour of milk", "Milk glass"),
    ("die hard", "Die hard", "Hard work"),
    ("father son", "Father and son", "Father alone"),
    ("no smoking", "No smoking", "Smoking chimney"),
    ("lion den", "Den of the lion", "Lion cub"),
    ("golf par", "Par at golf", "Golf course"),
    ("con man", "Con of a man", "Man asleep"),
    ("os update", "OS update", "News update"),
    ("Vitamin A", "Vitamin A", "Vitamin pills"),
)
# Nothing matches as typed; these come close.
CLOSE = (
    ("botle", "en bottle", ("bottle", "bottles")),
    ("rokcet", "en said", ("rocket",)),
    ("flascehn", "de", ("flaschen",)),
    ("бутыкла", "ru", ("бутылка",)),
    ("बोलत", "hi", ("बोतल",)),
    ("பாட்டீல்", "ta", ("பாட்டில்",)),
    ("ottle", "en bottle", ()),
    ("red bottles elephant", "en bottle", ()),
)


@pytest.fixture(scope="module")
def library(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Member, dict[Any, str]]]:
    """The clips above, put in once and taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        brand = BrandFactory.create()
        names = {}
        for name, (title, tag_names, description, prompt, said) in CLIPS.items():
            version = VersionFactory.create(
                asset__brand=brand,
                asset__title=title,
                asset__description=description,
                search_words=prompt,
                filename="master.mov",
            )
            names[version.asset_id] = name
            tags.add({version.asset: [each.strip() for each in tag_names.split(",") if each]})
            if said:
                timed_texts.keep(version, TimedTextKind.SPOKEN, [Line(1000, 2000, said)])
        can = Asset.objects.get(title="Can of soda")
        tags.add({can: ["soda pop"]})
        synonyms.assign(brand, "soda pop", ["Pop", "fizz"])
        documents.refresh_many(list(Asset.objects.filter(brand=brand)))
        yield member(brand, Role.CREATOR), names
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _open(library: object, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


def found(library: tuple[Member, dict[Any, str]], typed: str) -> tuple[str, ...]:
    person, names = library
    parsed = search.parse(typed, by=person)
    assets = search.among(person, parsed=parsed)
    ranking = fulltext.ranked(assets, parsed, principal=person, limit=50)
    return tuple(names[key] for key in ranking.asset_ids)


@pytest.mark.parametrize(("typed", "expected"), FOUND)
def test_a_search_finds(
    library: tuple[Member, dict[Any, str]], typed: str, expected: tuple[str, ...] | set[str]
) -> None:
    answer = found(library, typed)
    assert (set(answer) if isinstance(expected, set) else answer) == expected


@pytest.mark.parametrize(("typed", "expected", "meant"), CLOSE)
def test_what_is_misspelt_comes_close(
    library: tuple[Member, dict[Any, str]], typed: str, expected: str, meant: tuple[str, ...]
) -> None:
    person, names = library
    parsed = search.parse(typed, by=person)
    assert found(library, typed) == ()
    ranking = fulltext.close(search.among(person, parsed=parsed), parsed, principal=person, limit=50)
    assert names[ranking.asset_ids[0]] == expected
    if meant:
        assert dict(ranking.meant)[typed] in meant


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "🔥",
            "👩‍👩‍👧",
            "\u200d",
            "\u202e",
            "\ud800",
            "\u0301",
            "'",
            "\\",
            "!",
            "~en.bottl",
            "!dark",
            "& | <->",
            ":*",
        ),
        *("%", "_", "''", "\u0e49" * 50, "a'b\\c:*", "(", "\ufeff", "ｆ" * 299, "瓶" * 299, "\u20dd"),
    ],
)
def test_odd_input_neither_fails_nor_finds_everything(
    library: tuple[Member, dict[Any, str]], typed: str
) -> None:
    person, _ = library
    for words in (typed, f"-{typed}", f'"{typed}"', f"bottle {typed}", f"x{typed}"):
        parsed = search.parse(words, by=person)
        assets = search.among(person, parsed=parsed)
        for ranking in (fulltext.ranked, fulltext.close):
            assert len(ranking(assets, parsed, principal=person, limit=50).asset_ids) < 5


def test_ids_and_checksums_find_what_bears_them(library: tuple[Member, dict[Any, str]]) -> None:
    asset = Asset.objects.get(title="Can of soda", latest__isnull=False)
    assert asset.latest is not None
    for typed in (asset.pk, asset.latest.pk, asset.latest.sha256, asset.latest.sha256[:10].upper()):
        assert found(library, str(typed)) == ("en can",)


def test_comments_are_found_by_those_who_may_read_them(library: tuple[Member, dict[Any, str]]) -> None:
    creator, _ = library
    viewer = member(creator.brand, Role.VIEWER)
    with transaction.atomic():
        asset = Asset.objects.get(title="Canals of Venice")
        assert asset.latest is not None
        release(asset.latest)
        comment_texts.keep(asset.latest, source="comment 1", text="gloomy gondolas")
        for person, answer in ((creator, (asset.pk,)), (viewer, ())):
            for typed in ("gloomy", "gondola", '"gloomy gondolas"', "venice gloomy"):
                parsed = search.parse(typed, by=person)
                assets = search.among(person, parsed=parsed)
                assert fulltext.ranked(assets, parsed, principal=person, limit=9).asset_ids == answer
            kept = search.among(person, parsed=search.parse("venice -gloomy", by=person)).filter(pk=asset.pk)
            assert kept.exists() == (person is viewer)
        (hit,) = search.find(creator, words="venice gloomy", ask=lambda spoken, encoder: None).hits
        (passage,) = hit.passages
        assert passage.part is Part.COMMENT
        assert [piece.text for piece in passage.pieces if piece.matched] == ["gloomy"]
        parsed = search.parse("canal", by=viewer)
        assets = search.among(viewer, parsed=parsed)
        assert fulltext.ranked(assets, parsed, principal=viewer, limit=9).asset_ids == (asset.pk,)
        transaction.set_rollback(True)


def test_a_word_of_what_one_may_not_see_is_never_suggested(library: tuple[Member, dict[Any, str]]) -> None:
    viewer = member(library[0].brand, Role.VIEWER)
    parsed = search.parse("rokcet", by=viewer)
    ranking = fulltext.close(search.among(viewer, parsed=parsed), parsed, principal=viewer, limit=9)
    assert (ranking.asset_ids, ranking.meant) == ((), ())


def test_a_prompt_is_found_by_and_shown_to_those_who_see_drafts(
    library: tuple[Member, dict[Any, str]],
) -> None:
    creator, _ = library
    viewer = member(creator.brand, Role.VIEWER)
    with transaction.atomic():
        asset = Asset.objects.get(title="Can of soda")
        assert asset.latest is not None
        release(asset.latest)
        asset.latest.prompt = "a can under neon light"
        asset.latest.save(update_fields=["prompt"])
        documents.refresh_many([asset])

        def parts(person: Member, words: str) -> list[set[Part]]:
            found = search.find(person, words=words, ask=lambda spoken, encoder: None)
            return [{passage.part for passage in hit.passages} for hit in found.hits]

        assert Part.PROMPT in parts(creator, "can neon")[0]
        assert parts(viewer, "neon") == []
        assert parts(viewer, "can") == [set()]
        transaction.set_rollback(True)


@pytest.mark.parametrize(("typed", "named", "other"), NAMES)
def test_a_clip_without_a_word_that_may_name_a_thing_is_no_strong_match(
    library: tuple[Member, dict[Any, str]], typed: str, named: str, other: str
) -> None:
    person, _ = library
    with transaction.atomic():
        versions = [
            VersionFactory.create(asset__brand=person.brand, asset__title=title, filename="x1.mov")
            for title in (named, other)
        ]
        documents.refresh_many([version.asset for version in versions])
        hits = search.find(person, words=typed, ask=lambda spoken, encoder: None).hits
        assert [(hit.asset.title, hit.strength) for hit in hits] == [
            (named, Strength.STRONG),
            (other, Strength.WEAK),
        ]
        transaction.set_rollback(True)


def test_a_small_word_of_the_searchs_own_language_may_be_missing(
    library: tuple[Member, dict[Any, str]],
) -> None:
    for typed, clip in (
        ("die rote Flasche", "de"),
        ("la bouteille rouge", "fr"),
        ("a red bottle", "en bottle"),
    ):
        hits = search.find(library[0], words=typed, ask=lambda spoken, encoder: None).hits
        assert [(library[1][hit.asset.pk], hit.strength) for hit in hits] == [(clip, Strength.STRONG)]
