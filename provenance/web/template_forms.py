"""What an administrator sends of a review template: its title and rule, and its stages one by one.

Stages are added, removed and moved by buttons of the form itself: the page comes again with what was typed,
and nothing is saved before "Save" is pressed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dam.accounts import groups, roles
from dam.accounts.capabilities import AnyRole, OwnRole
from dam.accounts.models import Brand, CustomRole
from dam.core import numbers, places
from dam.custom_fields import schema
from dam.web import edited_meanwhile
from dam.web.whole_text import WholeTextForm
from provenance.review import by_field, plans, questions, stage_names, templates
from provenance.review.models import ReviewTemplate
from provenance.review.plans import Planned
from provenance.review.policies import STAGES
from provenance.review.templates import TemplateRefused, Wanted

ROLE = "role"
EVERYONE = "everyone"
BY_FIELD = "field:"
OF_ROLE = "role:"
OWN = "own"
NEW_STAGE = {"kind": "legal", "who": ROLE, "needs": "1", "remind": "1"}
ACTIONS = ("add", "remove", "up", "down")


class TemplateForm(WholeTextForm):
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput())
    title = forms.CharField(label=gettext_lazy("Title"), required=False)
    rule = forms.CharField(
        label=gettext_lazy("Rule"),
        required=False,
        help_text=gettext_lazy(
            "Clips that match this search use this template, for example: kind:still "
            'collection:"Spring". Filters only. You can use collections that everyone sees.'
        ),
    )
    by_hand = forms.BooleanField(
        label=gettext_lazy("People who send a clip to review can choose this template if no rule matches"),
        required=False,
    )

    together = forms.BooleanField(
        label=gettext_lazy("Several clips of a set can be approved together"),
        required=False,
        help_text=gettext_lazy(
            "Reviewers can approve clips that were sent together at once, each of which they have opened. "
            "Each clip still gets its own decision."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("title", "by_hand", "together"):
            self.fields[name].unmarked = True  # type: ignore[attr-defined]


class StageForm(WholeTextForm):
    """One stage; its prefix says which."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        required=False,
        help_text=gettext_lazy("Leave empty to use the name of its kind."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    who = forms.ChoiceField(label=gettext_lazy("Decided by"))
    needs = forms.ChoiceField(label=gettext_lazy("Approvals"))
    days = forms.IntegerField(label=gettext_lazy("Days until it is due"), required=False)
    deputy = forms.ChoiceField(
        label=gettext_lazy("Deputy"),
        required=False,
        help_text=gettext_lazy("Also asked once the stage is overdue."),
    )

    remind = forms.CharField(
        label=gettext_lazy("Reminders"),
        required=False,
        help_text=gettext_lazy("So many days before it is due, separated by commas: 7, 1. Empty: none."),
    )
    again = forms.IntegerField(
        label=gettext_lazy("Once overdue, remind again every so many days"),
        required=False,
        help_text=gettext_lazy("Leave empty to remind once."),
    )
    statement = forms.CharField(
        label=gettext_lazy("What is signed"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "A sentence that people sign who approve this stage, beside what they clear. Kept in the ledger."
        ),
    )
    asks = forms.ChoiceField(label=gettext_lazy("Checklist"), required=False)
    questions = forms.MultipleChoiceField(
        label=gettext_lazy("Questions"), required=False, widget=forms.CheckboxSelectMultiple()
    )

    def __init__(self, *args: Any, people: "People", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asks = self.data.get(self.add_prefix("asks")) if self.is_bound else self.initial.get("asks")
        # Also where all have been retired: a checklist of its own doesn't become that of its kind by itself.
        if people.questions or asks == OWN:
            self._offer("asks", [("", _("All questions of its kind")), (OWN, _("Only the questions below"))])
            questions_field = self.fields["questions"]
            assert isinstance(questions_field, forms.MultipleChoiceField)
            questions_field.choices = people.questions
            if not people.questions:
                questions_field.help_text = _("All questions have been retired.")
            for name in ("asks", "questions"):
                self.fields[name].unmarked = True  # type: ignore[attr-defined]
        else:  # the brand has none to choose from
            del self.fields["asks"], self.fields["questions"]
        self._offer("kind", [(stage.name, stage.title) for stage in STAGES.values()])
        self._offer(
            "who", [(ROLE, _("Anyone with the role")), *people.roles, *people.by_field, *people.choices]
        )
        numbers = [(str(number), str(number)) for number in range(1, templates.MOST_NEEDED + 1)]
        self._offer("needs", [*numbers, (EVERYONE, _("Everyone in the group"))])
        self._offer("deputy", [("", _("Nobody")), *people.choices])
        if not self.is_bound:
            for name in ("who", "deputy"):
                self._keep(name)

    def _keep(self, name: str) -> None:
        """Whoever is gone stays chosen until somebody else is: the first choice, anyone, isn't meant."""
        field, kept = self.fields[name], self.initial.get(name)
        assert isinstance(field, forms.ChoiceField)
        if kept and not field.valid_value(kept):
            offered: Any = field.choices
            field.choices = [*offered, (kept, field.error_messages["invalid_choice"])]

    def _offer(self, name: str, choices: Sequence[tuple[str, object]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)
        field.error_messages["invalid_choice"] = _("This can't be chosen any more. Choose again.")

    def clean_remind(self) -> tuple[int, ...]:
        if self.add_prefix("remind") not in self.data:  # a page from before there were reminders
            return Planned("").remind
        typed = [part.strip() for part in self.cleaned_data["remind"].split(",") if part.strip()]
        days = [numbers.read(part, digits=3) for part in typed]
        if None in days:
            raise forms.ValidationError(_("Enter numbers of days, separated by commas: 7, 1."))
        return tuple(day for day in days if day is not None)

    def planned(self) -> Planned:
        """Of a form that is valid."""
        given = self.cleaned_data
        person, group = _named(given["who"])
        deputy_person, deputy_group = _named(given["deputy"])
        return Planned(
            given["kind"],
            given["title"],
            person=person,
            group=group,
            needs=plans.ALL if given["needs"] == EVERYONE else int(given["needs"]),
            days=given["days"],
            deputy_person=deputy_person,
            deputy_group=deputy_group,
            field=given["who"].removeprefix(BY_FIELD) if given["who"].startswith(BY_FIELD) else "",
            role=numbers.read(given["who"].removeprefix(OF_ROLE))
            if given["who"].startswith(OF_ROLE)
            else None,
            questions=tuple(map(int, given["questions"])) if given.get("asks") == OWN else None,
            statement=given["statement"],
            remind=given["remind"],
            again=given["again"] or 0,
        )


class People:
    """Whom a stage can name: the brand's groups, the people who can decide reviews, and whom a clip's own
    fields name."""

    def __init__(self, brand: Brand) -> None:
        in_groups = [(f"group:{group.pk}", str(group)) for group in groups.of_brand(brand)]
        people = [(f"person:{user.pk}", str(user)) for user in templates.reviewers(brand)]
        own_roles = [(f"{OF_ROLE}{role.pk}", role.name) for role in templates.own_roles_of(brand)]
        self.roles: list[tuple[str, Any]] = [(_("Roles of this brand"), own_roles)] if own_roles else []
        self.questions = [
            (str(row.pk), f"{STAGES[row.stage].title}: {row.words}")
            for row in questions.in_use(brand)
            if row.stage in STAGES
        ]
        self.choices: list[tuple[str, Any]] = []
        if in_groups:
            self.choices.append((_("Groups"), in_groups))
        if people:
            self.choices.append((_("People"), people))
        self.by_field: list[tuple[str, Any]] = []
        known = schema.of(brand)
        names = stage_names.of((), known=known)
        named = [
            (f"{BY_FIELD}{field.key}", names.who(Planned("legal", field=field.key)))
            for field in by_field.offered(brand)
        ]
        if named:
            self.by_field.append((_("By the clip's fields"), named))


class WholeTemplate:
    """The form of a template and those of its stages, as one."""

    def __init__(
        self, brand: Brand, *, data: Mapping[str, str] | None = None, template: ReviewTemplate | None = None
    ) -> None:
        self.people = People(brand)
        self.action, self.at = _action(data) if data is not None else ("", 0)
        if data is None or self.action:
            main, stages = _sent(data) if data is not None else _kept(template)
            stages = _acted(stages, self.action, self.at)
            self.form = TemplateForm(initial=main)
            self.stages = [self._stage(place, initial=each) for place, each in enumerate(stages)]
        else:
            self.form = TemplateForm(data)
            self.stages = [self._stage(place, data=data) for place in range(_count(data))]

    def _stage(self, place: int, **given: Any) -> StageForm:
        return StageForm(prefix=f"stage-{place}", people=self.people, **given)

    @property
    def full(self) -> bool:
        """Whether it has as many stages as it may."""
        return len(self.stages) >= templates.MOST_STAGES

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), *(stage.is_valid() for stage in self.stages)])

    @property
    def has_errors(self) -> bool:
        return bool(self.form.errors or any(stage.errors for stage in self.stages))

    def wanted(self) -> Wanted:
        given = self.form.cleaned_data
        stages = tuple(stage.planned() for stage in self.stages)
        return Wanted(given["title"], stages, given["rule"], given["by_hand"], given["together"])

    def refuse(self, refused: TemplateRefused) -> None:
        form: forms.Form = self.form if refused.stage is None else self.stages[refused.stage]
        form.add_error(refused.field or None, refused.message)

    def keep_typed(self, template: ReviewTemplate, *, message: str) -> None:
        """`template` was changed by somebody else, and is what they made of it (edited_meanwhile)."""
        others = self.wanted().stages != template.planned
        main, _stages = _kept(template)
        edited_meanwhile.keep_typed(
            self.form, main, message=message, deleted=template.archived_at is not None
        )
        if others:
            names = stage_names.of(template.planned, known=schema.of(template.brand))
            lines = [names.line(stage) for stage in template.planned]
            now = ", ".join(f"{line.title} ({line.who})" for line in lines)
            self.form.add_error(None, _("Its stages are now: %(stages)s.") % {"stages": now})


