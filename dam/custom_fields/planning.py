"""What a field becomes by what somebody wishes: the wish held against what there is. No table is asked."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from unicodedata import normalize

from django.utils.translation import gettext as _

from dam.catalog.models import AssetKind
from dam.core import errors, foreign_text
from dam.core.language import number
from dam.custom_fields import reading
from dam.custom_fields.definitions import CHOOSING, EMPTY, Field, Kind, Option, Schema
from dam.custom_fields.models import CustomField, FieldOption

MOST_OPTIONS = 500  # of a field; retired ones count


class FieldRefused(errors.Refused):
    """A field can't be as it was asked for; `code` says why, `where` which part of its form."""

    def __init__(self, code: str, message: str, *, where: str = "") -> None:
        self.where = where
        super().__init__(message, code=code)


@dataclass(frozen=True)
class OptionWish:
    """An option as it is to be. Without a key it is new, and gets one from its label."""

    label: str
    key: str = ""
    retired: bool = False
    only_with: frozenset[str] = frozenset()  # keys of the other field's options


@dataclass(frozen=True)
class Wish:
    """A field as it is to be; its kind and its key never change once it is made."""

    title: str
    help: str = ""
    required: bool = False
    default: Sequence[str] = EMPTY  # as typed
    in_filters: bool = True
    depends_on: str = ""
    options: tuple[OptionWish, ...] = ()
    clip_kinds: frozenset[str] = frozenset()  # none for clips of every kind


def planned(before: Field, wish: Wish, known: Schema) -> Field:
    """The field as the wish makes it. Pure but for what it is told. Raises FieldRefused."""
    title = _line(wish.title, CustomField.LONGEST_TITLE, where="title")
    if not title:
        raise FieldRefused("no_title", _("Enter a name."), where="title")
    for other in known.in_use:
        if other.key != before.key and other.title.casefold() == title.casefold():
            raise FieldRefused("title_taken", _("The brand has a field of this name already."), where="title")
    after = replace(
        before,
        title=title,
        help=_line(wish.help, CustomField.LONGEST_HELP, where="help"),
        required=wish.required,
        in_filters=wish.in_filters,
        depends_on=_depended_on(before, wish, known),
        options=(),
        default=EMPTY,
        clip_kinds=_clip_kinds(wish),
    )
    if before.chooses:
        after = replace(after, options=_options(before, wish, known.get(after.depends_on)))
    try:
        kept = before.default if before.kind is Kind.NUMBER else EMPTY
        default = reading.read(after, wish.default, kept=kept)
    except reading.ValueRefused as refused:
        raise FieldRefused("default", refused.message, where="default") from refused
    return replace(after, default=default)


def _clip_kinds(wish: Wish) -> frozenset[str]:
    """Those that are named, or none where these are all that there are."""
    if not wish.clip_kinds <= frozenset(AssetKind.values):
        raise FieldRefused("clip_kinds", _("Choose kinds of clip that there are."), where="clip_kinds")
    return wish.clip_kinds if wish.clip_kinds < frozenset(AssetKind.values) else frozenset()


def _depended_on(before: Field, wish: Wish, known: Schema) -> str:
    if not wish.depends_on or not before.chooses:
        return ""
    other = known.get(wish.depends_on)
    stays = other is not None and other.key == before.depends_on  # and may be retired, as this one is then
    if other is None or (other.retired and not stays) or other.kind not in CHOOSING:
        raise FieldRefused(
            "depends_on", _("A field can depend on another field of choices."), where="depends_on"
        )
    above: Field | None = other
    while above is not None:
        if above.key == before.key:
            raise FieldRefused(
                "circle",
                _("“%(other)s” depends on this field, so this one can't depend on it.")
                % {"other": other.title},
                where="depends_on",
            )
        above = known.get(above.depends_on)
    return other.key


def _options(before: Field, wish: Wish, other: Field | None) -> tuple[Option, ...]:
    """In the order of the wish; those it doesn't name stay at the end, retired."""
    known = {option.key: option for option in before.options}
    taken, labels = set(known), set[str]()
    made: list[Option] = []
    for each in wish.options:
        label = _line(each.label, FieldOption.LONGEST_LABEL, where="options")
        if not label:
            continue
        if label.casefold() in labels:
            raise FieldRefused(
                "option_twice", _("There are two options “%(label)s”.") % {"label": label}, where="options"
            )
        labels.add(label.casefold())
        old = known.get(each.key)
        key = each.key if old else fresh_key(each.key or label, taken, FieldOption.LONGEST_KEY, "option")
        taken.add(key)
        above = {option.key for option in other.options} if other else set()
        made.append(
            Option(
                number=old.number if old else 0,
                key=key,
                label=label,
                retired=each.retired,
                only_with=frozenset(each.only_with & above),
            )
        )
    named = {option.key for option in made}
    gone = [replace(option, retired=True) for option in before.options if option.key not in named]
    clash = next((option.label for option in gone if option.label.casefold() in labels), None)
    if clash:
        raise FieldRefused(
            "option_retired",
            _("There is a retired option “%(label)s”. Restore it instead of adding it anew.")
            % {"label": clash},
            where="options",
        )
    options = (*made, *gone)
    if not any(not option.retired for option in options):
        raise FieldRefused("no_options", _("Add at least one option."), where="options")
    if len(options) > MOST_OPTIONS:
        raise FieldRefused(
            "too_many_options",
            _("A field has at most %(most)s options, retired ones among them.")
            % {"most": number(MOST_OPTIONS)},
            where="options",
        )
    return options


def changes(before: Field, after: Field, known: Schema) -> dict[str, list[object]]:
    """What differs, as the event carries it: in words, before and after."""
    title_of = {key: field.title for key, field in known.items()}
    pairs: dict[str, list[object]] = {
        "title": [before.title, after.title],
        "help": [before.help, after.help],
        "required": [before.required, after.required],
        "in_filters": [before.in_filters, after.in_filters],
        "default": [list(before.default), list(after.default)],
        "depends_on": [title_of.get(before.depends_on, ""), title_of.get(after.depends_on, "")],
        "clip_kinds": [_kinds(before), _kinds(after)],
        "options": [_said(before.options, before, known), _said(after.options, after, known)],
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _kinds(field: Field) -> list[str]:
    return [kind for kind in AssetKind.values if kind in field.clip_kinds]


def _said(options: Iterable[Option], field: Field, known: Schema) -> list[str]:
    """The options that are offered, each with those it is tied to."""
    other = known.get(field.depends_on)
    labels = {each.key: each.label for each in other.options} if other else {}
    return [_tied(option, labels) for option in options if not option.retired]


def _tied(option: Option, labels: Mapping[str, str]) -> str:
    tied = ", ".join(labels.get(key, key) for key in sorted(option.only_with))
    return f"{option.label} ({tied})" if tied else option.label


def _line(text: str, most: int, *, where: str) -> str:
    line = " ".join(foreign_text.neutral(text).split())
    if len(line) > most:
        raise FieldRefused(
            "too_long",
            _("This has %(has)s characters; %(most)s are allowed.") % {"has": len(line), "most": most},
            where=where,
        )
    return line


def fresh_key(text: str, taken: Iterable[str], most: int, otherwise: str) -> str:
    """A key from words: "Product line" becomes product_line, and product_line_2 where that is taken."""
    plain = normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    base = re.sub(r"[^a-z0-9]+", "_", plain).strip("_").lstrip("0123456789_")[: most - 4] or otherwise
    taken = set(taken)
    key, count = base, 1
    while key in taken:
        count += 1
        key = f"{base}_{count}"
    return key
