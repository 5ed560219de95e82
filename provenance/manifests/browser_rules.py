"""What a browser needs to come to the verdict that report.py comes to: the same tables, as data. Pure.

The steps are dam/static/dam/js/credentials/rollup.js's; tests hold both to the same answers.
"""

from collections.abc import Callable, Mapping
from typing import Any

from dam.media import digital_source_types, sniffer
from dam.media.sniffer import CredentialSupport, FileKind
from provenance.manifests import (
    findings,
    foreign_json,
    labels,
    manifest_chain,
    report,
    trust,
    validation_codes,
)
from provenance.manifests.claims import GENERATION_LABEL, PROMPT_TYPE, REVIEW_LABEL
from provenance.manifests.validation_codes import CodeMeaning, State

Say = Callable[[str], str]


def rules(
    *, settings: Mapping[str, Any], anchors: Mapping[str, str], say: Say = lambda words: words
) -> dict[str, Any]:
    """In JSON: how to read, what a file is, what codes mean and what is said of it.

    `settings` are the reader's, `anchors` gives the name that people know for each anchor's address in them;
    `say` puts a sentence of a catalogue into the reader's language.
    """
    return {
        "settings": settings,
        "anchors": anchors,
        "kinds": _kinds(),
        "codes": {code: _meaning(each, say) for code, each in validation_codes.TABLE.items()},
        "harmless": validation_codes.HARMLESS,
        "mismatches": validation_codes.MISMATCHES,
        "mismatch": _meaning(validation_codes.MISMATCH, say),
        "other": _meaning(validation_codes.OTHER, say),
        "badness": validation_codes.BADNESS,
        "hiding": findings.HIDING,
        "trust": {
            "credential": trust.CREDENTIAL,
            "trusted": trust.TRUSTED,
            "untrusted": trust.UNTRUSTED,
            "unfit": trust.UNFIT,
            "stamped": trust.STAMPED,
            "stamps_alone": trust.STAMPS_ALONE,
            "may_sign": sorted(trust.MAY_SIGN),
            "may_not_sign": sorted(trust.MAY_NOT_SIGN),
            "development_anchor": trust.DEVELOPMENT_ANCHOR,
            "development_organisation": trust.DEVELOPMENT_ORGANISATION,
        },
        "labels": {"generation": GENERATION_LABEL, "review": REVIEW_LABEL, "prompt": PROMPT_TYPE},
        "longest_chain": manifest_chain.LONGEST_CHAIN,
        "most": foreign_json.MOST,
        "notes": {
            "none": say(report.NO_CREDENTIALS),
            "elsewhere": say(report.ELSEWHERE),
            "unreadable": say(report.UNREADABLE),
            "kind_unknown": say(report.KIND_UNKNOWN),
            "kind_without": say(report.KIND_WITHOUT),
            "trusted": say(report.TRUSTED),
            "valid": say(report.VALID),
            "invalid": say(report.INVALID),
            "too_much": say(report.TOO_MUCH),
        },
        "states": {name: State(name).value for name in ("none", "unreadable", "trusted", "valid", "invalid")},
        "actions": {code: say(words) for code, words in labels.ACTIONS.items()},
        "sources": {code: say(words) for code, words in labels.SOURCES.items()},
        "ai": sorted(digital_source_types.AI),
    }


def _meaning(meaning: CodeMeaning, say: Say) -> dict[str, str]:
    return {"state": meaning.state.value, "words": say(meaning.words)}


def _kinds() -> dict[str, Any]:
    """The table of dam.media.sniffer; bytes as text, a letter each."""
    return {
        "head": sniffer.HEAD_BYTES,
        "brands": {_text(brand): _kind(kind) for brand, kind in sniffer.BRANDS.items()},
        "other_brand": _kind(sniffer.MP4),
        "first_boxes": sorted(map(_text, sniffer.FIRST_BOXES)),
        "boxes": _kind(sniffer.QUICKTIME),
        "riff": {_text(name): _kind(kind) for name, kind in sniffer.RIFF.items()},
        "forms": {_text(name): _kind(kind) for name, kind in sniffer.FORMS.items()},
        "stills_brands": sorted(map(_text, sniffer.STILLS_BRANDS)),
        "avif_brands": sorted(map(_text, sniffer.AVIF_BRANDS)),
        "avif": _kind(sniffer.AVIF),
        "bitmap": _kind(sniffer.BMP),
        "bitmap_sizes": sorted(sniffer.DIB_SIZES),
        "starts": [[_text(start), _kind(kind)] for start, kind in sniffer.STARTS],
        "webm": _kind(sniffer.WEBM),
        "matroska": _kind(sniffer.MATROSKA),
        "playlists": [_text(start) for start in sniffer.PLAYLISTS],
        "playlist": _kind(sniffer.PLAYLIST),
        "svg": _kind(sniffer.SVG),
        "stream": _kind(sniffer.MPEG_TS),
    }


def _kind(kind: FileKind) -> dict[str, Any]:
    return {"type": kind.content_type, "holds": kind.credentials is not CredentialSupport.NONE}


def _text(content: bytes) -> str:
    return content.decode("latin-1")
