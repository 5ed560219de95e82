"""What rules are about, and what becomes of a prompt that they find something in. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Subject(StrEnum):
    """What a rule's terms name. Words of the language are found inflected too, names aren't."""

    WORD = "word"
    PERSON = "person"  # a real one
    MARK = "mark"  # of a third party
    CHARACTER = "character"
    STYLE = "style"

    @property
    def inflected(self) -> bool:
        return self in (Subject.WORD, Subject.STYLE)


class Verdict(StrEnum):
    NOTE = "note"  # allowed, and said to whoever asks and to who reviews the clip
    WAIVER = "waiver"  # not until a legal reviewer allows this prompt
    REFUSE = "refuse"


SEVERITY = (Verdict.NOTE, Verdict.WAIVER, Verdict.REFUSE)


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that found something. `found` is the text as it was typed."""

    rule: int
    revision: int
    name: str
    subject: Subject
    verdict: Verdict
    found: str
    reason: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of one prompt. `waiver` is the one that covers it, if it needs one."""

    findings: tuple[Finding, ...] = ()
    waiver: int | None = None

    @property
    def verdict(self) -> Verdict | None:
        """The gravest; None: nothing was found."""
        return max((each.verdict for each in self.findings), key=SEVERITY.index, default=None)

    @property
    def is_allowed(self) -> bool:
        return self.verdict in (None, Verdict.NOTE) or self.is_waived

    @property
    def is_waived(self) -> bool:
        return self.verdict is Verdict.WAIVER and self.waiver is not None

    @property
    def gravest(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.verdict is self.verdict)

    def kept(self) -> dict[str, Any]:
        """As a job keeps it; empty where nothing was found."""
        if not self.findings:
            return {}
        findings = [asdict(each) for each in self.findings]
        return {"findings": findings, **({"waiver": self.waiver} if self.is_waived else {})}


def read(kept: Mapping[str, Any]) -> Judgement:
    """What a job has kept."""
    findings: Sequence[Mapping[str, Any]] = kept.get("findings", ())
    return Judgement(
        tuple(
            Finding(
                **{**each, "subject": Subject(each["subject"]), "verdict": Verdict(each["verdict"])},
            )
            for each in findings
        ),
        kept.get("waiver"),
    )
