"""Errors for programs: problem details (RFC 9457)."""

from http import HTTPStatus

from django.http import JsonResponse

from dam.media.errors import Refused

STATUS = {
    "empty": HTTPStatus.UNPROCESSABLE_ENTITY,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "disk_full": HTTPStatus.INSUFFICIENT_STORAGE,
}


def problem(status: int, code: str, detail: str, *, title: str = "") -> JsonResponse:
    """A problem: `code` for programs, `detail` a sentence for people."""
    body = {
        "type": "about:blank",
        "title": title or HTTPStatus(status).phrase,
        "status": int(status),
        "code": code,
        "detail": detail,
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")


def of_refusal(refused: Refused) -> JsonResponse:
    status = STATUS.get(refused.code, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    return problem(status, refused.code, refused.message, title=refused.title)
