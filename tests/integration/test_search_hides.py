"""What somebody may not see changes nothing that any search tells them: not a hit, number, order or word.

Each test asks everything of a library, adds things at random that are hidden from who asks, and asks again.
"""

import difflib
import random
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from dam.accounts.capabilities import GUEST_MAY, Capability, Role
from dam.accounts.models import Brand, ShareLink
from dam.accounts.principals import Guest, Member, Principal
from dam.catalog.models import Approval, Asset, Origin, Tag, Version
from dam.collections import collections, items
from dam.collections.models import Collection
from dam.custom_fields import fields as own
from dam.custom_fields import values
from dam.custom_fields.definitions import Kind
from dam.custom_fields.planning import OptionWish, Wish
from dam.rights.models import RightsRecord
from dam.search import documents, facets, prompt_meanings, search, similar_prompts, standing, suggestions
from dam.search.encoders import model_card
from dam.search.encoders.base import TextEmbedding
from dam.search.models import TimedText, TimedTextKind
from dam.search.orders import Order
from dam.search.query import Filters
from dam.search.saved import recent, saved_searches
from dam.search.saved.asked import Asked
from dam.web.library import LAYOUTS
from tests.factories import BrandFactory, VersionFactory, member, next_version, token_of
from tests.integration.dam.search import seeing

pytestmark = pytest.mark.django_db

COMMON = ("bottle", "harbour", "summer", "picnic")
HIDDEN = ("zanzibar", "quokka", "harbourmaster", "bottlenose", "夏の夜景", "лесник")
CHANGES_ANYWAY = re.compile(
    r'csrfmiddlewaretoken" value="\w+|X-CSRFToken": "\w+|since=[^"&]+|nonce="[^"]+'
    r"|(?<=>)[^<>]*( ago|[Jj]ust now)"
)


