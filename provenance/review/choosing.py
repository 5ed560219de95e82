"""Which stages a clip's review passes: of the first template whose rule it matches; where none is, of one
that was chosen by hand, if that is allowed; else the brand's own order. Nobody chooses past a rule."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from dam.accounts.models import Brand
from dam.accounts.principals import Principal
from dam.catalog.models import Version
from provenance.review import enough_people, plans, rules, templates
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
        """What names it as it is now: "12:3" of a template, "brand,legal" of an order."""
        if self.template is not None:
            return f"{self.template.pk}:{self.template.revision}"
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
        words = _("The rule of “%(template)s” no longer works. Ask an administrator to correct it.")
        return replace(own, refusal=Refusal(BROKEN, words % {"template": broken.template}))
    if matching is not None:
        chosen = Choice(matching.planned, matching)
        if wanted in (None, matching.pk):
            return chosen
        words = _("A rule has chosen “%(template)s” for this clip, so no other one can be chosen by hand.")
        return replace(chosen, refusal=Refusal(CHANGED, words % {"template": matching}))
    if wanted is None:
        return own
    template = next((each for each in offered(brand) if each.pk == wanted), None)
    if template is not None:
        return Choice(template.planned, template, by_hand=True)
    words = _("This template can't be chosen any more. Check the stages below, then send it to review.")
    return replace(own, refusal=Refusal(CHANGED, words))


def refuse(choice: Choice, version: Version, *, by: Principal, seen: str | None = None) -> Refusal | None:
    """Why a review with these stages may not be sent: they can't be told, aren't those that were `seen`, or
    could not be decided by the people there are."""
    if choice.refusal is not None:
        return choice.refusal
    if seen is not None and seen != choice.seen:
        words = _("The stages of this review have just changed. Look at them again, then send it to review.")
        return Refusal(CHANGED, words)
    return enough_people.refuse(choice.template, version, by=by) if choice.template else None
