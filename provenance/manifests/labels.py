"""Plain words for what manifests say in codes. Pure."""

ACTIONS = {
    "c2pa.created": "Created",
    "c2pa.opened": "Opened",
    "c2pa.placed": "Placed",
    "c2pa.removed": "Removed something",
    "c2pa.edited": "Edited",
    "c2pa.edited.metadata": "Edited its description",
    "c2pa.enhanced": "Enhanced",
    "c2pa.adjustedColor": "Adjusted colours",
    "c2pa.color_adjustments": "Adjusted colours",
    "c2pa.cropped": "Cropped",
    "c2pa.trimmed": "Trimmed",
    "c2pa.resized": "Resized",
    "c2pa.resized.proportional": "Resized",
    "c2pa.orientation": "Rotated",
    "c2pa.filtered": "Filtered",
    "c2pa.drawing": "Drew on the content",
    "c2pa.addedText": "Added text",
    "c2pa.dubbed": "Dubbed",
    "c2pa.converted": "Converted to another format",
    "c2pa.transcoded": "Re-encoded",
    "c2pa.repackaged": "Repackaged",
    "c2pa.published": "Published",
    "c2pa.redacted": "Removed a statement from its history",
    "c2pa.translated": "Translated",
    "c2pa.watermarked": "Watermarked",
    "c2pa.watermarked.bound": "Watermarked",
    "c2pa.watermarked.unbound": "Watermarked",
    "c2pa.unknown": "Unknown action",
}

_IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
SOURCES = {
    "trainedAlgorithmicMedia": "AI-generated",
    "compositeWithTrainedAlgorithmicMedia": "Partly AI-generated",
    "compositeSynthetic": "Partly AI-generated",
    "algorithmicMedia": "Computer-generated",
    "virtualRecording": "Recorded from a screen or a virtual world",
    "screenCapture": "Recorded from a screen",
    "digitalCapture": "Recorded by a camera",
    "computationalCapture": "Recorded by a camera",
    "digitalArt": "Created by a person with software",
    "digitalCreation": "Created by a person with software",
    "humanEdits": "Edited by a person",
    "composite": "Composed from several sources",
}
AI_SOURCES = frozenset(
    {"trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "compositeSynthetic"}
)

OVERSIGHT = {
    "fully_autonomous": "no human oversight",
    "prompt_guided": "prompted by a person",
    "human_validated": "checked by a person",
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
    return source_code(uri) in AI_SOURCES
