"""Administration → Review → Templates, and the form that sends a clip to review."""

import re
from collections.abc import Mapping

import pytest
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.custom_fields import fields
from dam.custom_fields.definitions import Kind
from dam.custom_fields.planning import OptionWish, Wish
from provenance.review import plans, questions
from provenance.review.models import Review, ReviewTemplate
from provenance.review.plans import Planned
from provenance.review.questions import Wording
from tests.factories import BrandFactory, member
from tests.review_factory import Case
from tests.review_templates import group, template

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Member:
    return member(BrandFactory.create(), Role.ADMIN)


@pytest.fixture
def client(admin: Member) -> Client:
    browser = Client()
    browser.force_login(admin.user)
    return browser


def address(brand: Brand, name: str = "review-template-add", *args: object) -> str:
    return reverse(name, args=[brand.slug, *args])


def typed(*stages: Mapping[str, object], **fields: object) -> dict[str, object]:
    data: dict[str, object] = {"revision": 0, "title": "France", "rule": "kind:video", "stages": len(stages)}
    for place, stage in enumerate(stages):
        usual = {"kind": "legal", "who": "role", "needs": "1", "days": "", "deputy": "", "title": ""}
        data |= {f"stage-{place}-{name}": value for name, value in ({**usual, **stage}).items()}
    return data | fields


def test_the_page_begins_empty_and_says_what_to_do(client: Client, admin: Member) -> None:
    page = client.get(address(admin.brand, "review-templates"))
    assert "No templates" in page.content.decode()


def test_a_template_is_added_with_its_stages(client: Client, admin: Member) -> None:
    lawyer, deputy = (member(admin.brand, Role.LEGAL_REVIEWER) for _each in range(2))
    made = group(admin.brand, lawyer)
    stages = (
        {"kind": "brand"},
        {
            "title": "Legal FR",
            "who": f"group:{made.pk}",
            "needs": "everyone",
            "days": "3",
            "deputy": f"person:{deputy.user.pk}",
        },
    )
    answer = client.post(address(admin.brand), typed(*stages))
    assert answer.status_code == 302
    kept = ReviewTemplate.objects.get()
    assert kept.planned == (
        Planned("brand"),
        Planned("legal", "Legal FR", group=made.pk, needs=plans.ALL, days=3, deputy_person=deputy.user.pk),
    )
    event = Event.objects.get(verb=Verb.TEMPLATE_ADDED, target="France")
    assert event.data["review_stages"] == [
        "1. brand (brand, 1, role)",
        f"2. Legal FR (legal, everyone, group:{made.pk}, 3 days, deputy user:{deputy.user.pk})",
    ]
    page = client.get(address(admin.brand, "review-templates")).content.decode()
    assert "Legal FR" in page
    assert "kind:video" in page


@pytest.mark.parametrize(
    ("stage", "fields", "words"),
    [
        ({}, {"rule": "spring"}, "isn't a filter"),
        ({}, {"rule": "kind:"}, "Add a value"),
        ({}, {"rule": ""}, "allow choosing it by hand"),
        ({}, {"title": ""}, "Enter a title"),
        ({}, {"stages": 0}, "Add a stage"),
        ({"needs": "everyone"}, {}, "everyone of a group"),
        ({"needs": "11"}, {}, "can't be chosen any more"),
        ({"who": "person:999999"}, {}, "can't be chosen any more"),
        ({"kind": "tax"}, {}, "can't be chosen any more"),
        ({"days": "0"}, {}, "from 1 to 365"),
        ({"title": "x" * 121}, {}, "at most 120"),
    ],
)
def test_what_can_not_be_is_refused_at_its_field(
    client: Client, admin: Member, stage: dict[str, object], fields: dict[str, object], words: str
) -> None:
    answer = client.post(address(admin.brand), typed(stage, **fields))
    assert answer.status_code == 422
    assert words in answer.content.decode().replace("&#x27;", "'")
    assert not ReviewTemplate.objects.exists()


def test_a_deputy_needs_days_and_somebody_to_stand_in_for(client: Client, admin: Member) -> None:
    lawyer = member(admin.brand, Role.LEGAL_REVIEWER)
    who = f"person:{lawyer.user.pk}"
    for stage, words in (
        ({"deputy": who, "days": "2"}, "Choose who decides first"),
        ({"who": who, "deputy": who}, "after how many days"),
        ({"who": who, "needs": "2"}, "One person gives one approval"),
    ):
        answer = client.post(address(admin.brand), typed(stage))
        assert (answer.status_code, words in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("act", "titles"),
    [
        ("add", ["A", "B", ""]),
        ("remove:0", ["B"]),
        ("up:1", ["B", "A"]),
        ("down:0", ["B", "A"]),
        ("down:1", ["A", "B"]),
        ("remove:77", ["A", "B"]),
    ],
)
def test_stages_are_added_removed_and_moved_before_anything_is_saved(
    client: Client, admin: Member, act: str, titles: list[str]
) -> None:
    answer = client.post(address(admin.brand), typed({"title": "A"}, {"title": "B"}, act=act, title="Mine"))
    whole = answer.context["whole"]
    assert [stage["title"].value() or "" for stage in whole.stages] == titles
    assert whole.form["title"].value() == "Mine"
    assert answer.status_code == 200
    assert not ReviewTemplate.objects.exists()


