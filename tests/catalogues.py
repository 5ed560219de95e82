"""Bring dam/locale up to date: `python -m tests.catalogues` after a string was added or changed.

Finds what is to be translated in Python, templates and scripts, keeps what is translated, and writes the
.po files (for people), the .mo files (for the product) and the .js files (for its scripts). Nothing but
Python is needed for it, and nothing at all where the product is installed, as what it reads is kept with
the code.
"""

import io
import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import django
from babel.core import Locale
from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract

ROOT = Path(__file__).parents[1]
LOCALE = ROOT / "dam/locale"
SCRIPTS = ROOT / "dam/static/dam/words"
WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)  # in every header, so that nothing changes by itself
PLURALS = {"de": (2, "(n != 1)"), "fr": (2, "(n > 1)")}
LANGUAGES = tuple(PLURALS)
Keywords = dict[str, tuple[int | tuple[int, str], ...] | None]
KEYWORDS: Keywords = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "lazy": None,
    "noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
SCRIPT_KEYWORDS: Keywords = {"_": None, "ngettext": (1, 2)}
APART = {"migrations", "previz", "evaluation", "demo_data", "management", "footage", "embedded"}
# Where it is, what it says, and what of, where the same English says something else elsewhere.
Found = tuple[str, int, str | tuple[str, ...], str | None]


def found_in_code() -> Iterator[Found]:
    from django.utils.translation.template import templatize

    for app in ("dam", "provenance", "generation"):
        for path in sorted((ROOT / app).rglob("*.py")):
            if not APART & set(path.relative_to(ROOT).parts):  # a checkout may lie in a folder of such a name
                yield from _read(path, path.read_text(), "python", KEYWORDS)
    for path in sorted((ROOT / "templates").rglob("*.*")):
        if "jinja" in path.relative_to(ROOT).parts:
            yield from _read(path, path.read_text(), "jinja2", KEYWORDS)
        elif path.suffix in (".html", ".txt"):
            # What is no word of a template is X there; in brackets its indentation says nothing.
            yield from _read(path, f"({templatize(path.read_text())})", "python", KEYWORDS)
    from dam.rights import countries

    for name in countries.NAMES.values():
        yield "dam/rights/countries.py", 1, name, None


def found_in_scripts() -> Iterator[Found]:
    for path in sorted((ROOT / "dam/static/dam/js").rglob("*.js")):
        yield from _read(path, path.read_text(), "javascript", SCRIPT_KEYWORDS)


def _read(path: Path, source: str, method: str, keywords: Keywords) -> Iterator[Found]:
    # In scripts: also what is said within a `${…}`. Of Jinja's templates: an error where one can't be read.
    options = {"parse_template_string": True, "silent": "false"}
    found = extract(method, io.BytesIO(source.encode()), keywords, options=options)
    for line, message, _comments, of in found:
        if message:
            yield str(path.relative_to(ROOT)), line, message, of


def template_of(found: Iterator[Found]) -> Catalog:
    catalog = Catalog(project="Reelproof", fuzzy=False)
    for path, _line, message, of in found:
        catalog.add(message, locations=[(path, 0)], context=of)
    return catalog


def paths(language: str, domain: str) -> tuple[Path, Path]:
    """What people edit, and what the product reads."""
    folder = LOCALE / language / "LC_MESSAGES"
    read = SCRIPTS / f"{language}.js" if domain == "djangojs" else folder / f"{domain}.mo"
    return folder / f"{domain}.po", read


def read(language: str, domain: str) -> Catalog:
    path, _ = paths(language, domain)
    catalog = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as file:
            catalog = pofile.read_po(file, locale=language)
    # As Django counts; CLDR has a third form for French, of millions.
    forms, rule = PLURALS[language]
    vars(catalog).update(_num_plurals=forms, _plural_expr=rule)
    catalog.creation_date = catalog.revision_date = WRITTEN
    for message in catalog:
        if not isinstance(message.string, str):
            message.string = tuple(message.string or ())[:forms]
        if message.id:
            message.flags.discard("fuzzy")
    return catalog


def update(language: str, domain: str, template: Catalog) -> Catalog:
    catalog = read(language, domain)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.fuzzy = False
    names = Locale(language).territories
    from dam.rights import countries

    for code, name in countries.NAMES.items():
        message = catalog.get(name)
        if domain == "django" and message is not None and not message.string:
            message.string = str(names[code])
    return catalog


def po(catalog: Catalog) -> bytes:
    """As it is kept: without what changes by itself (dates, line numbers)."""
    written = io.BytesIO()
    pofile.write_po(written, catalog, width=110, sort_output=True, include_lineno=False, omit_header=True)
    header = f'msgid ""\nmsgstr ""\n"Language: {catalog.locale}\\n"\n"MIME-Version: 1.0\\n"\n'
    header += '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
    header += f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    return header.encode() + written.getvalue()


def mo(catalog: Catalog) -> bytes:
    written = io.BytesIO()
    mofile.write_mo(written, catalog)
    return written.getvalue()


def js(catalog: Catalog) -> bytes:
    """words.js reads it: what is said by its English; by the first form of what has a number."""
    said = {
        message.id if isinstance(message.id, str) else message.id[0]: message.string
        for message in catalog
        if message.id and _is_said(message.string)
    }
    ordered = json.dumps(dict(sorted(said.items())), ensure_ascii=False, indent=1)
    return f"globalThis.words = {ordered};\n".encode()


def compiled(domain: str, catalog: Catalog) -> bytes:
    return js(catalog) if domain == "djangojs" else mo(catalog)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dam.settings")
    os.environ["DATABASE_POOL_SIZE"] = "0"
    django.setup()
    for domain, found in (("django", found_in_code), ("djangojs", found_in_scripts)):
        template = template_of(found())
        for language in LANGUAGES:
            catalog = update(language, domain, template)
            path, product = paths(language, domain)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(po(catalog))
            product.write_bytes(compiled(domain, read(language, domain)))
            missing = sum(1 for message in catalog if message.id and not _is_said(message.string))
            sys.stdout.write(f"{language}/{domain}: {len(catalog)} strings, {missing} not translated\n")


def _is_said(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


if __name__ == "__main__":
    main()
