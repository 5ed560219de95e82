"""Search fields: what may be done with a clip."""

from dam.accounts.capabilities import Capability
from dam.core.lazily import lazy
from dam.rights import territories
from dam.rights.policy import Use
from dam.search.choice_titles import USES
from dam.search.search_field import NO, YES, Combine, Kind, Rights, SearchField

# What the database spells so in the row of a clip (migration 0089).
CLEARANCE, REQUIRED, FILES = "clearance", "fields", "files"


def _territory(typed: str) -> str | None:
    try:
        return territories.code_of(typed)
    except territories.UnknownTerritory:
        return None


FIELDS = (
    SearchField(
        name="usable",
        title=lazy("May be used"),
        column="{shown}__rights__uses",
        kind=Kind.FLAG,
        choices=((YES, lazy("May be used")), (NO, lazy("May not be used"))),
        array=True,
        rights=Rights.NOW,
        icon="circle-check-big",
    ),
    SearchField(
        name="use",
        title=lazy("May be used for"),
        column="{shown}__rights__uses",
        kind=Kind.CHOICE,
        choices=tuple((use.value, USES[use]) for use in Use),
        combine=Combine.EVERY,
        array=True,
        rights=Rights.USE,
        icon="circle-check-big",
        chip=lazy("may be used for {}"),
        excluded_chip=lazy("may not be used for {}"),
    ),
    SearchField(
        name="territory",
        title=lazy("May be used in"),
        column="{shown}__rights__territories",
        reader=_territory,
        speaker=territories.name_of,
        combine=Combine.EVERY,
        array=True,
        rights=Rights.TERRITORY,
        facet=False,
        form=("use", "territory", "on"),
        form_title=lazy("Use, country and day"),
        icon="globe",
        chip=lazy("may be used in {}"),
        excluded_chip=lazy("may not be used in {}"),
        examples=("FR", "germany", "EU", "worldwide"),
        takes=lazy("a country or its code, EU or worldwide"),
    ),
    SearchField(
        name="on",
        title=lazy("May be used on"),
        column="{shown}__rights__valid_until",
        kind=Kind.DATE,
        combine=Combine.EVERY,
        rights=Rights.ON,
        facet=False,
        icon="calendar-check",
        chip=lazy("may be used {}"),
        excluded_chip=lazy("may not be used {}"),
        examples=("2026-12-24", "2026-12", "today"),
    ),
    SearchField(
        name="rights_end",
        title=lazy("Clearance ends"),
        column="{shown}__rights_end__ends_at",
        kind=Kind.DATE,
        ahead=True,
        choices=(
            ("30d", lazy("In the next 30 days")),
            ("90d", lazy("In the next 90 days")),
            ("past", lazy("Already past")),
        ),
        combine=Combine.EVERY,
        icon="calendar-clock",
        chip=lazy("end of clearance: {}"),
        excluded_chip=lazy("end of clearance: not {}"),
        examples=("30d", "2026-12", "<2027-01-01", "past", "none"),
    ),
    SearchField(
        name="missing",
        title=lazy("Missing"),
        column="filter_row__{shown}",
        kind=Kind.CHOICE,
        of_rows=True,
        choices=(
            (CLEARANCE, lazy("A clearance")),
            (REQUIRED, lazy("A required field")),
            (FILES, lazy("Processing (a step failed)")),
        ),
        synonyms={"rights": CLEARANCE, "field": REQUIRED, "required": REQUIRED, "failed": FILES},
        needs=Capability.VIEW_UNRELEASED,
        icon="circle-alert",
        chip=lazy("missing: {}"),
        excluded_chip=lazy("not missing: {}"),
    ),
    SearchField(
        name="hold",
        title=lazy("Legal hold"),
        column="held_at",
        kind=Kind.FLAG,
        presence=True,
        choices=((YES, lazy("Under legal hold")), (NO, lazy("Not under legal hold"))),
        facet=False,
        needs=Capability.VIEW_UNRELEASED,
        icon="scale",
    ),
)
