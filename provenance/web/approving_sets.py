"""Approving several clips of a set with one form: the same terms and answers, the password or passkey once.

Each clip is decided in a transaction of its own, as it would be alone. What moved on meanwhile is told, clip
by clip, and the others are approved.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.accounts.times import of_brand, today_in
from dam.core import numbers
from dam.core.language import number
from dam.rights import defaults, presets
from dam.web import localisation, passkey_proofs, problem_details, rights_presets
from dam.web.decorators import BrandRequest, requires
from provenance.review import (
    approving_together,
    asking,
    disclosing,
    questions,
    queue,
    reviews,
    sets,
    watching,
)
from provenance.review.approving_together import Item, Together
from provenance.review.asking import Seen
from provenance.review.models import Review
from provenance.review.set_models import ReviewSet
from provenance.review.states import DecisionKind
from provenance.review.watching import Watched
from provenance.web import played, signatures
from provenance.web.end_days import end_of, start_of
from provenance.web.review_forms import ApproveForm


@dataclass(frozen=True)
class Group:
    """Clips of a set that wait for one person at the same stage, and whose approvals clear the same."""

    key: str
    opened: list[Review] = field(default_factory=list)
    unopened: list[Review] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.opened) + len(self.unopened)

    @property
    def _one(self) -> Review:
        return (self.opened or self.unopened)[0]

    @property
    def stage_title(self) -> str:
        return self._one.waits_for.name

    @property
    def template_title(self) -> str:
        return str(self._one.template or _("an archived template"))


def groups_of(review_set: ReviewSet, *, by: Principal) -> list[Group]:
    """Where clips can be approved together, in the order of the set; in a few queries."""
    rows = queue.waiting_for(by).filter(review_set=review_set, together=True).order_by(*sets.IN_ORDER)
    found = list(rows.select_related("template").prefetch_related("decisions"))
    if not found:
        return []
    opened = approving_together.opened(found, by=by)
    groups: dict[str, Group] = {}
    for review in found:
        key = _key(review)
        group = groups.setdefault(key, Group(key))
        (group.opened if review.pk in opened else group.unopened).append(review)
    return list(groups.values())


def _key(review: Review) -> str:
    """The same for those whose approvals are alike: by template and stage, and what was cleared before."""
    facts = (
        review.template_id,
        review.template_revision,
        review.stage,
        reviews.cleared_so_far(review),
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@requires(Capability.VIEW_UNRELEASED)
def approve(request: BrandRequest, set_id: UUID) -> HttpResponse:
    """The form for all that this person has opened of a group, and what comes of it."""
    review_set = _set(request, set_id)
    groups = {group.key: group for group in groups_of(review_set, by=request.principal)}
    sent = request.method == "POST"
    group = groups.get((request.POST if sent else request.GET).get("of", ""))
    if not sent:
        if group is None or not group.opened:
            messages.info(request, _("No clips to approve together. Open each of them first."))
            return redirect("review-set", request.brand.slug, review_set.pk)
        return _page(request, review_set, group, group.opened, _form(group.opened))
    items = _items(request)
    # Where a review stands elsewhere than the page showed, nobody has seen what an approval would do now.
    going = [
        each
        for each in (group.opened if group else ())
        if each.pk in items and asking.seen(each) == items[each.pk].seen
    ]
    left_out = _left_out(request, review_set, group, set(items) - {each.pk for each in going})
    if group is None or not going:
        return _told(request, review_set, [], left_out)
    form = _form(going, data=request.POST)
    if rights_presets.FILL in request.POST:
        return _filled(request, review_set, group, going, form)
    about = signed(review_set, items.values())
    if not form.is_valid() or not (how := signatures.signed_in(request, form, about=about)):
        return _page(request, review_set, group, going, form, left_out=left_out, status=422)
    together = Together(review_set.pk, len(items), approving_together.contents(items.values()))
    approved = []
    for review in going:
        try:
            watched = played.watched(review, by=request.principal)
            _approve(
                request,
                review,
                items[review.pk],
                form,
                together=together,
                signed_in=how,
                watched=watched,
            )
        except reviews.ReviewRefused as refused:
            left_out.append((review, refused.message))
        else:
            approved.append(review)
    return _told(request, review_set, approved, left_out)


@require_POST
@requires(Capability.VIEW_UNRELEASED)
def ask_passkey(request: BrandRequest, set_id: UUID) -> HttpResponse:
    """What the reviewer's authenticator is to sign before they approve these contents, once."""
    review_set = _set(request, set_id)
    about = _signed(review_set, request.GET.get("contents", "")[:64])
    try:
        options = passkey_proofs.begin(request, principals.person(request.principal), about=about)
    except passkey_proofs.NoPasskey:
        return problem_details.problem(404, "no_passkey", _("You have no passkey yet."))
    return JsonResponse({"request_options": options})


def signed(review_set: ReviewSet, items: Collection[Item]) -> str:
    """What a passkey signs: the bytes and the stage of each clip that the page showed."""
    return _signed(review_set, approving_together.contents(items))


def _signed(review_set: ReviewSet, contents: str) -> str:
    return f"set {review_set.pk} {contents}"


def _set(request: BrandRequest, set_id: UUID) -> ReviewSet:
    if not approving_together.may(request.principal):
        raise PermissionDenied(_("Only reviewers can approve clips."))
    return get_object_or_404(sets.visible(request.principal), pk=set_id)