class World:
    """A brand with some clips, another brand, and who asks."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.keepers = {brand: self._with_fields(brand) for brand in BrandFactory.create_batch(2)}
        self.brand, self.other = self.keepers
        self.maker = member(self.brand, Role.CREATOR, name="Maker Common")
        self.stranger = member(self.other, Role.CREATOR, name="Stranger Hidden")
        self.viewer = member(self.brand, Role.VIEWER)
        self.creator = member(self.brand, Role.CREATOR)
        self.released = [self.clip(COMMON, approval=Approval.APPROVED) for _ in range(6)]
        self.drafts = [self.clip(COMMON) for _ in range(2)]
        likeness = Filters(like=[str(self.released[1].asset_id)])
        self.saved = [
            saved_searches.save(asked, name=f"Saved {place}", by=self.creator, shared=True)
            for place, asked in enumerate(
                (
                    Asked(words="bottle"),
                    Asked(words="quokka OR bottle"),
                    Asked(filters=Filters(state=["draft"])),
                    Asked(like=likeness),
                )
            )
        ]
        for person in (self.viewer, self.creator):
            recent.keep(Asked(words="bottle"), by=person)
            recent.keep(Asked(words="quokka", filters=Filters(tag=["zanzibar"])), by=person)

    @staticmethod
    def _with_fields(brand: Brand) -> Member:
        """Give a brand a field of each kind that is asked in its own way; who keeps them."""
        keeper = member(brand, Role.ADMIN, name="Keeper Common")
        options = tuple(OptionWish(word.title()) for word in ("bottle", "summer", "quokka", "zanzibar"))
        for kind, title in ((Kind.NUMBER, "Budget"), (Kind.DATE, "Shot on"), (Kind.TEXT, "Note")):
            own.make(Wish(title), kind=kind, by=keeper)
        own.make(Wish("Channel", options=options), kind=Kind.CHOICE, by=keeper)
        return keeper

    def clip(self, words: Iterable[str], *, brand: Brand | None = None, **fields: object) -> Version:
        """A clip with these words in all that is searched, and colours that an encoder has seen."""
        maker = self.stranger if brand == self.other else self.maker
        version: Version = VersionFactory.create(
            asset__brand=brand or self.brand,
            asset__created_by=maker.user,
            asset__title=self.some(words),
            asset__description=self.some(words),
            asset__search_words=self.some(words),
            filename=f"{self.some(words)}.mp4",
            **fields,
        )
        known = {"bottle", "summer", "quokka", "zanzibar"}.intersection(words)
        mine = {
            "budget": str(self.chance.randrange(1, 100)),
            "shot_on": f"2026-03-{self.chance.randrange(1, 29):02}",
            "note": self.some(words),
            "channel": self.chance.choice(sorted(known)),
        }
        values.set_values(version.asset, mine, by=self.keepers[version.asset.brand])
        self.describe(version, words)
        return version

    def describe(self, version: Version, words: Iterable[str]) -> None:
        for kind in TimedTextKind:
            TimedText.objects.create(
                version=version, kind=kind, start_ms=0, end_ms=900, text=self.some(words)
            )
        seeing.see(version, self.chance.choices(seeing.COLOURS, k=3))
        if self.chance.random() < 0.7:
            asked_for = " ".join(self.chance.choices((*seeing.COLOURS, *words), k=4))
            Version.objects.filter(pk=version.pk).update(prompt=asked_for, origin=Origin.GENERATED)
            version.refresh_from_db()
            prompt_meanings.write([version], encoder=seeing.ColourEncoder(), index=seeing.index())
        documents.refresh_many([version.asset])

    def tag(self, asset: Asset, name: str) -> None:
        tag, _ = Tag.objects.get_or_create(brand=asset.brand, name=name)
        asset.tags.add(tag)
        documents.refresh_many([asset])

    def some(self, words: Iterable[str]) -> str:
        return " ".join(self.chance.choices(tuple(words), k=3))

    def hide_from_viewers(self) -> None:
        """What only those who see unreleased work may know of."""
        for _ in range(3):
            self.tag(self.clip((*COMMON, *HIDDEN)).asset, self.chance.choice(HIDDEN))
        draft = next_version(
            self.chance.choice(self.released), filename="quokka.mp4", search_words="quokka bottle"
        )
        self.describe(draft, HIDDEN)
        embargoed = self.clip((*COMMON, *HIDDEN), approval=Approval.APPROVED)
        RightsRecord.objects.filter(version=embargoed).update(
            embargo_until=timezone.now() + timedelta(days=3)
        )
        self.tag(embargoed.asset, "zanzibar")

    def hide_from_all(self) -> None:
        """What lies in the trash, and what is another brand's."""
        for approval in (Approval.DRAFT, Approval.APPROVED):
            trashed = self.clip((*COMMON, *HIDDEN), approval=approval)
            self.tag(trashed.asset, self.chance.choice(HIDDEN))
            Asset.objects.filter(pk=trashed.asset_id).update(trashed_at=timezone.now())
            foreign = self.clip((*COMMON, *HIDDEN), brand=self.other, approval=approval)
            self.tag(foreign.asset, self.chance.choice(HIDDEN))


def typed() -> list[str]:
    """What somebody who is after hidden things would type."""
    words = [*COMMON, *HIDDEN]
    misspelt = [word[:-2] + word[-1] + word[-2] for word in words]
    beginnings = [word[:3] for word in words]
    other = ["red", "red bottle", '"bottle quokka"', "bottle -quokka", "quokka OR bottle", "-quokka"]
    fields = ["tag:quokka", "-tag:zanzibar", "by:hidden", "by:maker", "state:draft", "tag:", "by:st"]
    mine = [
        "budget:>50",
        "budget:10..60",
        "-budget:<40",
        "shot_on:2026-03-05..2026-03-20",
        "-shot_on:2026-03",
    ]
    mine += ["note:quokka", "-note:zanzibar", "channel:quokka", "-channel:zanzibar", "budget:", "channel:"]
    mine += ["budget:7..70 bottle", "budget:>90 OR note:quokka", "shot_on:>2026-03-25 OR channel:zanzibar"]
    alike = [
        "prompt_like:red",
        'prompt_like:"red blue" budget:>20',
        "-prompt_like:green",
        "prompt_like:quokka",
    ]
    alike += ["prompt_like:blue bottle", "prompt_like:red OR prompt_like:green", "prompt:quokka"]
    return [*words, *misspelt, *beginnings, *other, *fields, *mine, *alike]


