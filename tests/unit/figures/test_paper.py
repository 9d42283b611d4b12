"""Figures for papers: their size, what is taken out, and that everything stays on the page."""

from __future__ import annotations

import re
from inspect import signature
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from sim.analysis.comparison.result import Comparison
from sim.cli.study.figures import figures
from sim.errors import InputError
from sim.figures import paper
from sim.figures.paper import for_paper
from sim.report.pictures import pictures
from sim.report.writer import save_figures
from tests.helpers.made_up import policy, scenario
from tests.unit.figures.test_more_figures import result

NAMES = ("difference", "trajectory", "growth", "effects", "inclusion", "map", "crackdown")
POINTS = 72.0 / 25.4  # in a millimetre
HAIR = 0.02  # inches


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return result(tmp_path_factory.mktemp("paper") / "out", scenario("plain"), policy())


def page_of(data: bytes) -> tuple[float, float]:
    found = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", data)
    assert found
    return float(found[1]), float(found[2])


@pytest.mark.parametrize("name", NAMES)
def test_words_are_taken_out_and_all_else_stays_on_the_page(
    comparison: Comparison, name: str
) -> None:
    figure = pictures(comparison)[name]()
    title, shown = figure.get_suptitle().split(), [x.get_legend() for x in figure.axes]
    made = for_paper(figure)
    assert made.title.split() == title and "Scenarios, not forecasts." in made.caption
    assert not figure.get_suptitle().strip() and not figure.get_supxlabel()
    assert [x.get_legend() for x in figure.axes] == shown
    svg = made.files["svg"].decode()
    assert "not forecasts" not in svg and title[-1] not in svg.split("</metadata>")[0]
    inked, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
    assert inked.x0 > -HAIR and inked.x1 < width + HAIR
    assert inked.y0 > -HAIR and inked.y1 < height + HAIR


@pytest.mark.parametrize("width", [140.0, 183.0, 260.5])
def test_width_and_letters_are_as_asked(comparison: Comparison, width: float) -> None:
    figure = pictures(comparison)["effects"]()
    made = for_paper(figure, width)
    wide, high = page_of(made.files["pdf"])
    assert wide == pytest.approx(width * POINTS, abs=0.01)
    inches = figure.get_size_inches()
    assert high / wide == pytest.approx(inches[1] / inches[0], rel=1e-4)
    assert f'width="{width:g}mm"' in made.files["svg"].decode()
    assert made.smallest == pytest.approx(8.0 * width / 25.4 / paper.DRAWN_AT)
    assert made.files == for_paper(pictures(comparison)["effects"](), width).files


def test_nothing_of_the_drawing_is_lost_where_the_page_is_smaller() -> None:
    """Matplotlib leaves out what lies beyond a page; the far end of a line must not."""
    figure = Figure(figsize=(10.4, 4.0), layout="constrained")
    figure.add_subplot().plot([0.0, 1.0, 2.0], [0.0, 3.0, 1.0])
    small = len(for_paper(figure, 140.0).files["pdf"])
    assert abs(small - len(for_paper(figure, 264.16).files["pdf"])) < 100  # 10.4 inches: unscaled


def test_the_command_draws_at_the_usual_width() -> None:
    """Its default is written out, since help does not load Matplotlib."""
    assert signature(figures).parameters["width"].default == paper.WIDTH


@pytest.mark.parametrize("width", [0.0, 89.0, 401.0, float("nan")])
def test_a_width_that_cannot_be_read_is_refused(comparison: Comparison, width: float) -> None:
    with pytest.raises(InputError, match="140 to 400 mm"):
        for_paper(pictures(comparison)["effects"](), width)


def test_files_and_captions_lie_in_a_folder_of_their_own(
    comparison: Comparison, tmp_path: Path
) -> None:
    files = save_figures(comparison, tmp_path, paper=True)
    endings = {(x.stem, x.suffix) for x in files if x.suffix != ".txt"}
    assert endings == {(name, end) for name in NAMES for end in (".pdf", ".svg")}
    assert {path.parent for path in files} == {tmp_path / "paper"}
    told = (tmp_path / "paper" / "captions.txt").read_text(encoding="utf-8")
    assert [line for line in told.splitlines() if line in NAMES] == list(NAMES)
    assert "Smallest letters at 183 mm: 5." in told
