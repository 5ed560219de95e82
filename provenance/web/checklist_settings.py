"""Administration → Review → Checklists: the questions that whoever approves a stage answers first."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.web import edited_meanwhile
from dam.web.decorators import BrandRequest, requires
from dam.web.whole_text import WholeTextForm
from provenance.review import questions, templates
from provenance.review.checklist import Evidence
from provenance.review.models import ChecklistQuestion
from provenance.review.policies import STAGES
from provenance.review.questions import Wording
from provenance.review.shipped_questions import LEGAL

SECTION = {"area": "administration", "section": "review-settings"}
WORDING = ("words", "help", "source", "required", "stops", "evidence")
EVIDENCE = [
    (Evidence.UNASKED.value, gettext_lazy("Not asked")),
    (Evidence.OPTIONAL.value, gettext_lazy("Can be given")),
    (Evidence.NEEDED.value, gettext_lazy("Needed for Yes")),
]
MOST_RETIRED = 100  # that are listed to be restored, the latest first


class QuestionForm(WholeTextForm):
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput())
    stage = forms.ChoiceField(label=gettext_lazy("Stage"))
    words = forms.CharField(
        label=gettext_lazy("Question"),
        required=False,
        help_text=gettext_lazy("Ask so that Yes lets the clip pass."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    help = forms.CharField(
        label=gettext_lazy("Help text"),
        required=False,
        help_text=gettext_lazy("What to look at, and when the answer is Yes."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        required=False,
        help_text=gettext_lazy("The law, policy or contract behind it."),
    )
    required = forms.BooleanField(label=gettext_lazy("Must be answered"), required=False)
    stops = forms.BooleanField(
        label=gettext_lazy("Answering No stops the approval"),
        required=False,
        help_text=gettext_lazy("Otherwise they can answer No with a note that says why."),
    )
    evidence = forms.ChoiceField(
        label=gettext_lazy("Evidence"),
        choices=EVIDENCE,
        required=False,
        help_text=gettext_lazy("What stands behind the answer: a link, where it's filed, or a document."),
    )

    def __init__(self, *args: Any, fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("words", "required", "stops", "evidence"):
            self.fields[name].unmarked = True  # type: ignore[attr-defined]
        if fixed:
            del self.fields["stage"]
            return
        field = self.fields["stage"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(stage.name, stage.title) for stage in STAGES.values()]

    def wording(self) -> Wording:
        """Of a form that is valid."""
        given = self.cleaned_data
        return Wording(**{name: given[name] for name in WORDING})


@require_safe
@requires(Capability.MANAGE_BRAND)
def listing(request: BrandRequest) -> HttpResponse:
    """The checklist of each stage in order, and the questions that were retired."""
    rows = ChecklistQuestion.objects.filter(brand=request.brand)
    asked = list(rows.filter(retired_at=None))
    retired = rows.filter(retired_at__isnull=False).order_by("-retired_at", "-pk")
    passed = set(request.brand.review_stages)
    for template in templates.of(request.brand):
        passed |= {each.kind for each in template.planned}
    shipped = set(rows.values_list("shipped", flat=True))
    context = {
        **SECTION,
        "stages": [
            (
                stage,
                [row for row in asked if row.stage == stage.name],
                stage.name in passed,
            )
            for stage in STAGES.values()
        ],
        "retired": [(row, STAGES[row.stage].title) for row in retired[:MOST_RETIRED]],
        "more_retired": max(0, retired.count() - MOST_RETIRED),
        "to_ship": sum(each.key not in shipped for each in LEGAL),
    }
    return render(request, "administration/checklists.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_BRAND)
def add(request: BrandRequest) -> HttpResponse:
    stage = request.GET.get("stage", "legal")
    form = QuestionForm(
        request.POST if request.method == "POST" else None,
        initial={"revision": 0, "stage": stage, "required": True, "stops": True},
    )
    if request.method == "POST" and form.is_valid():
        try:
            questions.add(by=request.principal, stage=form.cleaned_data["stage"], wording=form.wording())
        except questions.QuestionRefused as refused:
            form.add_error(refused.field or None, refused.message)
        else:
            messages.success(request, _("The question was added to the checklist."))
            return redirect("checklists", request.brand.slug)
    return _form(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_BRAND)
def edit(request: BrandRequest, question_id: int) -> HttpResponse:
    question = _question(request, question_id, retired=None if request.method == "POST" else False)
    sent = request.POST if request.method == "POST" else None
    form = QuestionForm(sent, initial=_initial(question), fixed=True)
    if request.method == "POST" and form.is_valid():
        try:
            questions.change(
                question,
                by=request.principal,
                revision=form.cleaned_data["revision"],
                wording=form.wording(),
            )
        except questions.QuestionRefused as refused:
            form.add_error(refused.field or None, refused.message)
        except questions.QuestionEdited as edited:
            question.refresh_from_db()
            edited_meanwhile.keep_typed(
                form, _initial(question), message=edited.message, deleted=question.retired_at is not None
            )
        else:
            messages.success(request, _("The question was saved. Earlier answers keep it as it read."))
            return redirect("checklists", request.brand.slug)
    return _form(request, form, question)


@require_POST
@requires(Capability.MANAGE_BRAND)
def ship(request: BrandRequest) -> HttpResponse:
    """Add the questions that come with the product."""
    try:
        added = questions.ship(by=request.principal)
    except questions.QuestionRefused as refused:
        messages.error(request, refused.message)
    else:
        words = ngettext(
            "%(count)s question was added to the legal checklist.",
            "%(count)s questions were added to the legal checklist.",
            added,
        )
        messages.success(request, words % {"count": added})
    return redirect("checklists", request.brand.slug)


@require_POST
@requires(Capability.MANAGE_BRAND)
def retire(request: BrandRequest, question_id: int) -> HttpResponse:
    questions.retire(_question(request, question_id, retired=False), by=request.principal)
    messages.success(request, _("The question was retired. It can be restored below."))
    return redirect("checklists", request.brand.slug)


@require_POST
@requires(Capability.MANAGE_BRAND)
def restore(request: BrandRequest, question_id: int) -> HttpResponse:
    try:
        questions.restore(_question(request, question_id, retired=True), by=request.principal)
    except questions.QuestionRefused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The question is asked again."))
    return redirect("checklists", request.brand.slug)


@require_POST
@requires(Capability.MANAGE_BRAND)
def move(request: BrandRequest, question_id: int) -> HttpResponse:
    """One place up or down."""
    question = _question(request, question_id, retired=False)
    questions.move(question, by=request.principal, up=request.POST.get("to") == "up")
    return redirect("checklists", request.brand.slug)


def _initial(question: ChecklistQuestion) -> dict[str, Any]:
    return {"revision": question.revision, **{name: getattr(question, name) for name in WORDING}}


def _question(request: BrandRequest, question_id: int, *, retired: bool | None) -> ChecklistQuestion:
    rows = ChecklistQuestion.objects.filter(brand=request.brand)
    if retired is not None:
        rows = rows.filter(retired_at__isnull=not retired)
    return get_object_or_404(rows.select_related("brand"), pk=question_id)


def _form(
    request: BrandRequest, form: QuestionForm, question: ChecklistQuestion | None = None
) -> HttpResponse:
    context = {**SECTION, "form": form, "question": question}
    status = 422 if form.errors else 200
    return render(request, "administration/question_form.html", context, status=status)
