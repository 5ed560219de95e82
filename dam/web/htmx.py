"""What htmx asks for, and how it is answered: the only reader and writer of its headers."""

import json

from django.http import HttpRequest, HttpResponse


def is_htmx(request: HttpRequest) -> bool:
    """Sent by htmx, whatever it does with the answer."""
    return bool(request.htmx)  # type: ignore[attr-defined]


def is_fragment(request: HttpRequest, *, target: str = "") -> bool:
    """Asked for by htmx into a place of the page (the element of id `target`), not as the page itself."""
    htmx = request.htmx  # type: ignore[attr-defined]
    if not htmx or htmx.boosted or htmx.history_restore_request:
        return False
    return not target or htmx.target == target


def page(request: HttpRequest) -> str:
    """The address of the page that htmx asks from; empty where it is not htmx."""
    return request.htmx.current_url or ""  # type: ignore[attr-defined]


def nothing() -> HttpResponse:
    """The page stays as it is; it hears of the change by itself."""
    return HttpResponse(status=204)


def reload() -> HttpResponse:
    """The page loads itself again."""
    return HttpResponse(headers={"HX-Refresh": "true"})


def go_to(address: str) -> HttpResponse:
    """The browser goes to another page."""
    return HttpResponse(headers={"HX-Redirect": address})


def swapped(response: HttpResponse, how: str) -> HttpResponse:
    """The response, put into the page in another way than the element that asked says."""
    response.headers["HX-Reswap"] = how
    return response


def into(response: HttpResponse, target: str, how: str) -> HttpResponse:
    """The response, put elsewhere in the page than the element that asked says (`target`, a selector)."""
    response.headers["HX-Retarget"] = target
    return swapped(response, how)


def tell(response: HttpResponse, event: str) -> HttpResponse:
    """The response; once it is in the page, that hears of this event."""
    response.headers["HX-Trigger-After-Swap"] = event
    return response


def with_toast(response: HttpResponse, text: str, *, tone: str = "info") -> HttpResponse:
    """The response, with a message that the page shows for a while."""
    response.headers["HX-Trigger"] = json.dumps({"toast": {"text": text, "tone": tone}})
    return response
