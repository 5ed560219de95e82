"""The API for rights as OpenAPI 3.1 describes it, for programs that read such descriptions."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.rights.consents import LONGEST as CONSENT_LONGEST
from dam.rights.models import ConsentKind
from dam.rights.policy import Use
from dam.rights.statements import LONGEST
from dam.web.decorators import BrandRequest, requires

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_MOMENT: Schema = {
    "type": ["string", "null"],
    "description": "A day (2027-05-03) where the brand is, or a moment with its offset.",
}
_STATED: Schema = {
    "type": "object",
    "additionalProperties": False,
    "properties": {name: {"type": "string", "maxLength": most} for name, most in LONGEST.items()},
}
_CONSENT: Schema = {
    "type": "object",
    "additionalProperties": False,
    "anyOf": [{"required": ["kind"]}, {"required": ["id"]}],
    "properties": {
        "id": {"type": ["integer", "null"], "description": "Of one that is there; without it, a new one."},
        "kind": {"type": "string", "enum": list(ConsentKind.values)},
        "name": {"type": "string", "maxLength": CONSENT_LONGEST["name"]},
        "covers": {"type": "string", "maxLength": CONSENT_LONGEST["covers"]},
        "until": _MOMENT,
        "withdrawn": {
            "type": ["string", "null"],
            "maxLength": CONSENT_LONGEST["reason"],
            "description": "Why it was withdrawn; null while it stands.",
        },
        "document": {"type": ["string", "null"], "readOnly": True},
    },
}
_CONSENTS: Schema = {
    "type": "array",
    "description": "All that the version needs. Sent, one that is left out is removed; one with its id keeps "
    "what isn't sent of it.",
    "items": {"$ref": "#/components/schemas/Consent"},
}
_TERMS: Schema = {
    "type": ["object", "null"],
    "description": "What is left of the clearance. Only an approval grants it; null without one.",
    "properties": {
        "uses": {"type": "array", "items": {"type": "string", "enum": [use.value for use in Use]}},
        "territories": {"type": "array", "items": _TEXT},
        "embargo_until": _MOMENT,
        "valid_until": _MOMENT,
    },
}
_RIGHTS: Schema = {
    "type": "object",
    "properties": {
        "asset": {"type": "string", "format": "uuid"},
        "title": _TEXT,
        "version": {"type": "integer"},
        "note": {"type": "string", "description": "What changed with the version, for those who see drafts."},
        "sha256": _TEXT,
        "asked": {"type": "object"},
        "allowed": {"type": "boolean"},
        "reasons": {"type": "array", "items": _TEXT},
        "way_to_yes": {"type": "array", "items": {"type": "object"}},
        "labels": {"type": "array", "items": {"type": "object"}},
        "terms": _TERMS,
        "revision": {"type": "string", "description": "For If-Match; the header ETag has it, too."},
        "stated": {"$ref": "#/components/schemas/Stated"},
        "first_day": _MOMENT,
        "consents": _CONSENTS,
    },
}
_CHANGE: Schema = {
    "type": "object",
    "additionalProperties": False,
    "description": "What is left out stays.",
    "properties": {
        "stated": {"$ref": "#/components/schemas/Stated"},
        "consents": _CONSENTS,
        "first_day": _MOMENT,
        "reason": {"type": "string", "description": "Why the first day is another one; kept in the ledger."},
    },
}
_PROBLEM: Schema = {
    "type": "object",
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "code": _TEXT,
        "detail": _TEXT,
        "field": {"type": "string", "description": "What of the body is wrong: consents[0].until"},
    },
}


def _answer(words: str, schema: str, kind: str = "application/json") -> Schema:
    return {
        "description": words,
        "content": {kind: {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }


def _problem(words: str) -> Schema:
    return _answer(words, "Problem", "application/problem+json")


def _asked(name: str, words: str) -> Schema:
    return {"name": name, "in": "query", "description": words, "schema": _TEXT}


def document(brand: str) -> Schema:
    """The description for one brand."""
    there = {"401": _problem("No such token."), "404": {"description": "Not there, or not theirs to see."}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Reelproof: rights of clips", "version": "1"},
        "security": [{"token": []}],
        "paths": {
            f"/b/{brand}/assets/{{asset}}/rights.json": {
                "parameters": [
                    {
                        "name": "asset",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string", "format": "uuid"},
                    },
                    _asked("version", "A version's number."),
                ],
                "get": {
                    "summary": "May it be used? Its terms, and what is stated.",
                    "description": "Needs the scope view.",
                    "parameters": [
                        _asked("use", ", ".join(use.value for use in Use)),
                        _asked("territory", "A country, EU or worldwide."),
                        _asked("at", "A day, or a moment with its offset."),
                        _asked("until", "Likewise: all the time until then."),
                    ],
                    "responses": {
                        "200": _answer("How it stands.", "Rights"),
                        "422": _problem("What can't be asked."),
                        **there,
                    },
                },
                "patch": {
                    "summary": "State its rights.",
                    "description": "Needs the scopes view_unreleased and edit. All of it happens, or none. "
                    "Once a review counts on a version only legal reviewers change it, and no program.",
                    "parameters": [
                        {"name": "If-Match", "in": "header", "required": True, "schema": _TEXT},
                    ],
                    "requestBody": {"required": True, **_answer("What is to change.", "Change")},
                    "responses": {
                        "200": _answer("How it stands now.", "Rights"),
                        "403": _problem("The scope or the role is missing."),
                        "409": _problem("It can't be so, as things stand."),
                        "412": _problem("Someone else was faster."),
                        "422": _problem("A field is wrong."),
                        "428": _problem("If-Match is missing."),
                        **there,
                    },
                },
            }
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "Rights": _RIGHTS,
                "Stated": _STATED,
                "Consent": _CONSENT,
                "Change": _CHANGE,
                "Problem": _PROBLEM,
            },
        },
    }


@require_safe
@requires(Capability.VIEW)
def described(request: BrandRequest) -> HttpResponse:
    return JsonResponse(document(request.brand.slug))
