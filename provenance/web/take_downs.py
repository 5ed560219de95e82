"""For a person who took copies of what was withdrawn: what they are asked to take down, and confirming it.

Whoever is asked may see nothing of the clip any more: these pages say its title, the reason and their own
downloads, and nothing else of it. Of what was made from a withdrawn clip, that clip is named to those alone
who see it or have copies of it.
"""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.core import numbers
from dam.web.decorators import BrandRequest, requires
from dam.web.whole_text import WholeTextForm
from provenance.recalls import recalls
from provenance.recalls.models import LONGEST_NOTE, RecallNotice
from provenance.web import recall_summary

PAGE = 50


class ConfirmForm(WholeTextForm):
    note = forms.CharField(
        label=lazy("Note"),
        help_text=lazy("Where it was used, and that it's down there."),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )


@require_safe
@never_cache
@requires(Capability.VIEW)
def listing(request: BrandRequest) -> HttpResponse:
    """What isn't confirmed first; `before` continues after one of either part."""
    done = request.GET.get("show") == "confirmed"
    rows = recalls.listed(request.principal).filter(confirmed_at__isnull=not done).order_by("-pk")
    before = numbers.read(request.GET.get("before", ""))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    page = list(rows[: PAGE + 1])
    context = {
        "area": "notifications",
        "rows": page[:PAGE],
        "done": done,
        "more": page[PAGE - 1].pk if len(page) > PAGE else 0,
    }
    return render(request, "recalls/mine.html", context)


@require_safe
@never_cache
@requires(Capability.VIEW)
def take_down(request: BrandRequest, recall_id: int) -> HttpResponse:
    notice = _find(request, recall_id)
    return _page(request, notice, ConfirmForm(initial={"note": notice.note}))


@require_POST
@requires(Capability.VIEW)
def confirm(request: BrandRequest, recall_id: int) -> HttpResponse:
    """Confirmed twice, the first one counts."""
    notice = _find(request, recall_id)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _page(request, notice, form, status=422)
    if recalls.confirm(notice, by=request.principal, note=form.cleaned_data["note"]):
        messages.success(request, _("Thank you. Your copies are confirmed as taken down."))
    elif form.cleaned_data["note"] != _find(request, recall_id).note:
        said = _(
            "You confirmed this earlier, so this note wasn't kept: “%(note)s”. To change the note, take the "
            "confirmation back first."
        )
        messages.warning(request, said % {"note": form.cleaned_data["note"]})
    return redirect("take-down", request.brand.slug, recall_id)


@require_POST
@requires(Capability.VIEW)
def take_back(request: BrandRequest, recall_id: int) -> HttpResponse:
    notice = _find(request, recall_id)
    recalls.take_back(notice, by=request.principal)
    return redirect("take-down", request.brand.slug, recall_id)


def _find(request: BrandRequest, recall_id: int) -> RecallNotice:
    if request.principal.kind != "member":  # a person says that their copies are down, no program
        raise PermissionDenied(_("Sign in to open this page."))
    notice = recalls.mine(request.principal).filter(recall=recall_id).first()
    if notice is None:
        raise Http404(_("You aren't asked to take down anything here."))
    return notice


def _page(
    request: BrandRequest, notice: RecallNotice, form: ConfirmForm, *, status: int = 200
) -> HttpResponse:
    origin = notice.recall.origin
    context = {
        "area": "notifications",
        "notice": notice,
        "origin": origin,
        # What it was made from, and why that was withdrawn, is told to those who know that clip.
        "knows_origin": notice.recall.because_of is None or recalls.knows(request.principal, origin),
        "line": recall_summary.lines([notice])[0],
        "form": form,
    }
    return render(request, "recalls/take_down.html", context, status=status)
