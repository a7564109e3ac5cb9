"""What ffmpeg says, made fit for a person."""

from __future__ import annotations

from krafity_cli.media.complaints import last_words


def test_last_words_are_harmless_and_without_addresses() -> None:
    notes = (
        "[h264 @ 0x55fa] [dec @ 0x7ffc] broken \x1b[31mframe\u202e\n"
        "[out#0 @ 0x1] Terminating thread with return code -1\nConversion failed!\n"
    )
    assert last_words(notes) == "broken \ufffd[31mframe\ufffd"
    assert last_words("x" * 999) == "x" * 200
    assert last_words("") == ""


def test_without_useful_words_the_last_line_stands() -> None:
    assert last_words("Conversion failed!\n\n") == "Conversion failed!"
