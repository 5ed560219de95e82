"""Where an outside reviewer says that recalled copies are gone, by the link of the mail that asked them.

Nobody signs in for that: the link is signed for one address and one recall. The page says no more of the clip
than the mail did.
"""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from provenance.guests import recalled
from provenance.recalls import recalls
from provenance.recalls.models import RecallNotice
from provenance.web.guests import frame
from provenance.web.guests.door import AFTER_LINKS
from provenance.web.take_downs import ConfirmForm

LONGEST_KEY = 40  # of a secret's beginning, which is the same for one address and recall


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, secret: str) -> HttpResponse:
    """Opening it changes nothing: programs that look for harmful links open everything."""
    secret = secret.rstrip(AFTER_LINKS)
    in_time = frame.may_try(request, "guest_recall", key=secret[:LONGEST_KEY])
    found = recalled.find(secret)
    if found is None:
        return frame.gone(request)
    notice, link = found
    if request.method != "POST":
        form = ConfirmForm(initial={"note": notice.note})
        return _page(request, notice, form, status=HTTPStatus.OK if in_time else HTTPStatus.TOO_MANY_REQUESTS)
    form = ConfirmForm(request.POST)
    if not in_time:
        form.add_error(None, _("Too many tries. Wait a few minutes, then try again."))
        return _page(request, notice, form, status=HTTPStatus.TOO_MANY_REQUESTS)
    if request.POST.get("do") == "back":
        recalls.take_back_outside(notice, by=link.named)
        return redirect("guest-recall", secret)
    if not form.is_valid():
        return _page(request, notice, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    note = form.cleaned_data["note"]
    if notice.recall.lifted_at is None and not recalls.confirm_outside(notice, by=link.named, note=note):
        notice.refresh_from_db()
        if note != notice.note:
            form.add_error(
                None,
                _(
                    "You confirmed this earlier, so this note wasn't kept: “%(note)s”. To change the note, "
                    "take the confirmation back first."
                )
                % {"note": note},
            )
            return _page(request, notice, form, status=HTTPStatus.CONFLICT)
    return redirect("guest-recall", secret)


def _page(request: HttpRequest, notice: RecallNotice, form: ConfirmForm, *, status: int) -> HttpResponse:
    context = {"notice": notice, "brand_outside": notice.recall.brand, "form": form}
    return render(request, "guests/recall.html", context, status=status)
