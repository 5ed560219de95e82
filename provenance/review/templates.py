"""The review templates of a brand, and changing them. Each change is an event.

A review keeps what its template said when it was submitted, so no change here reaches one that is open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F, Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import groups, roles
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand, CustomRole, Membership, User
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import errors, foreign_text, locks, places, sorting
from dam.core.language import noop
from dam.custom_fields.definitions import Field, Kind
from provenance.review import by_field, plans, questions, rules
from provenance.review.models import ReviewTemplate
from provenance.review.plans import Planned
from provenance.review.policies import STAGES

MOST = 50  # of a brand, in use
MOST_STAGES = 8
MOST_NEEDED = 10  # approvals of a stage
MOST_DAYS = 365
MOST_REMINDERS = 5
LONGEST_REMINDER = 30  # days
LONGEST_STATEMENT = 1_000  # characters
LONGEST_TITLE = 120  # characters, of a template and of a stage


class TemplateRefused(errors.Refused):
    """The template can't be kept like this. `field` says what is wrong with it, if it is one; `stage`, of
    which stage that is a field, from 0."""

    code = "template_refused"

    def __init__(self, message: str, *, field: str = "", stage: int | None = None) -> None:
        self.field, self.stage = field, stage
        super().__init__(message)


class TemplateEdited(errors.Refused):
    """Somebody else has changed the template since it was read."""

    code = "template_edited"
    message = noop("Someone else changed this template while you were editing it.")


@dataclass(frozen=True)
class Wanted:
    """What a template is to be: its title, its stages in order, and which clips are reviewed by it."""

    title: str
    stages: tuple[Planned, ...]
    rule: str = ""  # a search without words; empty: none are by rule
    by_hand: bool = False  # whoever submits may choose it
    together: bool = False  # clips of a set can be approved at once


def of(brand: Brand) -> QuerySet[ReviewTemplate]:
    """Those in use, in the order in which their rules are asked."""
    return ReviewTemplate.objects.filter(brand=brand, archived_at=None)


def reviewers(brand: Brand) -> QuerySet[User]:
    """Who can be named to decide a stage, of whatever kind: those who can decide one at all."""
    able = Membership.objects.filter(brand=brand, user__is_active=True)
    any_kind = [roles.with_capability(stage.capability) for stage in STAGES.values()]
    wanted = any_kind[0]
    for each in any_kind[1:]:
        wanted |= each
    return User.objects.filter(pk__in=able.filter(wanted).values("user")).order_by(
        sorting.alphabetical("name"), "pk"
    )


def own_roles_of(brand: Brand) -> list[CustomRole]:
    """The roles that the brand has made for itself whose people decide a kind of stage."""
    deciding = {stage.capability.value for stage in STAGES.values()}
    rows = CustomRole.objects.filter(brand=brand, retired_at=None).order_by("name", "pk")
    return [role for role in rows if deciding & set(role.capabilities)]


def add(*, by: Principal, wanted: Wanted) -> ReviewTemplate:
    """Last of the brand's. Raises TemplateRefused, PermissionDenied."""
    by.require(Capability.MANAGE_BRAND)
    wanted = _tidy(wanted, by=by)
    with trail.recording():
        _hold(by.brand)
        _require_room(by.brand)
        template = ReviewTemplate.objects.create(brand=by.brand, position=_end(by.brand), **_columns(wanted))
        data = {"rule": wanted.rule, "by_hand": wanted.by_hand, "review_stages": _told(wanted.stages)}
        if wanted.together:
            data["together"] = True
        _record(Verb.TEMPLATE_ADDED, template, by=by, data=data)
    return template


def change(template: ReviewTemplate, *, by: Principal, revision: int, wanted: Wanted) -> None:
    """Reviews that are open go on as they began. Raises TemplateRefused, TemplateEdited, PermissionDenied."""
    by.require(Capability.MANAGE_BRAND, brand=template.brand)
    wanted = _tidy(wanted, by=by)
    columns = _columns(wanted)
    changed = {name: value for name, value in columns.items() if getattr(template, name) != value}
    if template.planned == wanted.stages:
        changed.pop("stages", None)
    if not changed and template.archived_at is None:
        return
    data: dict[str, object] = {
        name: [getattr(template, name), value] for name, value in changed.items() if name != "stages"
    }
    if "stages" in changed:
        data["review_stages"] = [_told(template.planned), _told(wanted.stages)]
    with trail.recording():
        rows = ReviewTemplate.objects.filter(pk=template.pk, revision=revision, archived_at=None)
        if not rows.update(revision=F("revision") + 1, **columns):
            raise TemplateEdited
        template.title = wanted.title
        _record(Verb.TEMPLATE_EDITED, template, by=by, data=data)


