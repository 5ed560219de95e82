"""Whatever people read is in the catalogues, and the catalogues say it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from tests import catalogues
from tests.unit.test_words import COMMENTS, ROOT, modules, pages

BOTH = [(language, domain) for language in catalogues.LANGUAGES for domain in ("django", "djangojs")]
HOW = "Run `python -m tests.catalogues`, translate what it names, and run it again."
PLACES = re.compile(r"%\(\w+\)s|\{\w*\}")

TEMPLATE_TAG = re.compile(r"\{\{.*?\}\}|\{#.*?#\}|\{%.*?%\}", re.DOTALL)
SAID = re.compile(r"\{% (blocktranslate|blocktrans)\b.*?\{% end\1 %\}", re.DOTALL)
INCLUDE = re.compile(r"\{% include .*?%\}", re.DOTALL)
HANDED = re.compile(r"\b(?:title|text|action|label|button)=\"([^\"]*)\"")  # and not `title=_("…")`
EXPRESSION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
IN_EXPRESSION = re.compile(r"""(?<!_\()["']([A-Z][a-z][^"']*)["']""")  # and not `_("…")`
HTML_TAG = re.compile(r"<[a-zA-Z/!](?:\"[^\"]*\"|[^>\"])*>", re.DOTALL)
ATTRIBUTE = re.compile(r"(?<![\w-])(?:title|aria-label|placeholder|alt)=\"([^\"]*)\"", re.DOTALL)
APART = re.compile(r"<(code|kbd|style|pre)\b.*?</\1>|\{% block \w+_class %\}[\w -]*", re.DOTALL)
# The same in every language: names, units, keys.
NAMES = {"Reelproof", "ms", "px", "fps", "API", "SHA-256", "Ctrl", "MP4", "GPU"}


def found(domain: str) -> Catalog:
    source = catalogues.found_in_code() if domain == "django" else catalogues.found_in_scripts()
    return catalogues.template_of(source)


@pytest.fixture(scope="module")
def templates() -> dict[str, Catalog]:
    return {domain: found(domain) for domain in ("django", "djangojs")}


def said(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


@pytest.mark.parametrize(("language", "domain"), BOTH)
def test_a_catalogue_says_everything(language: str, domain: str, templates: dict[str, Catalog]) -> None:
    kept = catalogues.read(language, domain)
    missing = [
        str(message.id)[:80]
        for message in templates[domain]
        if message.id and not ((has := kept.get(message.id, message.context)) and all(said(has)))
    ]
    assert missing == [], HOW
    assert not [message.id for message in kept if message.fuzzy and message.id]


def test_no_key_is_translated() -> None:
    """A header, a parameter or a key of a dictionary is the same in every language."""
    said = r"(_|lazy|noop|gettext\w*)\("
    looked_up = re.compile(
        rf"\b(get|pop|getlist|setdefault|add|filter|reverse)\({said}\"|\[{said}|(==|!=| in) {said}"
    )
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in modules()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if looked_up.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(("language", "domain"), BOTH)
def test_a_translation_has_the_places_of_what_it_translates(language: str, domain: str) -> None:
    odd = []
    for message in catalogues.read(language, domain):
        if not message.id or not all(said(message)):
            continue
        ids = (message.id,) if isinstance(message.id, str) else message.id
        wanted = {place for each in ids for place in PLACES.findall(each)}
        for text in said(message):
            has = set(PLACES.findall(text))
            if has - wanted or (isinstance(message.id, str) and has != wanted):
                odd.append((message.id, text))
    assert not odd


@pytest.mark.parametrize(("language", "domain"), BOTH)
def test_what_the_product_reads_is_what_people_edit(language: str, domain: str) -> None:
    _, product = catalogues.paths(language, domain)
    assert product.read_bytes() == catalogues.compiled(domain, catalogues.read(language, domain)), HOW


def unmarked(page: str) -> Iterator[str]:
    """What a template says outside its translate tags."""
    text = SAID.sub(" ", COMMENTS.sub(" ", page))
    for include in INCLUDE.findall(text):
        yield from HANDED.findall(include)
    for expression in EXPRESSION.findall(text):
        yield from IN_EXPRESSION.findall(expression)
    yield from ATTRIBUTE.findall(TEMPLATE_TAG.sub(" ", text))
    text = TEMPLATE_TAG.sub("", APART.sub(" ", text))
    yield from re.split(r"\n|·", HTML_TAG.sub("\n", text))


def is_said(text: str) -> bool:
    words = re.findall(r"[^\W\d_]{2,}", re.sub(r"&\w+;", "", text))
    return bool(set(words) - NAMES)


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_string_of_a_page_escapes(path: Path) -> None:
    assert [text.strip() for text in unmarked(path.read_text()) if is_said(text)] == []


def test_a_string_that_escapes_is_noticed() -> None:
    page = '<p title="Hello there">{% translate "Fine" %} Good {{ day }}</p>'
    page += "{% blocktranslate %}So{% endblocktranslate %}"
    page += '{% include "a.html" with title="Nothing" text=_("Marked") only %}'
    page += """{{ icon("star", 12, "Escaped") }}{{ icon('star', 12, _("Marked, too")) }}"""
    escaped = [text.strip() for text in unmarked(page) if is_said(text)]
    assert escaped == ["Nothing", "Escaped", "Hello there", "Good"]


def test_every_word_of_a_jinja_template_is_found() -> None:
    known = found("django")
    pages = (path.read_text() for path in (ROOT / "templates" / "jinja").rglob("*.html"))
    said = {text for page in pages for text in re.findall(r"""_\(["'](.*?)["']\)""", page)}
    assert "Seen" in said
    assert {text for text in said if text not in known} == set()


QUOTED = re.compile(r"""(\b\w*\(\s*)?(?:"((?:[^"\\\n]|\\.)*)"|`([^`]*)`)""")
# "Part of the frame", "${count} selected"
PROSE = re.compile(r"^[A-Z][a-z']+,? [a-z…]|^… (?:\w+ )*[a-z]{2}")


def unmarked_in_script(script: str) -> Iterator[str]:
    script = re.sub(r"(?m)^\s*//.*$|\bngettext\([^;]*?\)", "", script)
    for called, plain, template in QUOTED.findall(script):
        text = re.sub(r"\$\{[^}]*\}", "…", plain or template)
        if called.strip() != "_(" and PROSE.search(text):
            yield text


def test_no_string_of_a_script_escapes() -> None:
    escaped = {
        f"{path.relative_to(ROOT)}: {text}"
        for path in sorted((ROOT / "dam/static/dam/js").rglob("*.js"))
        for text in unmarked_in_script(path.read_text())
    }
    assert sorted(escaped) == []


def test_a_string_of_a_script_that_escapes_is_noticed() -> None:
    script = """toast("Saved it."); say(_("Saved for good.")); output.textContent = `${chosen} selected`;
    label(ngettext("Uploading {count} file", "Uploading {count} files", 2)); find("Shift+A", "draft ");"""
    assert list(unmarked_in_script(script)) == ["Saved it.", "… selected"]


# Read on the command line, or by no one.
BESIDE = {"importer.py", "input.py", "folders.py", "sidecars.py"}
SAYS = re.compile(r"^(messages\.\w+|PermissionDenied|BadRequest|Http404|forms\.ValidationError|\w*Refused)$")
# Said when a page is, so neither while a module is read nor in the language of the first who asks.
EAGER = {"gettext", "ngettext"}


def said_too_soon(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    names = {
        each.asname or each.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for each in node.names
        if each.name in EAGER
    }
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield ast.unparse(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
        elif not isinstance(node, ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def test_nothing_is_translated_before_anybody_asks() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {text}" for path in modules() for text in said_too_soon(path.read_text())
    }
    assert sorted(found) == []


def test_a_string_that_is_translated_too_soon_is_noticed() -> None:
    source = """from django.utils.translation import gettext as _, gettext_lazy as later
class Form:
    label, help = _("Label"), later("Help")
    def title(self, default=_("None")): return _("Title")
TITLES = {"a": lambda: _("A")}"""
    assert sorted(said_too_soon(source)) == ["_('Label')", "_('None')"]


LABELS = {"label", "help_text", "placeholder"}


def unmarked_strings(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):  # of a refusal
            for each in node.body:
                if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) in {"title", "message"}:
                    text = each.value.value if isinstance(each.value, ast.Constant) else ""
                    if isinstance(text, str) and text:
                        yield text
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        given = [each.value for each in node.keywords if each.arg in LABELS and name.startswith("forms.")]
        if SAYS.match(name):
            given += node.args
        for value in given:
            text = value.value if isinstance(value, ast.Constant) else ""
            if isinstance(value, ast.JoinedStr):
                text = "".join(str(part.value) for part in value.values if isinstance(part, ast.Constant))
            if isinstance(text, str) and " " in text.strip():
                yield text


def test_no_message_or_label_escapes() -> None:
    escaped = {
        f"{path.relative_to(ROOT)}: {text}"
        for path in modules()
        if not {"management", "backups"} & set(path.relative_to(ROOT).parts) and path.name not in BESIDE
        for text in unmarked_strings(path.read_text())
    }
    assert sorted(escaped) == []
