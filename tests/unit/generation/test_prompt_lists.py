"""Prompts out of text that people paste and files that they send."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dam.core.text import is_storable
from generation import prompt_lists
from generation.prompt_lists import Line, ListRefused, read


@pytest.mark.parametrize(
    "text",
    [
        "A red ball\nA blue can",
        "\ufeffA red ball\r\n\r\n  A   blue can  \r\n",
        "prompt\nA red ball\nA blue can",
        "Prompt,Seed\nA red ball,\nA blue can,",
        'seed;PROMPT;note\n;"A red ball";x\n;A blue can;y\n',
        '"prompt"\t"seed"\nA red ball\t\nA blue can\t',
        '{"prompt": "A red ball"}\n\n{"prompt": "A blue can", "seed": null, "model": "x"}',
        "sep=;\nprompt;seed\nA red ball;\nA blue can;",
        "prompt|seed\nA red ball|\nA blue can|",
        '[\n  {"prompt": "A red ball"},\n  {"prompt": "A blue can", "mood": 1}\n]',
        '["A red ball", "A blue can"]',
    ],
)
def test_a_list_may_be_lines_csv_or_json_lines(text: str) -> None:
    assert [line.prompt for line in read(text).lines] == ["A red ball", "A blue can"]


def test_seeds_are_read_and_what_means_nothing_is_named() -> None:
    found = read('prompt,seed,mood\n"A red, round\nball",7,calm\n')
    assert found.lines == (Line(3, "A red, round ball", 7),)
    assert found.ignored == ("mood",)
    assert read('{"prompt": "A", "seed": 12, "mood": "x"}').lines == (Line(1, "A", 12),)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("A ball\n" + "x" * 1001, 2),
        ("prompt,seed\nA ball,-1\nA can,1", 2),
        ("prompt,seed\nA can,1\nA ball,4294967296", 3),
        ("prompt,seed\nA can,1\nA ball,seven", 3),
        ('{"prompt": 5}\n{"prompt": "A"}', 1),
        ('{"prompt": "A", "seed": true}\n{"prompt": "A"}', 1),
        ('{"prompt": "A", "seed": 1.5}\n{"prompt": "A"}', 1),
        ('{"prompt": "A"}\nno JSON', 2),
        ('{"prompt": "A"}\n[1]', 2),
        ('{"prompt": "A"}\n{"seed": 1}', 2),
        ("{" + '"prompt": "A"}\n' + "[" * 100_000, 2),
        ("A\nB\u202eC", 2),
        ("prompt,seed\nA,1\n,2", 3),
        ("prompt,seed\nA red, round ball,7\nA,1", 2),
        ("prompt,seed\nA red, round,shiny ball\nA,1", 2),
        ("prompt,\nA red, round ball\nA,", 2),
        ('[{"prompt": "A"}, 5]', 2),
    ],
)
def test_a_wrong_line_is_told_and_the_others_stay(text: str, number: int) -> None:
    found = read(text)
    assert [each.number for each in found.wrong] == [number]
    assert found.wrong[0].reason
    assert len(found.lines) == 1


def test_a_comma_is_part_of_a_prompt_that_stands_alone() -> None:
    found = read('prompt\nA red, round ball\n"A can, ""blue"""\nOne; two')
    assert [line.prompt for line in found.lines] == ["A red, round ball", 'A can, "blue"', "One; two"]


def test_lines_keep_their_numbers_after_the_line_that_names_the_mark() -> None:
    assert [line.number for line in read("\nsep=;\nprompt;seed\nA;1\nB;2").lines] == [4, 5]


@pytest.mark.parametrize(
    "line",
    [
        '{"prompt": "a\\u0000b"}',
        '{"prompt": "a\\ud800b"}',
        '{"prompt": {"a\\ud800": "\\u0000"}}',
        '{"prompt": ' + "[" * 900 + "]" * 900 + "}",
    ],
)
def test_what_is_told_of_a_wrong_line_can_be_kept_and_shown(line: str) -> None:
    found = read('{"prompt": "A", "\\ud800\\u202e\\nx": 1}\n' + line)
    assert len(found.wrong) == 1
    assert all(is_storable(text) for text in (found.wrong[0].text, found.wrong[0].reason, *found.ignored))
    assert "\n" not in "".join(found.ignored)


@pytest.mark.parametrize(
    "text", ["", " \n\n", "prompt,seed\n", "A\0B", "A\n" * 501, "x" * 2_000_001, "[{", "[]"]
)
def test_what_is_no_list_is_refused_whole(text: str) -> None:
    with pytest.raises(ListRefused):
        read(text)


def test_a_file_is_decoded_or_refused() -> None:
    assert prompt_lists.decoded("\ufeffÄ".encode()) == "Ä"
    assert prompt_lists.decoded("Ä".encode("utf-16")) == "Ä"
    for content in (b"\xff\xff\xff", b"x" * 2_000_001):
        with pytest.raises(ListRefused):
            prompt_lists.decoded(content)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = read(text)
    except ListRefused:
        return
    assert found.lines or found.wrong


@given(
    st.lists(st.text(st.characters(categories=("L", "N")), min_size=1, max_size=20), min_size=1, max_size=9)
)
def test_json_lines_come_back(prompts: list[str]) -> None:
    text = "\n".join(json.dumps({"prompt": each}) for each in prompts)
    assert len(read(text).lines) == len(prompts)
