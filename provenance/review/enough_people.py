"""Whether a brand has the people that a template needs, so that no review is sent where it can't end."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dam.accounts.principals import Principal
from dam.catalog.models import Version
from provenance.review import asking, plans, stage_names
from provenance.review.asking import Asked
from provenance.review.models import Review, ReviewTemplate
from provenance.review.plans import Planned
from provenance.review.policies import STAGES, Refusal


def refuse(
    template: ReviewTemplate, stages: Sequence[Planned], version: Version, *, by: Principal
) -> Refusal | None:
    """Why a review by this template, whose stages are these for the clip, could not be decided by the people
    there are now; None when it could."""
    gone = frozenset({version.created_by_id} | ({by.user.pk} if by.user else set()))
    wanted = []
    for stage, named, people in _people(stages, brand=version.brand_id, gone=gone):
        needs = _needs(stage, named)
        if len(people) < needs:
            return Refusal("too_few", _too_few(template, stage, needs, len(people), named=bool(named)))
        wanted.append((needs, people))
    short = plans.unfilled(wanted)
    if short is None:
        return None
    words = _(
        "“%(template)s” can't be completed: there would be no one left for “%(stage)s”, as one person "
        "decides one stage of a review."
    )
    return Refusal("too_few", words % {"template": template, "stage": stages[short].name})


def refuse_approval(review: Review, asked: Asked, *, person: int | None) -> Refusal | None:
    """Why this person may not approve the stage that is waited for: a later one needs them, and here another
    can. None, too, where the people there are don't suffice whoever approves."""
    later = review.planned[review.stage + 1 :]
    if not review.plan or not later or person is None:
        return None
    gone = asking.not_asked(review)
    stages = _people((review.waits_for, *later), brand=review.brand_id, gone=gone)
    missing = asking.missing(review, asked)
    (_now, _named, by_role), *ahead = stages
    here = asked.people or by_role
    coming = [(_needs(stage, named), people) for stage, named, people in ahead]
    if plans.unfilled([(missing, here), *coming]) is not None:
        return None
    # Who stands in for somebody takes their place, too.
    mine = frozenset({person, asked.in_place_of(person) or person})
    short = plans.unfilled(
        [(missing - 1, here - mine), *[(needs, people - mine) for needs, people in coming]]
    )
    if short is None:
        return None
    words = _(
        "If you approved “%(stage)s”, there would be no one left for “%(later)s”, as one person decides one "
        "stage of a review. Someone else can approve this stage."
    )
    named = {"stage": review.waits_for.name, "later": review.planned[review.stage + short].name}
    return Refusal("needed_later", words % named)


def _people(
    stages: Sequence[Planned], *, brand: int, gone: frozenset[int]
) -> list[tuple[Planned, frozenset[int], frozenset[int]]]:
    """Of each stage, who of those it names could decide it, and who could: where none of those, its role."""
    able = {kind: asking.with_role({brand}, kind)[brand] - gone for kind in {each.kind for each in stages}}
    members = asking.members({stage.group for stage in stages if stage.group is not None})
    of_roles = asking.with_own_role({stage.role for stage in stages if stage.role is not None})
    found = []
    for stage in stages:
        could = able[stage.kind]
        with_role = of_roles.get(stage.role or 0, frozenset())
        named = could & (members.get(stage.group or 0, frozenset()) | with_role | {stage.person})
        found.append((stage, named, named or could))
    return found


def _needs(stage: Planned, named: frozenset[int]) -> int:
    """How many approvals. Of everyone in a group all count who could decide now."""
    return max(1, len(named)) if stage.needs == plans.ALL else stage.needs


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
    who = stage_names.of([stage]).who(stage) if named else ""
    return words % {
        "template": template,
        "needs": needs,
        "who": who or _("people with the role for “%(stage)s”") % {"stage": STAGES[stage.kind].title},
        "count": count,
    }
