"""Plain words for what manifests say in codes. Pure."""

from dam.core.language import noop
from dam.media import digital_source_types

ACTIONS = {
    "c2pa.created": noop("Created"),
    "c2pa.opened": noop("Opened"),
    "c2pa.placed": noop("Placed"),
    "c2pa.removed": noop("Removed something"),
    "c2pa.edited": noop("Edited"),
    "c2pa.edited.metadata": noop("Edited its description"),
    "c2pa.enhanced": noop("Enhanced"),
    "c2pa.adjustedColor": noop("Adjusted colours"),
    "c2pa.color_adjustments": noop("Adjusted colours"),
    "c2pa.cropped": noop("Cropped"),
    "c2pa.trimmed": noop("Trimmed"),
    "c2pa.resized": noop("Resized"),
    "c2pa.resized.proportional": noop("Resized"),
    "c2pa.orientation": noop("Rotated"),
    "c2pa.filtered": noop("Filtered"),
    "c2pa.drawing": noop("Drew on the content"),
    "c2pa.addedText": noop("Added text"),
    "c2pa.dubbed": noop("Dubbed"),
    "c2pa.converted": noop("Converted to another format"),
    "c2pa.transcoded": noop("Re-encoded"),
    "c2pa.repackaged": noop("Repackaged"),
    "c2pa.published": noop("Published"),
    "c2pa.redacted": noop("Removed a statement from its history"),
    "c2pa.translated": noop("Translated"),
    "c2pa.watermarked": noop("Watermarked"),
    "c2pa.watermarked.bound": noop("Watermarked"),
    "c2pa.watermarked.unbound": noop("Watermarked"),
    "c2pa.unknown": noop("Unknown action"),
}

_IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
SOURCES = digital_source_types.TITLES

OVERSIGHT = {
    "fully_autonomous": noop("no human oversight"),
    "prompt_guided": noop("prompted by a person"),
    "human_validated": noop("checked by a person"),
}


def action(code: str) -> str:
    """ "c2pa.transcoded" → "Re-encoded"; an unknown one is shown as it is."""
    return ACTIONS.get(code, code)


def source_code(uri: str) -> str:
    """The last word of a digital source type's address."""
    return uri.removeprefix(_IPTC).rpartition("/")[2]


def source(uri: str) -> str:
    code = source_code(uri)
    return SOURCES.get(code, code)


def is_ai(uri: str) -> bool:
    return source_code(uri) in digital_source_types.AI
