"""What a reviewer answers before they approve, and when that allows it. Pure: facts in, refusal or None."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dam.core.language import gettext as _
from provenance.review.policies import Refusal

LONGEST_NOTE = 1_000  # characters


class Choice(StrEnum):
    """How a question can be answered."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "n/a"


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


@dataclass(frozen=True)
class Answer:
    """What was answered to a question as it read in that `revision`. None: nothing was."""

    question: int
    revision: int
    choice: Choice | None
    note: str = ""


def refuse_answer(question: Question, answer: Answer | None) -> Refusal | None:
    """Why this question is in the way of an approval; None where it isn't."""
    if answer is None or answer.choice is None:
        if question.required:
            return Refusal("unanswered", _("Answer this question."))
        return None
    if answer.revision != question.revision:
        return Refusal(
            "question_changed", _("This question was changed while you were answering. Read it again.")
        )
    if len(answer.note) > LONGEST_NOTE:
        return Refusal(
            "long_note",
            _("A note has at most %(most)s characters. This one has %(has)s.")
            % {"most": LONGEST_NOTE, "has": len(answer.note)},
        )
    if answer.choice is Choice.NO and question.stops:
        return Refusal(
            "stopped",
            _("A clip can't be approved with No here. Request changes or reject it, and say why there."),
        )
    if answer.choice is Choice.NO and not answer.note.strip():
        return Refusal("no_note", _("Say in a note why this is acceptable."))
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
    """What is kept with a decision: each question as it read, with its answer, or ""."""
    given = by_question(answers)
    kept: list[dict[str, object]] = []
    for question in questions:
        answer = given.get(question.number)
        kept.append(
            {
                "question": question.number,
                "revision": question.revision,
                "words": question.words,
                "source": question.source,
                "answer": answer.choice.value if answer and answer.choice else "",
                "note": answer.note.strip() if answer else "",
            }
        )
    return kept