def _named(value: str) -> tuple[int | None, int | None]:
    """A person or a group."""
    kind, _colon, number = value.partition(":")
    key = numbers.read(number)
    return (key if kind == "person" else None, key if kind == "group" else None)


def _value(person: int | None, group: int | None, *, nobody: str) -> str:
    return f"person:{person}" if person is not None else f"group:{group}" if group is not None else nobody


def _who(stage: Planned, now: AnyRole | None) -> str:
    """`now` is what took the place of its role, if it was retired."""
    if stage.role is not None:
        return f"{OF_ROLE}{now.number if isinstance(now, OwnRole) else stage.role}"
    return BY_FIELD + stage.field if stage.field else _value(stage.person, stage.group, nobody=ROLE)


def _count(data: Mapping[str, str]) -> int:
    return min(numbers.read(data.get("stages", ""), digits=3) or 0, templates.MOST_STAGES)


def _action(data: Mapping[str, str]) -> tuple[str, int]:
    """Which button was pressed, if not "Save", and of which stage."""
    name, _colon, place = data.get("act", "").partition(":")
    here = numbers.read(place, digits=3) or 0
    return (name, here) if name in ACTIONS else ("", 0)


def _sent(data: Mapping[str, str]) -> tuple[dict[str, object], list[dict[str, object]]]:
    """What was typed, as the page shows it again."""
    main: dict[str, object] = {name: data.get(name, "") for name in ("revision", "title", "rule")}
    main |= {name: name in data for name in ("by_hand", "together")}
    return main, [
        {
            name: _values(data, f"stage-{place}-{name}")
            if name == "questions"
            else data.get(f"stage-{place}-{name}", "")
            for name in StageForm.base_fields
        }
        for place in range(_count(data))
    ]


