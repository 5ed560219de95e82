"""One's own API tokens, in every brand one works in."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dam.access import own_account, tokens
from dam.accounts import principals, times
from dam.accounts.capabilities import PHRASES, TOKEN_MAY, Capability
from dam.accounts.models import ApiToken
from dam.accounts.principals import Member
from dam.core import sorting
from dam.web import confirming, row_pages, second_factor, token_rows
from dam.web.whole_text import WholeTextForm

SECTION = "account_tokens"
PAGE = 50
NEVER = "0"
DAYS = (
    ("30", gettext_lazy("In 30 days")),
    ("90", gettext_lazy("In 90 days")),
    ("365", gettext_lazy("In a year")),
    (NEVER, gettext_lazy("Never")),
)


class TokenForm(WholeTextForm):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Which program uses it: “Nightly upload”."),
        error_messages={"required": gettext_lazy("Enter a name that says which program uses the token.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    expires = forms.ChoiceField(label=gettext_lazy("Expires"), choices=DAYS, initial="90")
    capabilities = forms.MultipleChoiceField(
        label=gettext_lazy("What it can do"),
        widget=forms.CheckboxSelectMultiple(),
        error_messages={"required": gettext_lazy("Choose what the token can do.")},
    )

    def __init__(self, *args: Any, by: Member, **named: Any) -> None:
        super().__init__(*args, **named)
        zone = times.of_brand(by.brand)
        self.fields["expires"].help_text = _("At the end of that day in %(place)s (UTC%(offset)s).") % {
            "place": times.place(zone),
            "offset": times.offset(zone),
        }
        able = [each for each in Capability if each in by.capabilities & TOKEN_MAY]
        self.fields["capabilities"].choices = [(each.value, _sentence(_(PHRASES[each]))) for each in able]  # type: ignore[attr-defined]


@confirming.signed_in
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    person = confirming.person(request)
    rows = ApiToken.objects.filter(owner=person).select_related("brand")
    page = row_pages.read(rows, row_pages.NEWEST_FIRST, request=request, size=PAGE)
    context = {
        "section": SECTION,
        "page": page,
        "rows": [token_rows.of(token, at=timezone.now()) for token in page.rows],
        "works_somewhere": own_account.brands_of(person).filter(closed_at=None).exists(),
    }
    return render(request, "account/tokens.html", context)


@never_cache
@confirming.confirmed
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a token for a program; its secret is on the page that answers, and nowhere else again."""
    person = confirming.person(request)
    brands = list(
        own_account.brands_of(person).filter(closed_at=None).order_by(sorting.alphabetical("name"), "pk")
    )
    slug = request.POST.get("brand") or request.GET.get("brand") or (brands[0].slug if brands else "")
    by = principals.signed_in(person, slug=slug)
    if by is None:
        raise Http404(_("This brand doesn't exist, or you're not a member of it."))
    if second_factor.missing(request, person, by.brand):
        return redirect(second_factor.page_before(request))
    form = TokenForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = _create(by, form.cleaned_data)
        except tokens.TokenRefused as refused:
            form.add_error("name" if "name" in refused.code else None, str(refused))
        else:
            made = {"section": SECTION, "token": token, "secret": secret}
            response = render(request, "account/token_made.html", made)
            response.headers["Cache-Control"] = "no-store"
            return response
    context = {"section": SECTION, "form": form, "chosen": by.brand, "own_brands": brands}
    return render(request, "account/token_new.html", context, status=422 if form.errors else 200)


@require_POST
@confirming.signed_in
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    person = confirming.person(request)
    token = get_object_or_404(ApiToken.objects.select_related("brand", "owner"), pk=token_id, owner=person)
    by = principals.member(person, token.brand)
    if by is None:
        raise Http404(_("You're not a member of this brand any more, so the token has ended."))
    tokens.revoke(token, by=by)
    messages.success(request, _("The token “%(name)s” is revoked.") % {"name": token.name})
    return redirect(SECTION)


def _create(by: Member, answer: dict[str, Any]) -> tuple[ApiToken, str]:
    at = timezone.now()
    days = int(answer["expires"])
    return tokens.create(
        by=by,
        name=answer["name"],
        capabilities=[Capability(each) for each in answer["capabilities"]],
        last_day=times.here(by.brand, at=at).date() + timedelta(days=days) if days else None,
        at=at,
    )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