def test_of_two_who_change_it_at_once_the_second_is_told(client: Client, admin: Member) -> None:
    kept = template(admin.brand, Planned("legal"))
    where = address(admin.brand, "review-template-edit", kept.pk)
    assert client.post(where, typed({"needs": "2"})).status_code == 302
    late = client.post(where, typed({"needs": "3"}))
    assert late.status_code == 422
    assert "Someone else changed this template" in late.content.decode()
    kept.refresh_from_db()
    assert (kept.planned[0].needs, kept.revision) == (2, 1)


def test_the_event_of_a_change_says_who_decides_by_when_and_who_stands_in(
    client: Client, admin: Member
) -> None:
    lawyer, deputy = (member(admin.brand, Role.LEGAL_REVIEWER) for _each in range(2))
    who, stands_in = (f"person:{each.user.pk}" for each in (lawyer, deputy))
    kept = template(admin.brand, Planned("legal", person=deputy.user.pk), rule="kind:video", by_hand=False)
    where = address(admin.brand, "review-template-edit", kept.pk)
    assert client.post(where, typed({"who": who, "days": "2", "deputy": stands_in})).status_code == 302
    assert Event.objects.get(verb=Verb.TEMPLATE_EDITED).data["review_stages"] == [
        [f"1. legal (legal, 1, user:{deputy.user.pk})"],
        [f"1. legal (legal, 1, user:{lawyer.user.pk}, 2 days, deputy user:{deputy.user.pk})"],
    ]


@pytest.mark.parametrize(
    ("sent", "unsent"), [(None, False), (typed({}, act="add"), True), (typed({}, title=""), True)]
)
def test_what_came_back_unsaved_is_guarded(
    client: Client, admin: Member, sent: dict[str, object] | None, unsent: bool
) -> None:
    where = address(admin.brand)
    page = client.post(where, sent) if sent else client.get(where)
    assert ("data-unsent" in page.content.decode()) is unsent


def test_archived_restored_and_moved_with_an_event_each(client: Client, admin: Member) -> None:
    first, second = (
        template(admin.brand, Planned("legal"), title=title, position=place)
        for place, title in enumerate(("First", "Second"))
    )
    client.post(address(admin.brand, "review-template-move", second.pk), {"to": "up"})
    assert [each.title for each in ReviewTemplate.objects.all()] == ["Second", "First"]
    client.post(address(admin.brand, "review-template-archive", first.pk))
    assert client.get(address(admin.brand, "review-template-edit", first.pk)).status_code == 404
    client.post(address(admin.brand, "review-template-restore", first.pk))
    verbs = Event.objects.filter(verb__startswith="review_template.").order_by("sequence")
    assert list(verbs.values_list("verb", flat=True)) == [
        Verb.TEMPLATE_EDITED,
        Verb.TEMPLATE_ARCHIVED,
        Verb.TEMPLATE_RESTORED,
    ]
    assert "changed the review template" in client.get(address(admin.brand, "activity")).content.decode()


def test_another_brands_template_is_not_there(client: Client, admin: Member) -> None:
    foreign = template(BrandFactory.create(), Planned("legal"))
    for name in ("edit", "archive", "restore", "move"):
        answer = client.post(address(admin.brand, f"review-template-{name}", foreign.pk))
        assert answer.status_code == 404


def test_a_stages_own_checklist_stays_its_own_once_all_questions_are_retired(
    client: Client, admin: Member
) -> None:
    question = questions.add(by=admin, stage="legal", wording=Wording("Is the music licensed?"))
    chosen = {"asks": "own", "questions": str(question.pk)}
    client.post(address(admin.brand), typed(chosen))
    made = ReviewTemplate.objects.get()
    questions.retire(question, by=admin)
    edit = address(admin.brand, "review-template-edit", made.pk)
    page = client.get(edit).content.decode()
    assert '<option value="own" selected>' in page
    assert "All questions have been retired." in page
    data = typed({"asks": "own"}, revision=made.revision)
    assert '<option value="own" selected>' in client.post(edit, data | {"act": "add"}).content.decode()
    assert client.post(edit, data).status_code == 302
    made.refresh_from_db()
    assert made.planned[0].questions == ()  # not None: a question that is restored isn't asked by itself
    assert client.post(edit, typed({"asks": ""}, revision=made.revision)).status_code == 302
    assert 'value="own"' not in client.get(edit).content.decode()


