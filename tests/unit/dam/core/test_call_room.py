from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from dam.core.call_room import roomy
from tests.call_depths import worst


def test_calls_take_no_longer_at_any_depth_below_a_roomy_function() -> None:
    assert roomy(worst)() < 20  # 250 elsewhere


def test_a_roomy_function_takes_and_gives_what_it_did() -> None:
    @roomy
    def divided(number: int, *, by: int) -> float:
        """Its words."""
        return number / by

    assert divided(6, by=3) == 2
    assert divided.__doc__ == "Its words."


def test_a_request_has_room() -> None:
    found: list[float] = []

    def view(request: HttpRequest) -> HttpResponse:
        found.append(worst())
        return HttpResponse()

    outermost: Callable[..., Callable[[HttpRequest], HttpResponse]] = import_string(settings.MIDDLEWARE[0])
    outermost(view)(HttpRequest())

    assert found[0] < 20