def archive(template: ReviewTemplate, *, by: Principal, at: datetime | None = None) -> None:
    """No review begins by it any more; those that are open go on. Raises PermissionDenied."""
    by.require(Capability.MANAGE_BRAND, brand=template.brand)
    with trail.recording():
        rows = ReviewTemplate.objects.filter(pk=template.pk, archived_at=None)
        if rows.update(archived_at=at or timezone.now(), revision=F("revision") + 1):
            _record(Verb.TEMPLATE_ARCHIVED, template, by=by)


def restore(template: ReviewTemplate, *, by: Principal) -> None:
    """In use again, last of all. Raises TemplateRefused, PermissionDenied."""
    by.require(Capability.MANAGE_BRAND, brand=template.brand)
    with trail.recording():
        _hold(template.brand)
        _require_room(template.brand)
        rows = ReviewTemplate.objects.filter(pk=template.pk, archived_at__isnull=False)
        if rows.update(archived_at=None, position=_end(template.brand), revision=F("revision") + 1):
            _record(Verb.TEMPLATE_RESTORED, template, by=by)


def move(template: ReviewTemplate, *, by: Principal, up: bool) -> None:
    """One place up or down: of two rules that match, the first counts. Raises PermissionDenied."""
    by.require(Capability.MANAGE_BRAND, brand=template.brand)
    with trail.recording():
        _hold(template.brand)
        before = list(of(template.brand))
        after = places.renumbered(before, template.pk, up=up)
        if after == before:
            return
        ReviewTemplate.objects.bulk_update(after, ["position"])
        places_of = [before.index(template) + 1, after.index(template) + 1]
        _record(Verb.TEMPLATE_EDITED, template, by=by, data={"place": places_of})


def _columns(wanted: Wanted) -> dict[str, object]:
    return {
        "title": wanted.title,
        "stages": plans.written(wanted.stages),
        "rule": wanted.rule,
        "by_hand": wanted.by_hand,
        "together": wanted.together,
    }


def _told(stages: tuple[Planned, ...]) -> list[str]:
    """For the activity log, which keeps no names of people: "1. Legal FR (legal, 2, group:7, 3 days,
    deputy user:4)"."""
    return [
        f"{place}. {stage.title or stage.kind} ({_facts(stage)})" for place, stage in enumerate(stages, 1)
    ]


def _facts(stage: Planned) -> str:
    deputy = _number(stage.deputy_person, stage.deputy_group)
    facts = (
        stage.kind,
        str(stage.needs or "everyone"),
        f"field:{stage.field}" if stage.field else _number(stage.person, stage.group) or _role(stage),
        f"{stage.days} days" if stage.days is not None else "",
        f"deputy {deputy}" if deputy else "",
        f"questions {list(stage.questions)}" if stage.questions is not None else "",
        f"reminders {list(stage.remind)}" if stage.remind != (1,) else "",
        f"again every {stage.again} days" if stage.again else "",
        f"signs “{stage.statement}”" if stage.statement else "",
    )
    return ", ".join(filter(None, facts))


def _role(stage: Planned) -> str:
    return "role" if stage.role is None else f"role {stage.role}"


def _number(person: int | None, group: int | None) -> str:
    return f"user:{person}" if person is not None else f"group:{group}" if group is not None else ""


def _hold(brand: Brand) -> None:
    """Who changes how many there are, or their order, waits for others of the brand who do."""
    locks.hold(f"review templates {brand.pk}")


def _end(brand: Brand) -> int:
    last = of(brand).aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _require_room(brand: Brand) -> None:
    if of(brand).count() >= MOST:
        raise TemplateRefused(_("A brand can have %(most)s templates. Archive one first.") % {"most": MOST})


def _tidy(wanted: Wanted, *, by: Principal) -> Wanted:
    title = _title(wanted.title)
    if not title:
        raise TemplateRefused(_("Enter a title."), field="title")
    if not wanted.stages:
        raise TemplateRefused(_("Add a stage."))
    if len(wanted.stages) > MOST_STAGES:
        raise TemplateRefused(_("A template can have %(most)s stages.") % {"most": MOST_STAGES})
    rule = " ".join(wanted.rule.split())
    if rule and (problem := rules.problem(rule, brand=by.brand)):
        raise TemplateRefused(problem, field="rule")
    if not rule and not wanted.by_hand:
        raise TemplateRefused(
            _("Enter a rule, or allow choosing it by hand. Otherwise no clip uses it."),
            field="rule",
        )
    people = set(reviewers(by.brand).values_list("pk", flat=True))
    known = set(groups.of_brand(by.brand).values_list("pk", flat=True))
    fields = {field.key: field for field in by_field.offered(by.brand)}
    own_roles = {role.pk: role for role in own_roles_of(by.brand)}
    asked = set(questions.in_use(by.brand).values_list("pk", flat=True))
    stages = tuple(
        _own(
            _stage(replace(stage, title=_title(stage.title, stage=place)), place, people, known, fields),
            place,
            asked,
            own_roles,
        )
        for place, stage in enumerate(wanted.stages)
    )
    return Wanted(title, stages, rule, wanted.by_hand, wanted.together)


