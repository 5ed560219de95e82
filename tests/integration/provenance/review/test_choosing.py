"""Which template a clip's review passes: by rules, by hand, and what is refused."""

from datetime import UTC, datetime

import pytest

from dam.accounts.capabilities import Role
from dam.bulk import tag_vocabulary
from dam.catalog import tags
from dam.catalog.models import Tag, Version
from dam.collections.models import Collection, CollectionItem
from dam.search.models import BroaderTag
from provenance.review import choosing, reviews, rules, templates
from provenance.review.models import Review, ReviewTemplate
from provenance.review.plans import Planned
from tests.factories import BrandFactory, member
from tests.review_factory import Case
from tests.review_templates import template

pytestmark = pytest.mark.django_db

MARKET = Planned("legal", "Market")


def chosen(version: Version) -> str:
    choice = choosing.of(version)
    return choice.template.title if choice.template else ""


def test_without_templates_the_brands_own_order_counts() -> None:
    case = Case(BrandFactory.create(review_stages=["legal", "brand"]))
    review = case.submit()
    assert (review.stages, review.plan, review.template) == (["legal", "brand"], [], None)


@pytest.mark.parametrize(
    ("rule", "answers"),
    [
        ("kind:video", True),
        ("kind:still", False),
        ("-kind:still", True),
        ("kind:still,video", True),
        ("tag:spring", True),
        ("tag:autumn OR kind:video", True),
        ("tag:autumn kind:video", False),
    ],
)
def test_a_rule_asks_for_what_a_search_does(rule: str, answers: bool) -> None:
    case = Case()
    case.version.asset.tags.add(Tag.objects.create(brand=case.brand, name="spring"))
    Tag.objects.create(brand=case.brand, name="autumn")
    template(case.brand, MARKET, rule=rule, by_hand=False)
    assert chosen(case.version) == ("Market" if answers else "")


def test_the_first_rule_in_the_brands_order_counts() -> None:
    case = Case()
    template(case.brand, MARKET, title="Later", rule="kind:video", position=2)
    template(case.brand, MARKET, title="First", rule="kind:video", position=1)
    template(case.brand, MARKET, title="Not it", rule="kind:still", position=0)
    template(case.brand, MARKET, title="By hand", position=0)
    assert chosen(case.version) == "First"


def collection(
    case: Case, name: str, *, inside: Collection | None = None, everyone: bool = True
) -> Collection:
    made = Collection(brand=case.brand, name=name, owner=case.creator.user, everyone=everyone, parent=inside)
    made.top = inside.top if inside else made
    made.save()
    return made


@pytest.mark.parametrize(
    ("rule", "answers"),
    [
        ('collection:"spring"', False),
        ('inside:"SPRING"', True),
        ('collection:"Easter"', True),
        ('-inside:"Spring"', False),
        ('collection:"Easter" OR kind:still', True),
    ],
)
def test_a_collection_counts_that_everyone_sees(rule: str, answers: bool) -> None:
    case = Case()
    easter = collection(case, "Easter", inside=collection(case, "Spring"))
    CollectionItem.objects.create(collection=easter, asset=case.version.asset, place="a")
    template(case.brand, MARKET, rule=rule)
    assert chosen(case.version) == ("Market" if answers else "")


def test_a_broader_tag_finds_what_has_a_narrower_one() -> None:
    case = Case()
    for tag, broader in [("lime", "citrus"), ("citrus", "fruit")]:
        BroaderTag.objects.create(brand=case.brand, tag=tag, broader=broader)
    case.version.asset.tags.add(Tag.objects.create(brand=case.brand, name="lime"))
    template(case.brand, MARKET, rule="tag:fruit")
    assert chosen(case.version) == "Market"


@pytest.mark.parametrize(
    "rule", ["collection:Spring", "-collection:Spring", "inside:Spring", "tag:spring", "-tag:spring"]
)
def test_a_rule_that_names_what_is_gone_stops_and_says_so(rule: str) -> None:
    case = Case()
    spring = collection(case, "Spring")
    tag = Tag.objects.create(brand=case.brand, name="spring")
    template(case.brand, MARKET, rule=rule)
    assert not rules.problem(rule, brand=case.brand)
    Collection.objects.filter(pk=spring.pk).update(everyone=False)
    tag.name = "autumn"
    tag.save()
    assert "pring" in rules.problem(rule, brand=case.brand)
    with pytest.raises(reviews.ReviewRefused) as refused:
        case.submit()
    assert refused.value.code == "broken_rule"


@pytest.mark.parametrize("rule", ["tag:cafe", "-tag:cafe", "collection:cafe", "-inside:cafe"])
def test_a_rule_names_what_is_spelt_as_it_is(rule: str) -> None:
    case = Case()
    collection(case, "Café")
    case.version.asset.tags.add(Tag.objects.create(brand=case.brand, name="café"))
    assert "cafe" in rules.problem(rule, brand=case.brand)  # whoever made "cafe" would change what it means
    assert not rules.problem(rule.replace("cafe", "café"), brand=case.brand)


@pytest.mark.parametrize(("rule", "title"), [("tag:spring", ""), ("kind:video -tag:spring", "Market")])
def test_a_tag_that_a_rule_names_stays_known_without_a_clip(rule: str, title: str) -> None:
    case = Case()
    for brand, name in ((case.brand, "spring"), (case.brand, "autumn"), (BrandFactory.create(), "spring")):
        Tag.objects.create(brand=brand, name=name)
    template(case.brand, MARKET, rule=rule)
    assert tags.delete_unused() == 2
    assert Tag.objects.get() == Tag.objects.get(brand=case.brand, name="spring")
    assert chosen(case.version) == title


