"""The report: one valid page that needs nothing beside it, with the numbers of the tables."""

from __future__ import annotations

import base64
import builtins
import io
import json
import re
from pathlib import Path
from typing import Any

import html5lib
import pandas as pd
import pytest

from sim.accounts import ECOMMERCE
from sim.analysis.comparison.result import Comparison
from sim.analysis.text.console_tables import effect_rows, ratio_rows
from sim.analysis.text.headline import answer, constant_share
from sim.errors import InputError
from sim.experiments.storage.folder import write_manifest
from sim.policy.levers import LEVERS
from sim.report.brief import write_brief
from sim.report.inline import inline_svg
from sim.report.page import read, render, tables, write_report
from sim.report.writer import plot, save_figures
from tests.conftest import RunPython
from tests.helpers.made_up import policy, scenario
from tests.unit.figures.test_more_figures import result


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return result(tmp_path_factory.mktemp("report") / "out", scenario("plain"), policy())


@pytest.fixture(scope="module")
def page(compared: Comparison) -> str:
    return render(compared)


@pytest.fixture(scope="module")
def tree(page: str) -> Any:
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)


def text_of(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def test_the_page_is_valid_and_every_identifier_is_its_own(tree: Any, page: str) -> None:
    assert tree.find("head/title").text.endswith("e-commerce in the Greater Mekong, 2022-2030")
    names = re.findall(r'\sid="([^"]+)"', page)
    assert len(names) > 100
    assert len(set(names)) == len(names)
    inner = re.findall(r'href="#([^"]+)"', page) + re.findall(r"url\(#([^)]+)\)", page)
    assert inner and set(inner) <= set(names)


def test_nothing_on_the_page_is_fetched_from_anywhere(tree: Any, page: str) -> None:
    tags = {str(element.tag).split("}")[-1] for element in tree.iter()}
    assert not tags & {"script", "link", "img", "iframe", "object", "base", "form"}
    for element in tree.iter():
        for name, value in element.attrib.items():
            if str(name).split("}")[-1] in ("href", "src", "action", "data", "srcset"):
                assert value.startswith(("#", "data:text/csv", "data:image/png")), (
                    element.tag,
                    name,
                    value[:60],
                )
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)


def test_the_policies_come_first_then_the_baseline_then_the_bar(
    tree: Any, compared: Comparison
) -> None:
    box = next(e for e in tree.iter("section") if e.get("id") == "conclusion")
    said = [text_of(p) for p in box.iter() if p.tag in ("p", "li")]
    (policies,) = compared.answers
    told = [policies.sentence, policies.details, answer(compared), constant_share(compared)]
    assert said[:4] == told
    levels = [text_of(e) for e in tree.iter() if e.tag in ("h1", "h2")]
    assert levels[1:3] == ["What the policies change", "Conclusion in full"]
    assert levels.index("Effects of the policies") > 1


def test_what_a_minister_can_say(compared: Comparison) -> None:
    # In 2022 101 and 102 are sold, in 2030 100 more; consumption does not grow.
    assert answer(compared) == (
        "Under 'plain', e-commerce in the five countries together doubles in neither run from 2022 "
        "to 2030 in nominal US$: median 1.99 times the 2022 value (range of 2 seeds: 1.98 to "
        "1.99). Runs that double, by country: Cambodia, Lao PDR, Myanmar, Thailand and Viet Nam in "
        "neither run."
    )
    assert "together doubles in both runs from 2022" in answer(compared, "policy")
    assert answer(compared, "policy").endswith("Thailand and Viet Nam in both runs.")
    assert constant_share(compared) == (
        "Less than half of the doubling would happen without any change in habits: at each "
        "country's 2022 online share, income growth and inflation alone raise e-commerce to 1.00 "
        "times its 2022 value. For a doubling, the online share must rise by 100 % in "
        "nominal US$ and by 100 % in constant 2022 US$."
    )
    (said,) = compared.answers  # 10 more on 201 and 202; 5 years of 4 in five countries
    assert said.sentence == (
        "'policy' raises online purchases in 2030 by US$ 50.0 or 5.0 % and costs US$ 100 up to "
        "2030."
    )
    assert said.details == ("The evidence on anti_scam_enforcement has grade B (measured nearby).")


