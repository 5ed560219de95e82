import pytest
from django.utils import translation

from dam.core import failures, kept_sentences


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        (
            "The receiver's certificate isn't valid: self-signed certificate.",
            "Das Zertifikat des Empfängers ist ungültig: self-signed certificate.",
        ),
        ("The receiver refused the connection.", "Der Empfänger hat die Verbindung abgelehnt."),
        (
            "12,000 files missing, 1 damaged",
            "12.000 Dateien fehlen, 1 beschädigt",
        ),
    ],
)
def test_what_was_kept_with_names_and_numbers_is_said_in_the_readers_language(kept: str, shown: str) -> None:
    with translation.override("de"):
        assert failures.shown(kept) == shown
    with translation.override("en"):
        assert failures.shown(kept) == kept


@pytest.mark.parametrize("title", ["²", "9" * 5000])
def test_a_title_that_only_looks_like_a_number_is_no_count(title: str) -> None:
    kept = f"“{title}” isn't in the library any more. Remove it."
    with translation.override("de"):
        said = kept_sentences.said(kept)
    assert title in said
    assert said != kept


def test_the_words_of_another_system_stay_its_own() -> None:
    kept = (
        "The server refused the recipient's address. "
        "It said: “550 5.1.1 No such user. The server refused the email.”"
    )
    with translation.override("de"):
        said = failures.shown(kept)
    assert "550 5.1.1 No such user." in said
    assert "It said" not in said
    assert "The server refused the recipient's" not in said


def test_a_sentence_that_follows_another_is_said_with_what_stands_in_it() -> None:
    kept = "It took longer than the limit of 7 minutes. Reelproof will try again automatically."
    with translation.override("fr"):
        said = kept_sentences.said(kept)
    assert "7 minutes" in said
    assert "longer than" not in said
    assert "try again" not in said


@pytest.mark.parametrize("kept", ["What an earlier release said.", "Tea and cake", "550 Go away: bye.", "."])
def test_what_no_catalogue_has_is_shown_as_it_was_kept(kept: str) -> None:
    with translation.override("de"):
        assert kept_sentences.said(kept) == kept


@pytest.mark.parametrize("language", ["de", "fr"])
def test_every_full_sentence_of_the_catalogue_is_found_again_with_its_places_filled(language: str) -> None:
    with translation.override(language):
        for sentence in kept_sentences._sentences(language):
            filled = kept_sentences._filled(sentence.one, dict.fromkeys(sentence.pattern.groupindex, "Xy"))
            if filled.endswith("."):
                assert kept_sentences._one(filled) is not None, filled


def test_a_text_of_hundreds_of_sentences_is_read_in_proportion_to_its_length(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []
    monkeypatch.setattr(kept_sentences, "_one", read.append)  # finds nothing
    with translation.override("de"):
        kept_sentences.said("No. " * 300)
    assert len(read) <= kept_sentences.MOST_TOGETHER * 300