@pytest.mark.parametrize("digits", [19, 30, 5000])
@pytest.mark.parametrize("name", ["review-template-edit", "preset-edit", "question-edit"])
def test_a_number_that_no_row_reaches_is_not_there(
    client: Client, admin: Member, name: str, digits: int
) -> None:
    where = address(admin.brand, name, 0).replace("/0/", f"/{'9' * digits}/")
    assert client.get(where).status_code == 404


def sender() -> tuple[Case, Client]:
    case, browser = Case(), Client()
    browser.force_login(case.creator.user)
    return case, browser


def test_the_form_says_which_template_why_and_who_is_asked() -> None:
    case, browser = sender()
    made = group(case.brand, case.legal_reviewer)
    template(case.brand, Planned("legal", "House", group=made.pk, days=2), rule="kind:video")
    page = browser.get(reverse("asset-review", args=[case.brand.slug, case.version.asset_id]))
    words = page.content.decode()
    for each in ("This clip matches the rule kind:video", "House", "Legal FR", "Due 2 days after"):
        assert each in words


def test_another_template_is_looked_at_before_it_is_chosen() -> None:
    case, browser = sender()
    other = template(case.brand, Planned("brand", "Quick"), title="Quick")
    where = reverse("review-chosen", args=[case.brand.slug, case.version.asset_id])
    shown = browser.get(where, {"template": other.pk})
    assert "You chose “Quick” for this review" in shown.content.decode()
    sent = browser.post(
        reverse("review-submit", args=[case.brand.slug, case.version.asset_id]),
        {"template": other.pk, "seen": shown.context["chosen"].seen},
    )
    assert sent.status_code == 302
    assert Review.objects.get().template == other


def test_what_was_chosen_by_hand_outlives_a_refresh_of_the_panel() -> None:
    case, browser = sender()
    other = template(case.brand, Planned("brand", "Quick"), title="Quick")
    place = [case.brand.slug, case.version.asset_id]
    page = browser.get(reverse("asset", args=place), {"tab": "review"}).content.decode()
    assert re.search(r'hx-include="[^"]*#submit_template"', page)
    panel = browser.get(reverse("asset-review", args=place), {"template": other.pk})
    assert panel.context["wanted"] == other.pk
    assert 'hx-disinherit="hx-disabled-elt"' in panel.content.decode()  # the choice has no button to disable
    assert "You chose “Quick” for this review" in panel.content.decode()


def test_what_changed_since_the_page_was_read_is_shown_before_it_is_sent() -> None:
    case, browser = sender()
    template(case.brand, Planned("legal", "House"), rule="kind:video")
    sent = browser.post(
        reverse("review-submit", args=[case.brand.slug, case.version.asset_id]),
        {"seen": "brand,legal", "note": "For Monday"},
    )
    words = sent.content.decode()
    assert sent.status_code == 422
    assert "have just changed" in words
    assert "For Monday" in words
    assert not Review.objects.exists()


def test_too_few_people_are_told_before_it_is_sent() -> None:
    case, browser = sender()
    made = group(case.brand, case.legal_reviewer)
    template(case.brand, Planned("legal", group=made.pk, needs=2), rule="kind:video")
    page = browser.get(reverse("asset-review", args=[case.brand.slug, case.version.asset_id]))
    assert "only 1 person there could give one" in page.content.decode()


def test_a_stage_can_ask_whom_the_clips_fields_name(client: Client, admin: Member) -> None:
    by = member(admin.brand, Role.LIBRARIAN)
    fields.make(Wish("Owner"), kind=Kind.PERSON, by=by)
    fields.make(Wish("Market", options=(OptionWish("France"),)), kind=Kind.CHOICE, by=by)
    fields.make(Wish("Note"), kind=Kind.TEXT, by=by)
    page = client.get(address(admin.brand)).content.decode()
    assert "The person in “Owner”" in page
    assert "The group named after “Market”" in page
    assert "“Note”" not in page
    assert client.post(address(admin.brand), typed({"who": "field:owner"})).status_code == 302
    kept = ReviewTemplate.objects.get()
    assert kept.planned == (Planned("legal", field="owner"),)
    listed = client.get(address(admin.brand, "review-templates")).content.decode()
    assert "The person in “Owner”" in listed
    again = client.get(address(admin.brand, "review-template-edit", kept.pk)).context["whole"]
    assert again.stages[0]["who"].value() == "field:owner"


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ({"who": "field:owner", "needs": "2"}, "One person gives one approval"),
        ({"who": "field:owner", "needs": "everyone"}, "Choose a group"),
        ({"who": "field:note"}, "can&#x27;t be chosen any more"),
        ({"who": "field:nothing"}, "can&#x27;t be chosen any more"),
    ],
)
def test_a_field_names_what_it_can(
    client: Client, admin: Member, stage: dict[str, object], words: str
) -> None:
    by = member(admin.brand, Role.LIBRARIAN)
    fields.make(Wish("Owner"), kind=Kind.PERSON, by=by)
    fields.make(Wish("Note"), kind=Kind.TEXT, by=by)
    answer = client.post(address(admin.brand), typed(stage))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ReviewTemplate.objects.exists()