def test_a_result_of_an_installed_package_has_a_report(
    compared: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = {k: v for k, v in compared.manifest.items() if k not in ("commit", "changed_since")}
    monkeypatch.setattr(compared, "manifest", about)
    assert "none: an installed package" in render(compared)
    monkeypatch.setattr(compared, "manifest", {**about, "commit": "abc", "changed_since": True})
    text = render(compared)
    assert "<code>abc</code>" in text and "cannot be repeated from the commit alone" in text


def test_tables_on_the_page_hold_the_numbers_of_the_result(tree: Any, compared: Comparison) -> None:
    shown = next(e for e in tree.iter("table") if e.get("id") == "ratios")
    rows = [[text_of(cell) for cell in row.iter("td")] for row in shown.iter("tr")]
    expected = [
        [row.words.strip(), *row.cells] for rows in ratio_rows(compared).values() for row in rows
    ]
    assert [row for row in rows if row] == expected
    summary = compared.table
    vietnam = summary[
        (summary["scenario"] == "policy")
        & (summary["country"] == "VNM")
        & (summary["measure"] == "real_usd")
    ]["ratio"].iloc[0]
    line = next(row for row in rows[6:] if row and row[0] == "policy")
    assert line[5] == f"{vietnam:.2f}"


def test_files_inside_the_page_are_the_tables_of_the_result(
    tree: Any, compared: Comparison
) -> None:
    found = {e.get("download"): e.get("href") for e in tree.iter("a") if e.get("download")}
    expected = tables(compared)
    assert set(found) == {f"{name}.csv" for name in expected}
    for name, table in expected.items():
        _, data = found[f"{name}.csv"].split(",", 1)
        read = pd.read_csv(io.BytesIO(base64.b64decode(data)))
        assert list(read.columns) == list(table.columns) and len(read) == len(table)
    _, data = found["summary.csv"].split(",", 1)
    read = pd.read_csv(io.BytesIO(base64.b64decode(data)))
    assert read["ratio"].to_numpy() == pytest.approx(compared.table["ratio"].to_numpy(float))


def test_figures_are_inside_with_their_captions(tree: Any) -> None:
    figures = {e.get("id"): e for e in tree.iter("figure")}
    names = ["difference", "trajectory", "growth", "effects", "inclusion", "map", "crackdown"]
    assert list(figures) == [f"figure-{name}" for name in names]
    for figure in figures.values():
        caption = text_of(next(figure.iter("figcaption")))
        assert "Last outcome data: 2024" in caption and "not forecasts" in caption
        drawing = next(e for e in figure.iter() if str(e.tag).endswith("svg"))
        words = text_of(drawing)
        assert "2030" in words and "Last outcome data" not in words
    assert "US$ billion, nominal" in text_of(figures["figure-trajectory"])


def test_assumptions_what_is_left_out_and_where_it_comes_from(
    tree: Any, compared: Comparison
) -> None:
    words = text_of(tree.find("body"))
    assert LEVERS["anti_scam_enforcement"].source in words
    assert "from 2026Q1; lag" in words and "the projections of the IMF" in words
    assert "is not a welfare measure" in words and "Levers of grade D" in words
    assert compared.manifest["data_hash"] in words and "a test" in words


def test_text_from_a_scenario_cannot_become_part_of_the_page(tmp_path: Path) -> None:
    bad = "</style><script>alert(1)</script>"
    mine = policy("mine")
    hostile = type(mine).from_dict({**mine.as_dict(), "title": bad, "question": bad}, name="mine")
    text = render(result(tmp_path / "out", scenario("plain"), hostile, seeds=1))
    assert "<script" not in text and "&lt;script&gt;" in text
    html5lib.HTMLParser(strict=True).parse(text)


def test_one_scenario_alone_has_a_report_too(tmp_path: Path) -> None:
    text = render(result(tmp_path / "out", scenario("plain"), seeds=1))
    html5lib.HTMLParser(strict=True).parse(text)
    assert "Scenario: plain." in text and "Effects of the policies" not in text


def test_report_and_pictures_are_written_where_asked(compared: Comparison, tmp_path: Path) -> None:
    assert write_report(compared.folder) == compared.folder / "report.html"
    aside = write_report(compared.folder, tmp_path / "mine.html")
    assert aside.read_text(encoding="utf-8") == (compared.folder / "report.html").read_text("utf-8")
    written = save_figures(read(compared.folder, ECOMMERCE))
    assert all(path.parent == compared.folder / "figures" for path in written)
    assert {"growth.png", "growth.svg", "map.png"} <= {path.name for path in written}


def test_what_is_no_result_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    for name in ("result", "resu"):  # a folder that is no result is not suggested
        (tmp_path / name).mkdir()
    (tmp_path / "result" / "manifest.json").touch()
    with pytest.raises(InputError, match=r"not a result folder[\s\S]*did you mean 'result'"):
        write_report(tmp_path / "resul")


def test_a_missing_extra_is_named(compared: Comparison, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "jinja2":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match=r"mekong-digital-economy\[report\]"):
        render(compared)


def test_two_drawings_on_one_page_share_no_identifier(compared: Comparison) -> None:
    texts = [inline_svg(plot(compared), name) for name in ("one", "two")]
    names = [set(re.findall(r'\bid="([^"]+)"', text)) for text in texts]
    assert names[0] and not names[0] & names[1]
    assert texts[0] == texts[1].replace('"two-', '"one-').replace("#two-", "#one-")


def test_the_command_writes_the_page_and_refuses_other_folders(
    compared: Comparison, run_mekong: RunPython, tmp_path: Path
) -> None:
    done = run_mekong("report", str(compared.folder), "--out", str(tmp_path / "page.html"))
    assert done.returncode == 0, done.stderr
    assert "Report:" in done.stdout
    assert (tmp_path / "page.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    refused = run_mekong("report", str(tmp_path))
    assert refused.returncode == 2 and "not a result folder" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_runs_that_are_missing_are_told_and_designs_are_refused(tmp_path: Path) -> None:
    folder = result(tmp_path / "out", scenario("plain"), policy()).folder
    record = json.loads((folder / "manifest.json").read_text("utf-8"))
    write_manifest(folder, {**record, "runs": 6})
    assert "2 of 6 runs are missing" in write_report(folder).read_text("utf-8")
    write_manifest(folder, {**record, "inputs": {"x": 1}})
    with pytest.raises(InputError, match="varies inputs by a design"):
        write_report(folder)


def test_a_country_has_a_page_of_its_own(compared: Comparison) -> None:
    path = write_brief(compared.folder, "LAO")
    assert path == compared.folder / "report_LAO.html"
    page = path.read_text(encoding="utf-8")
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    words = text_of(tree.find("body"))
    assert words.count("Lao PDR") > 5 and "five countries together" in words
    assert "raises online purchases in 2030 by" in words
    shown = effect_rows(compared, "LAO")
    assert all(row.words.strip() in words for rows in shown.values() for row in rows)
    other = write_brief(compared.folder, "KHM").read_text(encoding="utf-8")
    assert "Cambodia" in other and "Lao PDR:" not in other
    with pytest.raises(InputError, match="no country 'XXX'"):
        write_brief(compared.folder, "XXX")
