import io

from dam.media import printed


def test_no_place_of_the_server_is_shown() -> None:
    said = (
        "[in#0 @ 0x55] Error opening /var/lib/dam/scratch/.making-x/made: Invalid data\n/tmp/a.mp4: 25/1 fps"
    )
    assert printed.tail(said) == "[in#0 @ 0x55] Error opening …: Invalid data\n…: 25/1 fps"


def test_what_a_terminal_would_obey_is_left_out_and_only_the_last_is_kept() -> None:
    assert printed.tail("frame 1\rframe 2\x1b[2J\n\n\x00end ") == "frame 1\nframe 2[2J\nend"
    assert printed.tail("x" * 9000 + "end") == "x" * (printed.MOST - 3) + "end"


def test_frames_are_read_of_what_ffmpeg_tells() -> None:
    told = io.BytesIO(b"frame=12\nfps=3\nframe=  x\nprogress=continue\nframe=30\nprogress=end\n")
    assert list(printed.frames(told)) == [12, 30]  # type: ignore[arg-type]  # it is read like a file
