"""Errors for programs: problem details (RFC 9457)."""

from http import HTTPStatus

from django.http import JsonResponse

from dam.core.errors import Refused
from dam.media.errors import FileRefused

# What is refused conflicts with how things stand, unless its code says something else here.
CHECKSUM_MISMATCH = 460  # of tus
STATUS: dict[str, int] = {
    "empty": HTTPStatus.UNPROCESSABLE_ENTITY,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "disk_full": HTTPStatus.INSUFFICIENT_STORAGE,
    "no_asset": HTTPStatus.NOT_FOUND,
    "no_part": HTTPStatus.NOT_FOUND,
    "forbidden": HTTPStatus.FORBIDDEN,
    "checksum_mismatch": CHECKSUM_MISMATCH,
    "closed": HTTPStatus.GONE,
    "no_beginning": HTTPStatus.BAD_REQUEST,
    "busy": HTTPStatus.LOCKED,
    "too_many": HTTPStatus.TOO_MANY_REQUESTS,
    "mail_away": HTTPStatus.SERVICE_UNAVAILABLE,
}


def problem(status: int, code: str, detail: str, *, title: str = "", **more: str) -> JsonResponse:
    """A problem: `code` for programs, `detail` a sentence for people; `more` as its kind needs it."""
    body = {
        "type": "about:blank",
        "title": title or HTTPStatus(status).phrase,
        "status": int(status),
        "code": code,
        "detail": detail,
        **more,
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")


def status_of(refused: Refused) -> int:
    usual = HTTPStatus.UNSUPPORTED_MEDIA_TYPE if isinstance(refused, FileRefused) else HTTPStatus.CONFLICT
    return STATUS.get(refused.code, usual)


def of_refusal(refused: Refused) -> JsonResponse:
    return problem(status_of(refused), refused.code, refused.message, title=refused.title)
