"""The shapes of the diagrams."""

from xml.etree import ElementTree

from tests.diagrams import svg
from tests.diagrams.svg import Rect


def document(*parts: str) -> str:
    return svg.document(width=100, height=50, title="A & B", words="what <this> is", parts=parts)


def test_a_document_is_well_formed_whatever_its_words() -> None:
    root = ElementTree.fromstring(document(svg.text(1, 2, "a < b"), svg.box(Rect(0, 0, 1, 1), colour=0)))
    assert root.get("viewBox") == "0 0 100 50"


def test_a_document_has_a_name_for_who_does_not_see_it() -> None:
    root = ElementTree.fromstring(document())
    assert root.get("role") == "img"
    assert root.get("aria-label") == "A & B"


def test_a_document_has_colours_for_a_dark_page() -> None:
    assert "prefers-color-scheme: dark" in document()


def test_numbers_are_rounded_so_that_every_machine_writes_the_same() -> None:
    assert 'x="0.3" y="2"' in svg.text(0.1 + 0.2, 2.0000001, "word")


def test_an_arrow_begins_at_its_first_point_and_ends_at_its_last() -> None:
    path = svg.arrow([(0, 1), (10, 20), (30, 40)], colour=0)
    assert 'd="M0 1 C' in path
    assert '30 40"' in path


def test_an_upright_arrow_leaves_downwards() -> None:
    assert "M5 0 C5 10 " in svg.arrow([(5, 0), (50, 20)], colour=0, upright=True)


def test_a_bow_reaches_out_to_the_right() -> None:
    assert "C40 0 40 100 10 100" in svg.bow((10, 0), (10, 100), colour=0, reach=30)


def test_there_is_a_colour_for_any_number_of_groups() -> None:
    assert svg.hue(len(svg.HUES)) == svg.hue(0)
    assert f"url(#head{1})" in svg.arrow([(0, 0), (1, 1)], colour=len(svg.HUES) + 1)


def test_a_rectangle_knows_its_edges() -> None:
    rect = Rect(10, 20, 30, 40)
    assert (rect.right, rect.bottom, rect.middle) == (40, 60, 25)
