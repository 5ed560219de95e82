"""Prompts out of a file or a text that was pasted: CSV, JSON, or a prompt on each line. Pure."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dam.core import errors, foreign_text, numbers
from dam.core.language import gettext as _
from dam.core.language import number
from generation import briefs
from generation.briefs import BriefRefused

MOST_LINES = 500
MOST_BYTES = 2_000_000
PROMPT, SEED = "prompt", "seed"
MARKS = ",;\t|"  # between the cells of a CSV file
_NO_MARK = "\x1f"  # with one column alone, every mark belongs to the prompt
_SAID_MARK = re.compile(r"sep=[,;|\t]", re.IGNORECASE)  # the line that Excel puts before the head


class ListRefused(errors.Refused):
    """It can't be read as a list of prompts; the message says why."""

    code = "prompt_list"


@dataclass(frozen=True, slots=True)
class Line:
    """A prompt that is asked for. `number` is its line, from 1; chance chooses where there is no seed."""

    number: int
    prompt: str
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line that can't be used."""

    number: int
    text: str
    reason: str


@dataclass(frozen=True)
class PromptList:
    """What was read, in order, and the columns or keys that mean nothing here."""

    lines: tuple[Line, ...]
    wrong: tuple[Wrong, ...] = ()
    ignored: tuple[str, ...] = ()


def decoded(content: bytes) -> str:
    """The text of a file. Raises ListRefused."""
    if len(content) > MOST_BYTES:
        raise ListRefused(_("The file is larger than %(most)s MB. Split it.") % {"most": MOST_BYTES // 10**6})
    try:
        return content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as problem:
        raise ListRefused(_("The file isn't in UTF-8. Save it as “CSV UTF-8”.")) from problem


def read(text: str) -> PromptList:
    """Each line alone: one that is wrong is left out and told. Raises ListRefused for what is no list.

    >>> read("A red ball\\nA blue can").lines[1]
    Line(number=2, prompt='A blue can', seed=None)
    >>> read("prompt;seed\\nA red ball;7").lines
    (Line(number=2, prompt='A red ball', seed=7),)
    """
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text or len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise ListRefused(_("This list of prompts can't be read."))
    ignored: dict[str, None] = {}
    lines: list[Line] = []
    wrong: list[Wrong] = []
    for place, given in _given(text, ignored):
        said = given.get(PROMPT)
        try:
            if "problem" in given:
                raise ListRefused(given["problem"])
            lines.append(Line(place, briefs.clean_prompt(_prompt(said)), _seed(given.get(SEED))))
        except (BriefRefused, ListRefused) as refused:
            wrong.append(Wrong(place, _shown(said, given), str(refused)))
        if len(lines) + len(wrong) > MOST_LINES:
            raise ListRefused(
                _("A list can have at most %(most)s prompts. Split it.") % {"most": number(MOST_LINES)}
            )
    if not lines and not wrong:
        raise ListRefused(_("The list has no prompts. Write one per line."))
    return PromptList(tuple(lines), tuple(wrong), tuple(ignored))


def _given(text: str, ignored: dict[str, None]) -> Iterator[tuple[int, dict[str, Any]]]:
    first = next((line.strip() for line in text.split("\n") if line.strip()), "")
    if first.startswith("{"):
        return _objects(text, ignored)
    if first == "[" or re.match(r"\[\s*[{\"\]]", first):
        return _array(text, ignored)
    if _SAID_MARK.fullmatch(first):
        # Its line stays, empty, so that the others keep their numbers.
        text = re.sub(r"^\s*" + re.escape(first), lambda said: "\n" * said[0].count("\n"), text, count=1)
        first = next((line.strip() for line in text.split("\n") if line.strip()), "")
    mark = max(MARKS, key=first.count)
    names = [name.strip().strip('"').lower() for name in first.split(mark)]
    if PROMPT in names:
        return _rows(text, mark if len(names) > 1 else _NO_MARK, ignored)
    return ((place, {PROMPT: line}) for place, line in enumerate(text.split("\n"), 1) if line.strip())


def _objects(text: str, ignored: dict[str, None]) -> Iterator[tuple[int, dict[str, Any]]]:
    """JSON Lines."""
    for place, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict):
            yield place, {PROMPT: line, "problem": _("This line isn't a JSON object.")}
            continue
        yield place, _of_object(given, ignored)


def _array(text: str, ignored: dict[str, None]) -> Iterator[tuple[int, dict[str, Any]]]:
    """A JSON array of such objects, or of prompts; counted from 1."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise ListRefused(_("This JSON can't be read.")) from problem
    for place, given in enumerate(found, 1):
        yield place, _of_object(given, ignored) if isinstance(given, dict) else {PROMPT: given}


def _of_object(given: dict[str, Any], ignored: dict[str, None]) -> dict[str, Any]:
    ignored |= dict.fromkeys(_named(key) for key in given if key not in (PROMPT, SEED))
    return {key: given.get(key) for key in (PROMPT, SEED)}


def _rows(text: str, mark: str, ignored: dict[str, None]) -> Iterator[tuple[int, dict[str, Any]]]:
    """CSV with a head; a cell may have several lines."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    names: list[str] = []
    try:
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if not names:
                names = [name.strip().lower() for name in row]
                ignored |= dict.fromkeys(_named(name) for name in names if name not in ("", PROMPT, SEED))
                continue
            given: dict[str, Any] = dict(zip(names, row, strict=False))
            unnamed = [cell for place, cell in enumerate(row) if not "".join(names[place : place + 1])]
            if any(cell.strip() for cell in unnamed):
                # Half a prompt would be made otherwise: a comma in it that isn't between quotation marks.
                given = {
                    PROMPT: mark.join(row),
                    "problem": _(
                        "This line has more cells than the header row. Put the prompt in quotation marks."
                    ),
                }
            yield rows.line_num, given
    except csv.Error as problem:
        raise ListRefused(_("This CSV file can't be read.")) from problem


def _named(name: str) -> str:
    return foreign_text.line(name, longest=80)


def _shown(said: Any, given: dict[str, Any]) -> str:
    """What couldn't be used, as pages and the database can keep it."""
    try:
        text = said if isinstance(said, str) else json.dumps(given, ensure_ascii=False)
    except RecursionError:  # it lies deeper than can be written, though it could be read
        text = ""
    return foreign_text.neutral(text[: briefs.LONGEST_PROMPT], mark="\ufffd")


def _prompt(said: Any) -> str:
    if not isinstance(said, str):
        raise ListRefused(_("The prompt must be text."))
    return said


def _seed(said: Any) -> int | None:
    if said is None or (isinstance(said, str) and not said.strip()):
        return None
    seed = None
    if isinstance(said, str) or (isinstance(said, int) and not isinstance(said, bool)):
        seed = numbers.read(str(said).strip())
    if seed is None or seed > briefs.LARGEST_SEED:
        raise ListRefused(
            _("Enter a whole number from 0 to %(largest_seed)s.")
            % {"largest_seed": number(briefs.LARGEST_SEED)}
        )
    return seed
