"""When the answers to a checklist allow an approval, case by case."""

import pytest

from provenance.review import checklist
from provenance.review.checklist import Answer, Choice, Document, Evidence, Question

STOPS = Question(7, 2, "Has everyone agreed?", source="GDPR Art. 6")
NEEDS_NOTE = Question(7, 2, "Is it unlike known works?", stops=False)
LICENCE = Document("b1946ac9", "licence.pdf", "0" * 64, 12)
PROVEN = Question(7, 2, "Is the licence on file?", stops=False, evidence=Evidence.NEEDED)
SOME = Question(7, 2, "Is the music ours?", evidence=Evidence.OPTIONAL)
OPTIONAL = Question(7, 2, "Is it pretty?", required=False)


@pytest.mark.parametrize(
    ("question", "answer", "code"),
    [
        (STOPS, None, "unanswered"),
        (STOPS, Answer(7, 2, None, "a note alone"), "unanswered"),
        (STOPS, Answer(7, 2, Choice.YES), None),
        (STOPS, Answer(7, 2, Choice.NOT_APPLICABLE), None),
        (STOPS, Answer(7, 2, Choice.NO, "for a reason"), "stopped"),
        (STOPS, Answer(7, 1, Choice.YES), "question_changed"),
        (STOPS, Answer(7, 2, Choice.YES, "x" * 1001), "long_note"),
        (STOPS, Answer(7, 2, Choice.YES, "x" * 1000), None),
        (NEEDS_NOTE, Answer(7, 2, Choice.NO), "no_note"),
        (NEEDS_NOTE, Answer(7, 2, Choice.NO, "  "), "no_note"),
        (NEEDS_NOTE, Answer(7, 2, Choice.NO, "A parody."), None),
        (PROVEN, Answer(7, 2, Choice.YES), "no_evidence"),
        (PROVEN, Answer(7, 2, Choice.YES, "a note is none", "  "), "no_evidence"),
        (PROVEN, Answer(7, 2, Choice.YES, evidence="DMS 4711"), None),
        (PROVEN, Answer(7, 2, Choice.YES, document=LICENCE), None),
        (PROVEN, Answer(7, 2, Choice.NO, "Not needed."), None),
        (PROVEN, Answer(7, 2, Choice.NOT_APPLICABLE), None),
        (PROVEN, Answer(7, 2, Choice.YES, evidence="x" * 1001), "long_evidence"),
        (SOME, Answer(7, 2, Choice.YES), None),
        (SOME, Answer(7, 2, Choice.YES, evidence="x" * 1000), None),
        (OPTIONAL, Answer(7, 2, None, "x" * 1001), "long_note"),
        (OPTIONAL, None, None),
        (OPTIONAL, Answer(7, 2, None), None),
        (OPTIONAL, Answer(7, 2, Choice.NO), "stopped"),
        (OPTIONAL, Answer(7, 1, Choice.YES), "question_changed"),
    ],
)
def test_what_an_answer_allows(question: Question, answer: Answer | None, code: str | None) -> None:
    refusal = checklist.refuse_answer(question, answer)
    assert (refusal and refusal.code) == code
    whole = checklist.refuse([question], [answer] if answer else [])
    assert (whole and whole.code) == code
    if whole is not None and refusal is not None:
        assert question.words in whole.sentence
        assert refusal.sentence in whole.sentence


def test_an_answer_to_another_question_answers_nothing() -> None:
    refusal = checklist.refuse([STOPS], [Answer(8, 2, Choice.YES)])
    assert refusal is not None
    assert refusal.code == "unanswered"


def test_the_record_keeps_each_question_as_it_read() -> None:
    other = Question(9, 0, "Is it pretty?", required=False)
    kept = checklist.record([STOPS, other], [Answer(7, 2, Choice.YES, " On file. ")])
    assert kept == [
        {
            "question": 7,
            "revision": 2,
            "words": "Has everyone agreed?",
            "source": "GDPR Art. 6",
            "answer": "yes",
            "note": "On file.",
        },
        {"question": 9, "revision": 0, "words": "Is it pretty?", "source": "", "answer": "", "note": ""},
    ]


def test_the_record_has_the_evidence_of_questions_that_ask_for_it() -> None:
    given = Answer(7, 2, Choice.YES, evidence=" DMS 4711\n")
    assert [line.get("evidence") for line in checklist.record([PROVEN, STOPS], [given])] == ["DMS 4711", None]
    assert checklist.record([SOME], [])[0]["evidence"] == ""
    (kept,) = checklist.record([PROVEN], [Answer(7, 2, Choice.YES, document=LICENCE)])
    assert (kept["evidence"], kept["document"]) == (
        "",
        {"file": "b1946ac9", "name": "licence.pdf", "sha256": "0" * 64, "size": 12},
    )
    assert "document" not in checklist.record([STOPS], [Answer(7, 2, Choice.YES, document=LICENCE)])[0]