def _title(text: str, *, stage: int | None = None) -> str:
    title = " ".join(foreign_text.neutral(text).split())
    if len(title) > LONGEST_TITLE:
        raise TemplateRefused(
            _("This has at most %(most)s characters. Yours has %(has)s.")
            % {"most": LONGEST_TITLE, "has": len(title)},
            field="title",
            stage=stage,
        )
    return title


def _stage(
    stage: Planned, place: int, people: set[int], known: set[int], fields: Mapping[str, Field]
) -> Planned:
    def refuse(field: str, words: str) -> TemplateRefused:
        return TemplateRefused(words, field=field, stage=place)

    if stage.kind not in STAGES:
        raise refuse("kind", _("Choose what kind of review it is."))
    if stage.person is not None and stage.person not in people:
        raise refuse("who", _("This person can't decide reviews any more. Choose someone else."))
    if stage.group is not None and stage.group not in known:
        raise refuse("who", _("This group doesn't exist any more. Choose another."))
    field = fields.get(stage.field)
    if stage.field and field is None:
        raise refuse("who", _("This field can't name reviewers any more. Choose another."))
    of_group = field is not None and field.kind is Kind.CHOICE
    if stage.needs == plans.ALL and stage.group is None and not of_group:
        raise refuse("needs", _("Everyone means everyone of a group. Choose a group, or a number."))
    if not 0 <= stage.needs <= MOST_NEEDED:
        raise refuse("needs", _("A stage can need %(most)s approvals at most.") % {"most": MOST_NEEDED})
    of_person = stage.person is not None or (field is not None and not of_group)
    if of_person and stage.needs != 1:
        raise refuse("needs", _("One person gives one approval."))
    if stage.days is not None and not 1 <= stage.days <= MOST_DAYS:
        raise refuse("days", _("Enter from 1 to %(most)s days.") % {"most": MOST_DAYS})
    if stage.deputy_person is not None and stage.deputy_person not in people:
        raise refuse("deputy", _("This person can't decide reviews any more. Choose someone else."))
    if stage.deputy_group is not None and stage.deputy_group not in known:
        raise refuse("deputy", _("This group doesn't exist any more. Choose another."))
    has_deputy = stage.deputy_person is not None or stage.deputy_group is not None
    if has_deputy and not stage.is_named and not stage.field:
        raise refuse("deputy", _("A deputy stands in for a person or a group. Choose who decides first."))
    if has_deputy and stage.days is None:
        raise refuse("days", _("Say after how many days the deputy is asked."))
    return stage


def _own(stage: Planned, place: int, asked: set[int], own_roles: Mapping[int, CustomRole]) -> Planned:
    """What a stage has of its own: its role, its questions, what is signed, and its reminders."""
    if stage.role is not None:
        role = own_roles.get(stage.role)
        if role is None:
            words = _("This role isn't there any more. Choose another.")
            raise TemplateRefused(words, field="who", stage=place)
        if STAGES[stage.kind].capability.value not in role.capabilities:
            words = _("People with this role can't decide such a stage. Choose another role or kind.")
            raise TemplateRefused(words, field="who", stage=place)
    statement = foreign_text.neutral(stage.statement).strip()
    if len(statement) > LONGEST_STATEMENT:
        raise TemplateRefused(
            _("This has at most %(most)s characters. Yours has %(has)s.")
            % {"most": LONGEST_STATEMENT, "has": len(statement)},
            field="statement",
            stage=place,
        )
    remind = tuple(sorted(set(stage.remind), reverse=True))
    if len(remind) > MOST_REMINDERS or not all(1 <= days <= LONGEST_REMINDER for days in remind):
        raise TemplateRefused(
            _("Enter up to %(most)s numbers of days, from 1 to %(days)s.")
            % {"most": MOST_REMINDERS, "days": LONGEST_REMINDER},
            field="remind",
            stage=place,
        )
    if not 0 <= stage.again <= LONGEST_REMINDER:
        raise TemplateRefused(
            _("Enter from 1 to %(most)s days.") % {"most": LONGEST_REMINDER}, field="again", stage=place
        )
    chosen = None
    if stage.questions is not None:
        chosen = tuple(sorted(set(stage.questions)))
        if not asked.issuperset(chosen):
            raise TemplateRefused(
                _("One of the questions was retired. Choose again."), field="questions", stage=place
            )
    return replace(stage, statement=statement, remind=remind, questions=chosen)


def _record(
    verb: Verb, template: ReviewTemplate, *, by: Principal, data: Mapping[str, object] | None = None
) -> None:
    trail.record(
        verb,
        brand=template.brand,
        target=template.title,
        actor=by,
        data={"template": template.pk, **(data or {})},
    )