def means(text: str, encoder: str) -> TextEmbedding:
    """What a worker would answer at once."""
    return prompt_meanings.question(text, encoder=seeing.ColourEncoder())


Everything = Callable[..., dict[str, str]]  # of a world and who asks; `every` which of the questions


@pytest.fixture
def everything(client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Everything:
    """All that searches answer somebody, by address."""
    installed = seeing.install(tmp_path)
    monkeypatch.setattr(model_card, "current", lambda: installed)
    monkeypatch.setattr(search, "_ask_worker", seeing.ask)
    monkeypatch.setattr(similar_prompts, "_ask", means)

    def ask(world: World, who: Member, *, every: int = 1) -> dict[str, str]:
        client.force_login(who.user)
        home = f"/b/{world.brand.slug}/"
        asked = [(home, {"q": words}) for words in typed()]
        asked += [(f"{home}suggest/", {"q": words}) for words in typed()]
        asked += [(f"{home}palette/", {"q": words}) for words in (*COMMON, *HIDDEN)]
        asked += [(home, {}), (home, {"tag": "quokka"}), (f"{home}s/", {})]
        like = str(world.released[0].asset_id)
        asked += [(home, {"like": like}), (home, {"like": f"{like}@700", "q": "red -quokka"})]
        asked += [(home, {"q": "bottle", "start": "2"}), (home, {"origin": "uploaded", "state": "draft"})]
        asked += [(f"{home}news/", {"since": "2026-01-01T00:00:00+00:00"}), (f"{home}search-help/", {})]
        asked += [(f"{home}suggest/", {"q": ""}), (f"{home}s/new/", {})]
        asked += [(f"{home}s/{search.pk}/cover/", {}) for search in world.saved]
        asked += [(home, {"sort": order}) for order in Order]
        asked += [(home, {"layout": layout}) for layout in (*LAYOUTS, "m")]
        asked += [
            (home, {"layout": "timeline", "month": "2026-03"}),
            (home, {"layout": "m", "prompt": "quokka"}),
        ]
        asked += [(home, {"prompt_like": "red bottle"}), (home, {"q": "prompt_like:quokka OR bottle"})]
        asked += [(home, {"duration.from": "1", "duration.to": "9"}), (home, {"filename": "quokka"})]
        asked += [(home, {"budget.from": "10", "budget.to": "60"}), (home, {"shot_on": ">2026-03-10"})]
        asked += [(home, {"budget": ">50", "sort": order}) for order in Order]
        asked += [(home, {"prompt_like": colour, "channel": "quokka"}) for colour in seeing.COLOURS]
        asked += [
            (f"{home}bulk/export.csv", {"q": "budget:>50"}),
            (home, {"prompt_like": "red", "start": "2"}),
        ]
        asked += [(f"{home}bulk/export.csv", {}), (f"{home}bulk/export.csv", {"q": "bottle"})]
        answers = {}
        for address, query in asked[::every]:
            response = client.get(address, query, follow=True)
            assert response.status_code == 200, (address, query)
            content = b"".join(response) if response.streaming else response.content
            answers[f"{address} {query}"] = CHANGES_ANYWAY.sub("", content.decode())
        for words in HIDDEN:  # whether it found nothing is for those who run the brand, and said to nobody
            response = client.post(f"{home}searches/settled/", {"query": f"?q={words}", "none": "1"})
            answers[f"settled {words}"] = f"{response.status_code} {response.content.decode()}"
        return answers

    return ask


def differing(before: dict[str, str], after: dict[str, str]) -> dict[str, list[str]]:
    """The lines that came or went, by address."""
    return {
        address: [line for line in difflib.ndiff(_lines(page), _lines(after[address])) if line[0] in "+-"]
        for address, page in before.items()
        if page != after[address]
    }


def _lines(page: str) -> list[str]:
    return [line.strip() for line in page.splitlines()]


@pytest.mark.parametrize("seed", [1])
def test_nothing_tells_a_viewer_of_what_is_not_released(everything: Everything, seed: int) -> None:
    world = World(random.Random(seed))
    cache.clear()
    before = everything(world, world.viewer)
    of_creator = everything(world, world.creator)
    world.hide_from_viewers()
    world.hide_from_all()
    assert differing(before, everything(world, world.viewer)) == {}
    # Those who may see it are told, so the questions are good ones.
    assert len(differing(of_creator, everything(world, world.creator))) > len(typed())


@pytest.mark.parametrize("seed", [2])
def test_nothing_tells_anybody_of_the_trash_or_another_brand(everything: Everything, seed: int) -> None:
    world = World(random.Random(seed))
    people = (world.viewer, world.creator)
    before = [everything(world, who) for who in people]
    world.hide_from_all()
    for who, answers in zip(people, before, strict=True):
        assert differing(answers, everything(world, who)) == {}


@pytest.mark.parametrize("seed", [3])
def test_what_others_have_asked_before_changes_no_answer(everything: Everything, seed: int) -> None:
    """What is kept for all, filled by an administrator, tells a viewer no more, nor the reverse."""
    world = World(random.Random(seed))
    admin = member(world.brand, Role.ADMIN)
    world.hide_from_viewers()
    world.hide_from_all()
    alone = {}
    for who in (world.viewer, admin):
        cache.clear()
        alone[who.user.pk] = everything(world, who, every=7)
    for first, then in ((admin, world.viewer), (world.viewer, admin)):
        cache.clear()
        everything(world, first, every=7)
        assert differing(alone[then.user.pk], everything(world, then, every=7)) == {}


def told(who: Principal, *, collection: Collection) -> list[object]:
    """All that a search tells a program or a guest, for whom no page is made."""
    answers: list[object] = []
    for words in typed()[::6]:
        found = search.find(who, words=words, ask=seeing.ask)
        hits = [(hit.asset.pk, hit.strength, hit.passages, hit.moments) for hit in found.hits]
        answers.append((words, found.total, found.more, found.meant, found.weak, found.query.chips, hits))
        parsed = search.parse(words, by=who)
        answers.append(facets.count(who, parsed=replace(parsed, terms=())))
        answers.append(suggestions.suggest(words, principal=who))
    counted = standing.of(collection, who, at=timezone.localtime())
    return [*answers, counted.total, [(each.name, each.value, each.number) for each in counted.counts]]


@pytest.mark.parametrize("seed", [4])
def test_nothing_tells_a_token_or_a_guest_of_what_they_may_not_see(
    everything: Everything, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Nor how a collection stands, whose numbers are kept and were counted for somebody who sees more."""
    world = World(random.Random(seed))
    admin = member(world.brand, Role.ADMIN)
    monkeypatch.setattr(standing, "_are_many", lambda keys: True)
    collection = collections.create("Launch", by=admin)
    items.add(collection, [version.asset_id for version in world.released], by=admin)
    link = ShareLink.objects.create(
        brand=world.brand,
        created_by=admin.user,
        prefix="rps_agency",
        guest="Agency",
        expires_at=timezone.now() + timedelta(days=9),
    )
    link.assets.set([version.asset for version in world.released[:3]])
    strangers: list[Principal] = [
        token_of(world.viewer, {Capability.VIEW}),
        Guest(world.brand, link.pk, link.guest, GUEST_MAY),
    ]
    before = []
    for who in strangers:
        cache.clear()
        before.append(told(who, collection=collection))
    world.hide_from_viewers()
    world.hide_from_all()
    drafts = Asset.objects.filter(brand=world.brand, released=None, trashed_at=None)
    items.add(collection, list(drafts.values_list("pk", flat=True)), by=admin)
    cache.clear()
    for person in (admin, world.viewer):
        told(person, collection=collection)
    for who, answers in zip(strangers, before, strict=True):
        assert told(who, collection=collection) == answers