def _approve(
    request: BrandRequest,
    review: Review,
    item: Item,
    form: ApproveForm,
    *,
    together: Together,
    signed_in: str,
    watched: Watched | None,
) -> None:
    answer = form.cleaned_data
    reviews.decide(
        review,
        by=request.principal,
        kind=DecisionKind.APPROVE,
        expected_sha256=item.sha256,
        seen=item.seen,
        comment=answer["comment"],
        uses=answer["uses"],
        territories=answer["territories"],
        valid_until=end_of(
            answer["valid_until"],
            zone=form.zone,
            browser=localisation.browser_place(request),
            latest=form.before.valid_until if form.before else None,
        ),
        embargo_until=start_of(
            answer["embargo_until"],
            zone=form.zone,
            earliest=form.before.embargo_until if form.before else None,
        ),
        answers=form.answers,
        disclosed=form.disclosed,
        preset=form.chosen,
        signed_in=signed_in,
        watched=watched,
        together=together,
    )


def _form(
    going: Sequence[Review], *, data: object = None, filled: dict[str, object] | None = None
) -> ApproveForm:
    """Of those that are alike; how AI clips are disclosed is asked where one of them is.

    Nothing is stated of versions here, and no document is given.
    """
    review = going[0]
    brand = review.brand
    return ApproveForm(
        data,
        before=reviews.cleared_so_far(review),
        usual=defaults.read(brand.default_rights),
        zone=of_brand(brand),
        questions=questions.of_review(review),
        documents=False,
        asks_disclosure=bool(disclosing.asked_among(going)),
        offered=list(presets.of(brand)),
        initial=filled or {},
        auto_id="approve_%s",
    )


def _filled(
    request: BrandRequest, review_set: ReviewSet, group: Group, going: Sequence[Review], sent: ApproveForm
) -> HttpResponse:
    """The form as it was sent, with the terms of the preset that was chosen; nothing is judged yet."""
    filled = rights_presets.entered(sent, request.POST, without=("password", "passkey"))
    preset = sent.presets.wanted(request.POST) if sent.presets is not None else None
    if preset is not None:
        filled |= sent.filled_in(preset, today=today_in(sent.zone))
    form = _form(going, filled=filled)
    name = preset.name if preset is not None else ""
    return _page(request, review_set, group, going, form, just_filled=name)


def _items(request: BrandRequest) -> dict[UUID, Item]:
    """What the page showed, as it was sent back; what can't be read is left out."""
    found = {}
    for text in request.POST.getlist("item")[:1000]:
        parts = text.split(":")
        places = [numbers.read(part) for part in parts[2:]]
        if len(parts) != 4 or None in places:
            continue
        try:
            key = UUID(parts[0])
        except ValueError:
            continue
        stage, approvals = (place or 0 for place in places)
        found[key] = Item(key, parts[1], Seen(stage, approvals))
    return found


def _left_out(
    request: BrandRequest, review_set: ReviewSet, group: Group | None, keys: Collection[UUID]
) -> list[tuple[Review, str]]:
    """Of what the page showed that isn't approved now, as far as it is seen: each with the reason."""
    unopened = {each.pk for each in group.unopened} if group else set()
    rows = sets.reviews_of(review_set, request.principal).filter(pk__in=keys)
    return [
        (each, (approving_together.NOT_OPENED if each.pk in unopened else asking.MOVED_ON).sentence)
        for each in rows
    ]


def _page(
    request: BrandRequest,
    review_set: ReviewSet,
    group: Group,
    going: Sequence[Review],
    form: ApproveForm,
    *,
    left_out: Sequence[tuple[Review, str]] = (),
    just_filled: str = "",
    status: int = 200,
) -> HttpResponse:
    asked = disclosing.asked_among(going) if form.disclosure else []
    shown = [Item(each.pk, each.version.sha256, asking.seen(each)) for each in going]
    context = {
        "area": "review",
        "review_set": review_set,
        "group": group,
        "form": form,
        "review": next(iter(asked), going[0]),
        "going": list(zip(going, map(str, shown), _played(going, by=request.principal), strict=True)),
        "unopened": group.unopened,
        "left_out": left_out,
        "just_filled": just_filled,
        "contents": approving_together.contents(shown),
        **signatures.ways(request),
    }
    return render(request, "review/approve_set.html", context, status=status)


def _played(going: Sequence[Review], *, by: Principal) -> list[str]:
    """For each how much of it this person has played, in words; empty of what has no time."""
    noted = approving_together.played(going, by=by)
    found = []
    for review in going:
        measured = played.measured(review.version, noted.get(review.pk, ()))
        if measured is not None:
            found.append(watching.summed_up(asdict(measured)))
        else:
            found.append(_("not played") if review.version.duration_ms else "")
    return found


def _told(
    request: BrandRequest,
    review_set: ReviewSet,
    approved: Sequence[Review],
    left_out: Sequence[tuple[Review, str]],
) -> HttpResponse:
    if approved:
        words = ngettext("You approved %(count)s clip.", "You approved %(count)s clips.", len(approved))
        messages.success(request, words % {"count": number(len(approved))})
    if not left_out:
        return redirect("review-set", request.brand.slug, review_set.pk)
    context = {
        "area": "review",
        "review_set": review_set,
        "approved": approved,
        "left_out": left_out,
    }
    return render(request, "review/set_approved.html", context, status=200 if approved else 422)
