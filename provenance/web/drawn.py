"""Drawings as pictures of a page: SVG over the frame that they were drawn into."""

import json
from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dam.catalog.models import Version
from provenance.guests.remarks import Said
from provenance.review import drawings
from provenance.review.drawings import Drawing

# Of a version whose size nobody knows.
WIDTH, HEIGHT = 16, 9


def of_said(said: Iterable[Said], version: Version) -> dict[str, SafeString]:
    """What guests have drawn, by the keys of their remarks."""
    return {each.key: picture(each.drawing, version) for each in said if each.drawing is not None}


def picture(drawing: Drawing, version: Version) -> SafeString:
    """The shapes as <svg>, without script too. Scripts draw them again, with the pressure of a pencil."""
    width, height = version.width or WIDTH, version.height or HEIGHT
    shapes = format_html_join(
        "",
        "<{0}{1}>{2}</{0}>",
        (
            (
                shape["name"],
                format_html_join("", ' {}="{}"', shape["attributes"].items()),
                shape.get("text", ""),
            )
            for shape in drawings.elements(drawing, width=width, height=height)
        ),
    )
    return format_html(
        '<svg viewBox="0 0 {} {}" data-shapes="{}" aria-hidden="true">{}</svg>',
        width,
        height,
        json.dumps(drawing),
        shapes,
    )
