"""Makes a generated clip again and says whether it comes out the same: `manage.py reproduce ID`."""

import json
import time
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser
from django.db.models import Q

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Member, Nobody
from dam.core import command
from dam.core.errors import Refused
from dam.models import Version
from generation import reproducer, reproduction_words, reproductions
from generation.frame_comparison import Outcome
from generation.models import Reproduction
from generation.states import ReproductionState

POLL_SECONDS = 0.5
DIFFERENT, IMPOSSIBLE = 1, 2  # exit statuses


class Command(command.Command):
    help = (
        "Make a generated clip again in this process, as it was recorded, and compare it with the clip that"
        " is kept. Exit status 0 when it is identical or the same to the eye, 1 when it is different, 2 when"
        " it can't be reproduced or the run failed. With --json, one object {reproduction, asset, version,"
        " state, verdict, sentence, reason, figures, then, now} on standard output. The answer is kept with"
        " the clip and in the activity log."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "id", type=UUID, metavar="ID", help="a clip, for its latest version, or a version"
        )
        parser.add_argument(
            "--as",
            dest="email",
            metavar="EMAIL",
            help="who asks (default: the first person who can)",
        )
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        version = _version(options["id"])
        try:
            asked = reproductions.ask(version, by=_person(version, options["email"]), send=False)
        except Refused as refused:
            raise CommandError(refused.message, returncode=IMPOSSIBLE) from refused
        mine = reproductions.claim(asked.pk)
        if mine is not None:
            reproducer.run(mine)
        row = _ended(asked.pk)
        shown = reproduction_words.shown(row)
        if options["json"]:
            facts = {
                "reproduction": str(row.pk),
                "asset": str(version.asset_id),
                "version": str(version.pk),
                "state": row.state,
                "verdict": row.verdict,
                "sentence": shown.sentence,
                "reason": row.reason,
                "figures": row.figures,
                "then": row.then,
                "now": row.now,
            }
            self.stdout.write(json.dumps(facts, indent=2, ensure_ascii=False))
        else:
            self.stdout.write(shown.sentence or shown.label)
        if status := _status(row):
            raise SystemExit(status)


def _status(row: Reproduction) -> int:
    match row.verdict:
        case Outcome.IDENTICAL | Outcome.SAME:
            return 0
        case Outcome.DIFFERENT:
            return DIFFERENT
        case _:
            return IMPOSSIBLE


def _version(key: UUID) -> Version:
    rows = Version.objects.select_related("brand", "asset")
    found = rows.filter(Q(pk=key) | Q(asset=key, latest_of__isnull=False), asset__trashed_at=None).first()
    if found is None:
        raise CommandError(f"There is no clip or version {key}.", returncode=IMPOSSIBLE)
    return found


def _person(version: Version, email: str | None) -> Member:
    try:
        return principals.acting(version.brand, Capability.GENERATE, email=email)
    except Nobody as error:
        raise CommandError(str(error), returncode=IMPOSSIBLE) from error


def _ended(key: UUID) -> Reproduction:
    """The row once it has ended: at once, unless a worker was at it already or something was away."""
    while True:
        row = Reproduction.objects.select_related("asked_by").get(pk=key)
        if row.state not in reproductions.OPEN:
            return row
        if row.state == ReproductionState.WAITING and row.reason:
            raise CommandError(row.reason, returncode=IMPOSSIBLE)
        time.sleep(POLL_SECONDS)
