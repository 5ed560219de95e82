import pytest

from dam.media import damage

SUBMITTED = "[vist#0:0/h264 @ 0x1] [dec:h264 @ 0x2] Error submitting packet to decoder: Invalid data found"
HEARD = "[aist#0:1/aac @ 0x1] [dec:aac @ 0x2] Error submitting packet to decoder: Invalid data found"


@pytest.mark.parametrize(
    "words",
    [
        SUBMITTED,
        f"[h264 @ 0x3] error while decoding MB 2 0\n{SUBMITTED}\n",
        "[vist#0:0/mpeg2video @ 0x1] [dec:mpeg2video @ 0x2] corrupt decoded frame",
        "Error while decoding stream #0:0: Invalid data found when processing input",
    ],
)
def test_frames_that_a_decoder_complains_of_are_damaged(words: str) -> None:
    assert damage.of(words) == (damage.PICTURE,)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "[h264 @ 0x3] co located POCs unavailable",
        "[in#0/mov,mp4,m4a,3gp,3g2,mj2 @ 0x1] DTS discontinuity in stream 1",
        "[mp4 @ 0x1] Application provided invalid, non monotonically increasing dts",
        HEARD,
    ],
)
def test_what_decoders_grumble_about_in_sound_files_is_no_damage(words: str) -> None:
    assert damage.of(words) == ()


def test_sound_is_damaged_when_its_decoder_goes_on_complaining() -> None:
    assert damage.of("\n".join([HEARD] * 5)) == (damage.SOUND,)
