from dam.media import overlay, subrip


def lines_of(script: str) -> list[str]:
    return [line.split(",,0,0,0,,")[1] for line in script.splitlines() if line.startswith("Dialogue")]


def test_a_label_is_shown_all_the_time() -> None:
    script = overlay.script(width=640, height=360, label="Draft")
    assert "Dialogue: 0,0:00:00.00,9:00:00.00,Label,,0,0,0,,Draft" in script


def test_captions_come_and_go() -> None:
    script = overlay.script(width=640, height=360, captions=[(1230, 61_500, "Hello")])
    assert "Dialogue: 0,0:00:01.23,0:01:01.50,Caption,,0,0,0,,Hello" in script


def test_nothing_that_was_typed_is_a_command() -> None:
    script = overlay.script(width=640, height=360, label=r"{\an5}C:\Nature", captions=[(0, 1, "a\n{b}")])
    label, caption = lines_of(script)
    assert label == "\\{\\\u2060an5\\}C:\\\u2060Nature"
    assert caption == "a\\N\\{b\\}"


def test_a_line_of_its_own_adds_no_event() -> None:
    script = overlay.script(width=64, height=36, label="a\nDialogue: 0,0,0,Label,,0,0,0,,b")
    assert len(lines_of(script)) == 1


def test_what_is_written_as_subrip_is_read_back() -> None:
    cues = [(0, 900, "Hello there"), (3_600_500, 3_601_000, "An hour later")]
    assert subrip.read(subrip.write(cues)) == cues
