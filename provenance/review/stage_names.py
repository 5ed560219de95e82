"""Whom the stages of reviews name, in words: looked up at once for all of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from dam.accounts import roles
from dam.accounts.models import CustomRole, Group, User
from dam.custom_fields import schema
from dam.custom_fields.definitions import Kind, Schema
from provenance.review import plans
from provenance.review.plans import Planned
from provenance.review.policies import STAGES


@dataclass(frozen=True)
class Line:
    """A stage that hasn't begun, in words."""

    title: str
    who: str
    needed: str
    days: int | None
    deputy: str


@dataclass(frozen=True)
class Names:
    """Of people and groups, by their ids."""

    people: Mapping[int, str]
    groups: Mapping[int, str]
    roles: Mapping[int, str] = field(default_factory=dict)
    known: Schema = schema.NONE  # of the brand whose templates are told

    def who(self, stage: Planned) -> str:
        """Who decides the stage; empty where its role does."""
        if stage.field:
            return self._by_field(stage.field)
        if stage.role is not None:
            name = self.roles.get(stage.role)
            return _("Anyone with the role “%(role)s”") % {"role": name} if name else _("a role that is gone")
        named = self._of(stage.person, stage.group)
        return f"{named} ({stage.named_by})" if named and stage.named_by else named

    def deputy(self, stage: Planned) -> str:
        return self._of(stage.deputy_person, stage.deputy_group)

    def line(self, stage: Planned) -> Line:
        kind = STAGES[stage.kind].title
        who = self.who(stage) or _("Anyone with the role")
        if stage.named_by and not stage.is_named:
            words = _("Anyone with the role, as “%(field)s” doesn't name anyone")
            who = words % {"field": stage.named_by}
        who = f"{kind}: {who}" if stage.title else who
        return Line(stage.name, who, needed(stage), stage.days, self.deputy(stage))

    def _by_field(self, key: str) -> str:
        field = self.known.get(key)
        if field is None or field.retired:
            return _("a field that isn't there any more")
        if field.kind is Kind.PERSON:
            return _("The person in “%(field)s”") % {"field": field.title}
        return _("The group named after “%(field)s”") % {"field": field.title}

    def _of(self, person: int | None, group: int | None) -> str:
        if person is not None:
            return self.people.get(person) or _("a person who isn't there any more")
        if group is not None:
            return self.groups.get(group) or _("a group that was deleted")
        return ""


def needed(stage: Planned) -> str:
    """How many approvals a stage takes that hasn't begun; empty where one is all."""
    if stage.needs == plans.ALL:
        return _("Everyone in the group must approve")
    return _("%(needs)s approvals") % {"needs": stage.needs} if stage.needs > 1 else ""


def of(stages: Iterable[Planned], *, known: Schema = schema.NONE) -> Names:
    """In three queries at most. `known` are the fields of the brand, for the stages of templates."""
    stages = list(stages)
    people = {key for each in stages for key in (each.person, each.deputy_person) if key is not None}
    groups = {key for each in stages for key in (each.group, each.deputy_group) if key is not None}
    users = User.objects.in_bulk(people) if people else {}
    rows = Group.objects.in_bulk(groups) if groups else {}
    own = {each.role for each in stages if each.role is not None}
    own_roles = CustomRole.objects.select_related("brand").in_bulk(own) if own else {}
    return Names(
        {key: str(user) for key, user in users.items()},
        {key: str(row) for key, row in rows.items()},
        {key: roles.name(now) for key, row in own_roles.items() if (now := roles.in_force(row))},
        known,
    )
