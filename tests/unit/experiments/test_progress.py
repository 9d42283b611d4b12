"""Several pieces of work are told as one, and a failed run is never a finished one."""

from __future__ import annotations

import pytest

from sim.cli.console.progress import SECONDS_BETWEEN_LINES, Lines, Silent, reporter
from sim.experiments.execution.progress import Overall


class Heard(list[tuple[int, int, int]]):
    def __call__(self, done: int, total: int, failed: int) -> None:
        self.append((done, total, failed))

    def say(self, text: str) -> None:
        self.append((len(text), 0, 0))


def test_studies_one_after_another_are_counted_as_one() -> None:
    heard = Heard()
    shown = Overall(heard, 7)
    for done, failed in ((0, 0), (2, 0), (2, 1)):
        shown(done, 3, failed)
    shown.next_part()
    for done, failed in ((1, 0), (2, 1), (3, 1)):
        shown(done, 4, failed)
    assert heard == [(0, 7, 0), (2, 7, 0), (2, 7, 1), (3, 7, 1), (4, 7, 2), (5, 7, 2)]
    shown.say("four")
    assert heard[-1] == (4, 0, 0)


def test_runs_one_by_one_may_be_more_than_expected() -> None:
    heard = Heard()
    shown = Overall(heard, 2)
    shown.add(0)
    shown.add()
    shown.add(2, 1)
    assert heard == [(0, 2, 0), (1, 2, 0), (3, 4, 1)]
    Overall(None, 2).add()
    Overall(None, 2).say("nobody listens")


def test_the_scale_is_said_once_before_the_first_run(capsys: pytest.CaptureFixture[str]) -> None:
    with reporter(False, True, 5_000, 20_000) as progress:
        assert type(progress) is Silent and capsys.readouterr().err == ""
        progress(0, 2, 0)
        progress(1, 2, 0)
    assert capsys.readouterr().err == "One agent represents 5,000, 20,000 people\n"
    with reporter(True, False, 5_000) as quiet:
        quiet(0, 2, 0)
    assert capsys.readouterr().err == ""


def test_stages_have_a_line_at_their_end(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    for done in (1, 2, 3):
        lines.stage("worlds", done, 3)
    assert SECONDS_BETWEEN_LINES > 1.0
    assert capsys.readouterr().err == "worlds: 3 of 3\n"