def test_a_tag_that_was_renamed_is_known_no_more_whoever_names_it() -> None:
    case = Case()
    tag = Tag.objects.create(brand=case.brand, name="spring")
    case.version.asset.tags.add(tag)
    template(case.brand, MARKET, rule="tag:spring")
    tag_vocabulary.rename(tag, "may", by=member(case.brand, Role.ADMIN))
    case.version.asset.tags.set([Tag.objects.create(brand=case.brand, name="may")])  # as its bulk edit does
    assert tags.delete_unused() == 1
    assert "spring" in rules.problem("tag:spring", brand=case.brand)


def test_a_rule_that_names_what_there_is_not_can_not_be_saved() -> None:
    brand = BrandFactory.create()
    admin = member(brand, Role.ADMIN)
    wanted = templates.Wanted(title="Market", stages=(MARKET,), rule="tag:nowhere")
    with pytest.raises(templates.TemplateRefused, match="nowhere"):
        templates.add(by=admin, wanted=wanted)


def test_templates_of_other_brands_and_archived_ones_are_none_of_its() -> None:
    case = Case()
    template(BrandFactory.create(), MARKET, rule="kind:video")
    template(case.brand, MARKET, rule="kind:video", archived_at=datetime(2027, 5, 3, tzinfo=UTC))
    assert chosen(case.version) == ""


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("spring", "isn't a filter"),
        ("kind:video spring", "isn't a filter"),
        ("-spring", "isn't a filter"),
        ("kind:", "Add a value"),
        ("kind:opera", "opera"),
        ("colour_of_mood:blue", "isn't a filter"),
        ("kind:still colr:red", "“colr:red” isn't a filter"),
        ("favourite:yes", "isn't a filter"),
        ("kind:video " * 40, "at most"),
        ("…", ""),
    ],
)
def test_what_is_no_rule_is_refused_with_the_reason(rule: str, words: str) -> None:
    problem = rules.problem(rule.strip(), brand=BrandFactory.create())
    assert problem
    assert words in problem


def test_a_rule_that_can_not_be_read_any_more_stops_and_says_so() -> None:
    case = Case()
    template(case.brand, MARKET, rule="territory_of_old:FR", by_hand=False)
    with pytest.raises(reviews.ReviewRefused, match="no longer works"):
        case.submit()


@pytest.mark.parametrize("rule", ["territory_of_old:FR", "tag:gone"])
def test_a_broken_rule_stops_only_what_no_earlier_rule_matches(rule: str) -> None:
    case = Case()
    template(case.brand, MARKET, title="First", rule="kind:video", position=0)
    template(case.brand, MARKET, title="Broken", rule=rule, position=1)
    template(case.brand, MARKET, title="Last", rule="-kind:still", position=2)
    assert chosen(case.version) == "First"
    ReviewTemplate.objects.filter(title="First").update(rule="kind:still")
    refusal = choosing.of(case.version).refusal
    assert refusal is not None
    assert (refusal.code, "Broken" in refusal.sentence) == (choosing.BROKEN, True)


def test_whoever_submits_chooses_where_that_is_allowed_and_no_rule_does() -> None:
    case = Case()
    by_rule = template(case.brand, MARKET, title="By rule", rule="kind:still", by_hand=False)
    by_hand = template(case.brand, Planned("brand"), title="By hand")
    with pytest.raises(reviews.ReviewRefused) as refused:
        reviews.submit(case.version, by=case.creator, template=by_rule.pk)
    assert refused.value.code == choosing.CHANGED
    review = reviews.submit(case.version, by=case.creator, template=by_hand.pk)
    assert (review.template, review.stages) == (by_hand, ["brand"])


@pytest.mark.parametrize(("rule", "code"), [("kind:video", choosing.CHANGED), ("tag:gone", choosing.BROKEN)])
def test_nobody_chooses_past_a_rule_nor_past_one_that_can_not_be_read(rule: str, code: str) -> None:
    case = Case()
    template(case.brand, MARKET, title="By rule", rule=rule, by_hand=False)
    by_hand = template(case.brand, Planned("brand"), title="By hand")
    with pytest.raises(reviews.ReviewRefused) as refused:
        reviews.submit(case.version, by=case.creator, template=by_hand.pk)
    assert refused.value.code == code
    assert not choosing.of(case.version).is_open


def test_what_was_shown_before_sending_is_what_counts() -> None:
    case = Case()
    used = template(case.brand, MARKET, rule="kind:video")
    seen = choosing.of(case.version).seen
    used.revision += 1
    used.save()
    with pytest.raises(reviews.ReviewRefused, match="just changed"):
        reviews.submit(case.version, by=case.creator, seen=seen)
    assert not Review.objects.exists()
    reviews.submit(case.version, by=case.creator, seen=choosing.of(case.version).seen)


def test_it_takes_few_queries_however_many_rules(django_assert_max_num_queries: object) -> None:
    case = Case()
    spring = collection(case, "Spring")
    for place in range(20):
        Tag.objects.create(brand=case.brand, name=f"tag {place}")
        collection(case, f"Place {place}", inside=spring)
        rule = f'tag:"tag {place}" collection:"Place {place}" inside:Spring'
        template(case.brand, MARKET, title=f"{place}", rule=rule, position=place)
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        assert chosen(case.version) == ""


def test_a_person_of_the_role_decides_what_the_rule_chose() -> None:
    case = Case()
    template(case.brand, MARKET, rule="kind:video")
    review = case.submit()
    other = member(case.brand, Role.LEGAL_REVIEWER)
    assert reviews.refusal_to_decide(review, by=other) is None