def _values(data: Mapping[str, str], name: str) -> list[str]:
    return data.getlist(name) if isinstance(data, QueryDict) else [data[name]] if name in data else []


def _kept(template: ReviewTemplate | None) -> tuple[dict[str, object], list[dict[str, object]]]:
    if template is None:
        return {"revision": 0}, [dict(NEW_STAGE)]
    names = ("revision", "title", "rule", "by_hand", "together")
    main = {name: getattr(template, name) for name in names}
    own_roles = CustomRole.objects.filter(pk__in=[stage.role for stage in template.planned if stage.role])
    now = {row.pk: roles.in_force(row) for row in own_roles.select_related("brand")}
    return main, [
        {
            "title": stage.title,
            "kind": stage.kind,
            "who": _who(stage, now.get(stage.role or 0)),
            "needs": EVERYONE if stage.needs == plans.ALL else str(stage.needs),
            "days": stage.days,
            "deputy": _value(stage.deputy_person, stage.deputy_group, nobody=""),
            "remind": ", ".join(map(str, stage.remind)),
            "again": stage.again or None,
            "statement": stage.statement,
            "asks": "" if stage.questions is None else OWN,
            "questions": [str(number) for number in stage.questions or ()],
        }
        for stage in template.planned
    ]


def _acted(stages: list[dict[str, object]], action: str, at: int) -> list[dict[str, object]]:
    """With one more, one less, or one of them a place up or down."""
    if action == "add" and len(stages) < templates.MOST_STAGES:
        return [*stages, dict(NEW_STAGE)]
    if action == "remove":
        return [each for place, each in enumerate(stages) if place != at]
    if action in ("up", "down"):
        order = places.moved(list(range(len(stages))), at, up=action == "up")
        return [stages[place] for place in order]
    return stages
