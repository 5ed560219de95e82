from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from dam.media import commands, specs
from dam.media.probe import MediaInfo

from .test_probe import INFO

OUT = Path("/scratch/out.mp4")


def line(info: MediaInfo = INFO, source: str = "/scratch/in") -> list[str]:
    return commands.make_movie(Path(source), OUT, info=info, spec=specs.PROXY, binary="/opt/ffmpeg")


def test_only_files_and_only_the_probed_demuxer_may_be_opened() -> None:
    command = line()
    given = command[: command.index("-i")]
    assert given[given.index("-protocol_whitelist") + 1] == "file"
    assert given[given.index("-f") + 1] == "mov"


def test_a_name_that_looks_like_an_option_stays_a_name() -> None:
    assert "file:-y; rm -rf.mp4" in line(source="-y; rm -rf.mp4")


def test_each_picture_is_laid_on_its_frame_of_the_timeline() -> None:
    graph = " ".join(line())
    assert "settb=1/1000000" in graph
    assert "eof_action=pass:fps=24000/1001" in graph
    assert "PTS*TB-(1/3)" in graph
    assert "-copyts" in line()


def test_a_held_picture_is_taken_out_while_others_are_repeated() -> None:
    graph = " ".join(line(replace(INFO, frame_count=20_000, last_picture=19_999, holds=((99, 14_999),))))
    assert "-14900*gt" in graph
    assert "+14900*gt(PTS" in graph


def test_the_last_picture_is_repeated_to_the_end() -> None:
    assert "tpad=stop=76:stop_mode=clone" in " ".join(line(replace(INFO, frame_count=125, last_picture=48)))


def test_the_proxy_has_short_groups_and_its_index_in_front() -> None:
    command = line()
    assert command[command.index("-g") + 1] == "12"
    assert command[command.index("-movflags") + 1] == "+faststart"


def test_sound_is_made_only_where_there_is_any() -> None:
    assert "aac" not in line()
    assert "aac" in line(replace(INFO, audio_index=1, audio_channels=6))


def test_sound_keeps_its_place_beside_the_first_frame() -> None:
    heard = replace(INFO, audio_index=1, audio_channels=2, first_pts=Fraction(3, 2))
    for start in (Fraction(2), Fraction(1)):
        assert "asetpts=PTS-(3/2)/TB,atrim=start=0," in " ".join(line(replace(heard, audio_start=start)))


def test_a_broken_sound_clock_is_ignored() -> None:
    heard = replace(INFO, audio_index=1, audio_channels=2, audio_start=Fraction(3600))
    assert "asetpts=PTS-STARTPTS," in " ".join(line(heard))


def test_interlaced_and_hdr_pictures_are_made_fit_for_screens() -> None:
    graph = " ".join(line(replace(INFO, interlaced=True, transfer="pq")))
    assert "bwdif" in graph
    assert f"lut3d={commands.TABLE}" in graph


def test_raw_frames_are_encoded_by_one_thread_without_a_date() -> None:
    command = commands.encode_raw(
        OUT, width=128, height=80, frame_rate=Fraction(24), spec=specs.RELEASE, binary="ffmpeg"
    )
    assert command[command.index("-threads") + 1] == "1"
    assert command[command.index("-fflags") + 1] == "+bitexact"
