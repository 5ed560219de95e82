"""Whether a brand has the people that a template needs, so that no review is sent where it can't end."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dam.accounts.models import Group, User
from dam.accounts.principals import Principal
from dam.catalog.models import Version
from provenance.review import asking, plans
from provenance.review.models import ReviewTemplate
from provenance.review.plans import Planned
from provenance.review.policies import STAGES, Refusal


def refuse(template: ReviewTemplate, version: Version, *, by: Principal) -> Refusal | None:
    """Why a review by this template could not be decided by the people there are now; None when it could."""
    able = {
        kind: asking.with_role({version.brand_id}, kind)[version.brand_id]
        for kind in {stage.kind for stage in template.planned}
    }
    own = {version.created_by_id} | ({by.user.pk} if by.user else set())
    members = asking.members({stage.group for stage in template.planned if stage.group is not None})
    wanted: list[tuple[int, frozenset[int]]] = []
    for stage in template.planned:
        could = able[stage.kind] - own
        named = could & (members.get(stage.group or 0, frozenset()) | {stage.person})
        people = named or could  # where none of them can, the role is asked
        needs = max(1, len(named)) if stage.needs == plans.ALL else stage.needs
        if len(people) < needs:
            return Refusal("too_few", _too_few(template, stage, needs, len(people), named=bool(named)))
        # Of everyone in a group those count who are left when it begins.
        wanted.append((1 if stage.needs == plans.ALL else needs, people))
    short = plans.unfilled(wanted)
    if short is None:
        return None
    words = _(
        "“%(template)s” can't be completed: there would be no one left for “%(stage)s”, as one person "
        "decides one stage of a review."
    )
    return Refusal("too_few", words % {"template": template, "stage": template.planned[short].name})


def _too_few(template: ReviewTemplate, stage: Planned, needs: int, count: int, *, named: bool) -> str:
    words = ngettext(
        "“%(template)s” needs %(needs)s approvals from %(who)s; only %(count)s person there could give one.",
        "“%(template)s” needs %(needs)s approvals from %(who)s; only %(count)s people there could give one.",
        count,
    )
    if not count:
        words = ngettext(
            "“%(template)s” needs %(needs)s approval from %(who)s; no one there could give one.",
            "“%(template)s” needs %(needs)s approvals from %(who)s; no one there could give one.",
            needs,
        )
    who = named_by(stage) if named else ""
    return words % {
        "template": template,
        "needs": needs,
        "who": who or _("people with the role for “%(stage)s”") % {"stage": STAGES[stage.kind].title},
        "count": count,
    }


def named_by(stage: Planned) -> str:
    """Whom a stage names, for people; empty where it names nobody who is still known."""
    if stage.person is not None:
        return str(User.objects.filter(pk=stage.person).first() or "")
    return str(Group.objects.filter(pk=stage.group).first() or "") if stage.group is not None else ""
