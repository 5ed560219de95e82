"""What the embedded database gets of a machine's memory."""

from dam.embedded import postgres

GIGABYTE = 1024**3


def test_a_small_machine_keeps_what_postgresql_takes_by_itself() -> None:
    assert postgres.sized(GIGABYTE // 2)["shared_buffers"] == "128MB"
    assert postgres.sized(GIGABYTE // 2)["work_mem"] == "4MB"


def test_a_large_machine_gives_an_eighth_and_no_more_than_two_gigabytes() -> None:
    assert postgres.sized(8 * GIGABYTE)["shared_buffers"] == "1024MB"
    assert postgres.sized(256 * GIGABYTE)["shared_buffers"] == "2048MB"
