"""What is missing, misconfigured or unsafe in this installation, and how to mend it (`manage.py doctor`).

Each check is a function that yields findings and changes nothing. Packages above this one add theirs as
their app starts: `doctor.CHECKS.append(development_ca)`.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

log = logging.getLogger(__name__)


class Level(StrEnum):
    ERROR = "error"  # something doesn't work, or is open to others
    WARNING = "warning"  # it works, and will hurt one day
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """`code` is for programs, `sentence` says what is so, `mend` what to do."""

    level: Level
    code: str
    sentence: str
    mend: str


Check = Callable[[], Iterable[Finding]]
CHECKS: list[Check] = []


def check(function: Check) -> Check:
    """Mark a function as one of the checks, in the order of the files."""
    CHECKS.append(function)
    return function


def examine() -> list[Finding]:
    """Everything that was found, the worst first. A check that fails itself is a finding."""
    from dam.operations import doctor_settings, doctor_state  # noqa: F401 - they register their checks

    found: list[Finding] = []
    for each in CHECKS:
        try:
            found += each()
        except Exception:
            log.exception("A check of the doctor failed.")
            sentence = _("The check “%(name)s” couldn't be made.") % {"name": each.__name__.replace("_", " ")}
            found.append(Finding(Level.ERROR, "check_failed", sentence, _("See the error above.")))
    return sorted(found, key=lambda finding: list(Level).index(finding.level))


def error(code: str, sentence: str, mend: str) -> Finding:
    return Finding(Level.ERROR, code, sentence, mend)


def warning(code: str, sentence: str, mend: str) -> Finding:
    return Finding(Level.WARNING, code, sentence, mend)
