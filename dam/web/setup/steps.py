"""The steps of the first run: one table behind their order, and what each view of one begins with."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dam.accounts import setup

SESSION = "setup"
View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Step:
    name: str
    title: str | Promise
    url_name: str
    is_optional: bool = True


STEPS = (
    Step("brand", _("Brand"), "setup-brand", is_optional=False),
    Step("mail", _("Mail"), "setup-mail"),
    Step("signing", _("Signing"), "setup-signing"),
    Step("files", _("Files"), "setup-files"),
    Step("administrator", _("You"), "setup-administrator", is_optional=False),
)


def step(name: str) -> Callable[[View], View]:
    """A view of a step. Others than the browser that used the link see where the link is."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not setup.is_needed():
                return redirect("home")
            if not setup.is_held_by(request.session.get(SESSION, "")):
                return closed(request)
            if name != "brand" and setup.state().brand is None:
                return redirect("setup-brand")
            if request.method == "POST" and request.POST.get("do") == "skip" and _named(name).is_optional:
                return done(name)
            return view(request, *args, **kwargs)

        return checked

    return decorate


def page(
    request: HttpRequest, name: str, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    row = setup.state()
    framed = {"steps": STEPS, "step": _named(name), "done": row.done, "first_brand": row.brand}
    return render(request, template, {**framed, **context}, status=status)


def done(name: str) -> HttpResponse:
    """Write it down, and on to the next step that isn't done."""
    setup.finish(name)
    return redirect(following())


def following() -> str:
    finished = setup.state().done
    return next((each.url_name for each in STEPS if each.name not in finished), STEPS[-1].url_name)


def closed(request: HttpRequest) -> HttpResponse:
    """To whoever has no link: where it is, and nothing else; unless it was just set up by somebody else."""
    if not setup.is_needed():
        return redirect("home")
    response = render(request, "setup/closed.html", status=503)
    response.headers["Cache-Control"] = "no-store"
    return response


def _named(name: str) -> Step:
    return next(each for each in STEPS if each.name == name)
