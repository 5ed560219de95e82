"""Every table of our own apps with its main fields, read from Django's models."""

from dataclasses import dataclass

from django.apps import apps
from django.db import models

APPS = ("dam", "provenance", "generation")
MOST_ROWS = 11
KINDS = {
    "CharField": "text",
    "TextField": "text",
    "EmailField": "text",
    "SlugField": "text",
    "FileField": "file",
    "DateTimeField": "time",
    "DateField": "date",
    "BooleanField": "yes/no",
    "UUIDField": "uuid",
    "JSONField": "json",
    "FloatField": "number",
    "DecimalField": "number",
    "DurationField": "duration",
    "ArrayField": "list",
    "HalfVectorField": "vector",
}


@dataclass(frozen=True)
class FieldRow:
    name: str
    kind: str
    target: str | None = None  # "Version": the table this one points to


@dataclass(frozen=True)
class Table:
    name: str
    group: str
    rows: tuple[FieldRow, ...]
    unshown: int = 0  # fields left out


def read() -> tuple[Table, ...]:
    """Every table of our own apps, as Django knows them."""
    found = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    return tuple(_table(model) for model in sorted(found, key=lambda model: (_group(model), model.__name__)))


def _group(model: type[models.Model]) -> str:
    """The package: dam.catalog.models → dam.catalog."""
    return ".".join(part for part in model.__module__.split(".") if part != "models")


def _table(model: type[models.Model]) -> Table:
    own = (*model._meta.fields, *model._meta.many_to_many)
    keys = (models.AutoField, models.CompositePrimaryKey)
    fields = [field for field in own if not isinstance(field, keys)]
    unique = {name for each in model._meta.constraints for name in getattr(each, "fields", ())}

    def weight(field: models.Field) -> int:  # type: ignore[type-arg]
        if field.is_relation or field.primary_key:
            return 0
        return 1 if field.choices or field.unique or field.name in unique else 2

    main = sorted(fields, key=weight)[:MOST_ROWS]  # sorted keeps the order of definition among equals
    shown = sorted(main, key=lambda field: (not field.is_relation, fields.index(field)))
    return Table(model.__name__, _group(model), tuple(map(_row, shown)), unshown=len(fields) - len(shown))


def _row(field: models.Field) -> FieldRow:  # type: ignore[type-arg]
    optional = "?" if field.null else ""
    if field.is_relation:
        assert isinstance(field.related_model, type)
        target = field.related_model.__name__
        many, one = isinstance(field, models.ManyToManyField), isinstance(field, models.OneToOneField)
        return FieldRow(
            field.name, f"{'⇉' if many else '→'} {target}{' (one)' if one else ''}{optional}", target
        )
    name = type(field).__name__
    kind = KINDS.get(name) or ("number" if "Integer" in name else name.removesuffix("Field").lower())
    return FieldRow(field.name, kind + optional)
