"""What a reviewer answers before they approve, and when that allows it. Pure: facts in, refusal or None."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from dam.core.language import gettext as _
from provenance.review.policies import Refusal

LONGEST_NOTE = 1_000  # characters, of evidence in words as well


class Choice(StrEnum):
    """How a question can be answered."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "n/a"


class Evidence(StrEnum):
    """Whether a question asks what stands behind its answer."""

    UNASKED = ""
    OPTIONAL = "may"
    NEEDED = "needed"  # for Yes


@dataclass(frozen=True)
class Question:
    """One line of a stage's checklist. `number` is its key; an edit raises its `revision`."""

    number: int
    revision: int
    words: str
    help: str = ""
    source: str = ""  # the law, policy or contract behind it
    required: bool = True
    stops: bool = True  # "no" makes an approval impossible; else it asks for a note
    evidence: Evidence = Evidence.UNASKED


@dataclass(frozen=True)
class Document:
    """A file that was given as evidence; `file` is its key (provenance.review.evidence)."""

    file: str
    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Answer:
    """What was answered to a question as it read in that `revision`. None: nothing was.

    `evidence` is what stands behind it: a link, a reference, or the words themselves; and `document`.
    """

    question: int
    revision: int
    choice: Choice | None
    note: str = ""
    evidence: str = ""
    document: Document | None = None


def refuse_answer(question: Question, answer: Answer | None) -> Refusal | None:
    """Why this question is in the way of an approval; None where it isn't."""
    if answer is None or answer.choice is None:
        if question.required:
            return Refusal("unanswered", _("Answer this question."))
        return _refuse_length(answer) if answer else None
    if answer.revision != question.revision:
        return Refusal(
            "question_changed", _("This question was changed while you were answering. Read it again.")
        )
    if long := _refuse_length(answer):
        return long
    if answer.choice is Choice.NO and question.stops:
        return Refusal(
            "stopped",
            _("A clip can't be approved with No here. Request changes or reject it, and say why there."),
        )
    if answer.choice is Choice.NO and not answer.note.strip():
        return Refusal("no_note", _("Say in a note why this is acceptable."))
    proven = bool(answer.evidence.strip()) or answer.document is not None
    if answer.choice is Choice.YES and question.evidence is Evidence.NEEDED and not proven:
        return Refusal(
            "no_evidence",
            _("Yes needs evidence here. Enter a link or a reference, or choose a document."),
        )
    return None


def _refuse_length(answer: Answer) -> Refusal | None:
    if len(answer.note) > LONGEST_NOTE:
        return Refusal(
            "long_note",
            _("A note has at most %(most)s characters. This one has %(has)s.")
            % {"most": LONGEST_NOTE, "has": len(answer.note)},
        )
    if len(answer.evidence) > LONGEST_NOTE:
        return Refusal(
            "long_evidence",
            _("Evidence has at most %(most)s characters. This one has %(has)s.")
            % {"most": LONGEST_NOTE, "has": len(answer.evidence)},
        )
    return None


def refuse(questions: Sequence[Question], answers: Iterable[Answer]) -> Refusal | None:
    """Why these answers don't allow an approval: the first question in the way, named."""
    given = by_question(answers)
    for question in questions:
        refusal = refuse_answer(question, given.get(question.number))
        if refusal is not None:
            words = _("Checklist, “%(question)s”: %(problem)s") % {
                "question": question.words,
                "problem": refusal.sentence,
            }
            return Refusal(refusal.code, words)
    return None


def by_question(answers: Iterable[Answer]) -> Mapping[int, Answer]:
    return {answer.question: answer for answer in answers}


def record(questions: Sequence[Question], answers: Iterable[Answer]) -> list[dict[str, object]]:
    """What is kept with a decision: each question as it read, with its answer, or "".

    Of a question that asks for evidence, what was given as well.
    """
    given = by_question(answers)
    kept: list[dict[str, object]] = []
    for question in questions:
        answer = given.get(question.number)
        line: dict[str, object] = {
            "question": question.number,
            "revision": question.revision,
            "words": question.words,
            "source": question.source,
            "answer": answer.choice.value if answer and answer.choice else "",
            "note": answer.note.strip() if answer else "",
        }
        if question.evidence:
            line["evidence"] = answer.evidence.strip() if answer else ""
            if answer and answer.document:
                line["document"] = asdict(answer.document)
        kept.append(line)
    return kept
