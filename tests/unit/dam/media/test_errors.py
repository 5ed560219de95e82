from dam.media.errors import MESSAGES, TITLES, FileRefused


def test_every_code_has_a_title_and_a_sentence() -> None:
    assert TITLES.keys() == MESSAGES.keys()
    assert all(message.endswith(".") for message in MESSAGES.values())


def test_a_refusal_keeps_a_message_of_its_own() -> None:
    refused = FileRefused("too_wide", "The picture is 20000 × 2 pixels.")
    assert (refused.code, str(refused), refused.title) == (
        "too_wide",
        "The picture is 20000 × 2 pixels.",
        "Resolution too high",
    )
