"""Which stages a clip's review passes: of the first template whose rule it matches; where none is, of one
that was chosen by hand, if that is allowed; else the brand's own order. Nobody chooses past a rule."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import gettext as _

from dam.accounts.models import Brand
from dam.accounts.principals import Principal
from dam.catalog.models import Version
from provenance.review import by_field, enough_people, plans, rules, templates
from provenance.review.models import ReviewTemplate
from provenance.review.plans import Planned
from provenance.review.policies import Refusal

CHANGED = "template_changed"  # the code of a refusal: what was shown before sending is no longer so

BROKEN = "broken_rule"


@dataclass(frozen=True)
class Choice:
    """What a review will pass. `template` None: the brand's own order."""

    stages: tuple[Planned, ...]
    template: ReviewTemplate | None = None
    by_hand: bool = False
    refusal: Refusal | None = None  # why it can't be said, or can't be chosen

    @property
    def recorded(self) -> dict[str, object]:
        """What the event of the submission says of it: nothing of the brand's own order."""
        if self.template is None:
            return {}
        number, revision = self.template.pk, self.template.revision
        said = {"number": number, "revision": revision, "title": self.template.title, "by_hand": self.by_hand}
        return {"template": said}

    @property
    def is_open(self) -> bool:
        """Whether whoever submits may choose: no rule does, and each can be read."""
        return (self.template is None or self.by_hand) and not (self.refusal and self.refusal.code == BROKEN)

    @property
    def seen(self) -> str:
        """What names it as it is now: "12:3" of a template, with whom a clip's fields name "12:3:7g",
        "brand,legal" of an order."""
        if self.template is not None:
            # Of stages that the clip's fields name somebody for, whom: that may change, too.
            named = [f"{stage.person or ''}g{stage.group or ''}" for stage in self.stages if stage.named_by]
            return ":".join([f"{self.template.pk}:{self.template.revision}", *named])
        return ",".join(stage.kind for stage in self.stages)


def offered(brand: Brand) -> list[ReviewTemplate]:
    """Those that whoever submits may choose."""
    return list(templates.of(brand).filter(by_hand=True))


def of(version: Version, *, wanted: int | None = None) -> Choice:
    """What a review of the version would pass now; with `wanted`, the number of the template that somebody
    has chosen by hand."""
    brand = version.brand
    own = Choice(plans.of(brand.review_stages, []))
    try:
        matching = rules.first_match(
            list(templates.of(brand).exclude(rule="")), version.asset_id, brand=brand
        )
    except rules.Broken as broken:
        return replace(own, refusal=_refuse_broken(broken))
    if matching is not None:
        chosen = _by(matching, version)
        if wanted in (None, matching.pk):
            return chosen
        words = _("A rule has chosen “%(template)s” for this clip, so no other one can be chosen by hand.")
        return replace(chosen, refusal=Refusal(CHANGED, words % {"template": matching}))
    if wanted is None:
        return own
    template = next((each for each in offered(brand) if each.pk == wanted), None)
    if template is not None:
        return _by(template, version, by_hand=True)
    words = _("This template can't be chosen any more. Check the stages below, then send it to review.")
    return replace(own, refusal=Refusal(CHANGED, words))


def of_many(versions: Collection[Version], *, brand: Brand, wanted: int | None = None) -> dict[UUID, Choice]:
    """What a review of each of these versions of the brand would pass now, by the version's key; in a few
    queries however many they are. `wanted`, chosen by hand, is for those that no rule chooses for."""
    ruled = list(templates.of(brand).exclude(rule=""))
    found, broken = rules.first_matches(ruled, [version.asset_id for version in versions], brand=brand)
    unruled = Choice(plans.of(brand.review_stages, []))
    if broken is not None:
        unruled = replace(unruled, refusal=_refuse_broken(broken))
    elif template := next((each for each in offered(brand) if each.pk == wanted), None):
        unruled = Choice(template.planned, template, by_hand=True)
    choices = {
        version.pk: Choice(found[version.asset_id].planned, found[version.asset_id])
        if version.asset_id in found
        else unruled
        for version in versions
    }
    every = [stage for choice in choices.values() for stage in choice.stages]
    names = by_field.resolved(every, [version.asset for version in versions], brand=brand)
    return {
        version.pk: replace(choice, stages=names.stages(choice.stages, version.asset_id))
        for version in versions
        for choice in [choices[version.pk]]
    }


def _by(template: ReviewTemplate, version: Version, *, by_hand: bool = False) -> Choice:
    names = by_field.resolved(template.planned, [version.asset], brand=version.brand)
    return Choice(names.stages(template.planned, version.asset_id), template, by_hand)


def _refuse_broken(broken: rules.Broken) -> Refusal:
    words = _("The rule of “%(template)s” no longer works. Ask an administrator to correct it.")
    return Refusal(BROKEN, words % {"template": broken.template})


def refuse(choice: Choice, version: Version, *, by: Principal, seen: str | None = None) -> Refusal | None:
    """Why a review with these stages may not be sent: they can't be told, aren't those that were `seen`, or
    could not be decided by the people there are."""
    if choice.refusal is not None:
        return choice.refusal
    if seen is not None and seen != choice.seen:
        words = _("The stages of this review have just changed. Look at them again, then send it to review.")
        return Refusal(CHANGED, words)
    if choice.template is None:
        return None
    nobody = next((each for each in choice.stages if each.named_by and each.needs == plans.ALL), None)
    if nobody is not None and nobody.group is None:
        words = _(
            "“%(stage)s” asks everyone in the group named after “%(field)s”, and there is none. Fill in "
            "“%(field)s”, or ask an administrator for a group of that name."
        )
        return Refusal("no_group", words % {"stage": nobody.name, "field": nobody.named_by})
    return enough_people.refuse(choice.template, choice.stages, version, by=by)
