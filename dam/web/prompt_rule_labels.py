"""What prompt rules are about and what they do, in words: for their pages and for the activity log."""

from collections.abc import Mapping

from django.utils.functional import Promise

from dam.core.lazily import lazy

SUBJECTS: Mapping[str, str | Promise] = {
    "word": lazy("Word"),
    "person": lazy("Real person"),
    "mark": lazy("Trade mark"),
    "character": lazy("Character"),
    "style": lazy("Style"),
}
VERDICTS: Mapping[str, str | Promise] = {
    "note": lazy("Allowed with a note"),
    "waiver": lazy("Needs a waiver"),
    "refuse": lazy("Refused"),
}
