import io
import json
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from brief.cli.eval_commands import eval_app
from brief.errors import InputError, UsageError
from brief.evaluation.metrics.significance import Interval
from brief.evaluation.report import leaderboard, number_format, text_report
from brief.evaluation.report.conclusions import finding, verdict
from brief.evaluation.report.number_format import DASH
from brief.evaluation.report.results import read_results
from tests.fakes.eval_runs import BETTER, FAILING, LEAD, LEVEL, ORACLE, write_rows, write_run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Five articles, no cost.json."""
    made = tmp_path_factory.mktemp("small")
    return write_run(made, systems=(BETTER, LEAD), n=5, with_cost=False)


def shown(folder, width=120):
    console = Console(file=io.StringIO(), width=width)
    text_report.show(folder, console)
    return console.file.getvalue()


def changed(folder, tmp_path, change):
    """A copy of the run whose report.json was changed."""
    raw = json.loads((folder / "report.json").read_text("utf-8"))
    change(raw)
    (tmp_path / "report.json").write_text(json.dumps(raw), "utf-8")
    return tmp_path


def test_systems_stand_by_quality_and_ceilings_below_them(folder):
    systems = read_results(folder).systems
    assert list(systems) == [LEVEL, BETTER, LEAD, FAILING, ORACLE]
    assert [name for name, system in systems.items() if system.is_ceiling] == [ORACLE]


def test_scores_are_percent_with_half_of_their_interval(folder):
    found = read_results(folder).systems[LEAD].metrics["rougeLsum"]
    cell = leaderboard.leaderboard(read_results(folder)).rows[2].cells[0]
    assert cell.text == f"{100 * found.mean:.2f}"
    assert cell.range == f"{100 * found.low:.2f} to {100 * found.high:.2f}"
    assert cell.margin == f"{50 * (found.high - found.low):.2f}"
    assert f"{cell.text} ±{cell.margin}" in text_report.to_markdown(folder)


@pytest.mark.parametrize("text", [shown, text_report.to_markdown])
def test_every_table_carries_its_signature(folder, text):
    digest = read_results(folder).digest[: leaderboard.SHOWN_DIGITS]
    flat = text(folder).replace("\n", " ")
    assert flat.count(f"signature {digest}") == 3
    assert flat.count("sha256 5d5d5d5d5d5d;") == 3


def test_the_signature_tells_other_data_and_other_systems(folder, tmp_path):
    before = read_results(folder).digest
    for number, change in enumerate(
        (
            lambda raw: raw["data"].update(digest="00"),
            lambda raw: raw["systems"][LEAD]["signature"].update(corridor="new"),
            lambda raw: raw["signature"].update(seed=1),
        )
    ):
        (tmp_path / str(number)).mkdir()
        assert read_results(changed(folder, tmp_path / str(number), change)).digest != before


def test_numbers_that_are_missing_are_a_dash_with_the_reason(small):
    text = text_report.to_markdown(small)
    row = next(line for line in text.split("\n") if line.startswith(f"| {LEAD}"))
    mark = re.search(r"— \\\[(\d)\\\]", row)[1]
    assert f"\\[{mark}\\] no cost.json in the folder: speed and memory were not measured" in text
    assert "no interval for fewer than 10 articles" in text
    assert "too few for a test, which needs 6" in text


def test_a_score_that_could_not_be_measured_is_no_zero(folder, tmp_path):
    nothing = {"mean": None, "low": None, "high": None}

    def forget(raw):
        raw["systems"][LEAD].update(rouge1=nothing, support=nothing)

    table = leaderboard.leaderboard(read_results(changed(folder, tmp_path, forget)))
    row = next(row for row in table.rows if row.system.name == LEAD)
    titles = [column.title for column in table.columns]
    for title in ("ROUGE-1", "Support"):
        index = titles.index(title)
        assert row.cells[index].text == DASH
        assert table.notes[row.marks[index] - 1] == "no article could be scored by it"


def test_failures_and_training_are_told(folder):
    text = text_report.to_markdown(folder)
    assert re.search(rf"\| {re.escape(FAILING)} .* \| 2 \|\n", text)
    assert f"| {BETTER} (trained on this data) |" in text
    assert f"| {ORACLE} (ceiling) |" in text


def test_tables_fit_a_terminal_of_80(folder):
    assert max(map(len, shown(folder, width=80).split("\n"))) <= 80


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_no_number_is_left_out_however_narrow_the_terminal(folder, width):
    text = shown(folder, width=width)
    table = leaderboard.leaderboard(read_results(folder))
    for row in table.rows:
        (line,) = [one for one in text.split("\n") if row.cells[0].text in one.split()]
        found = line.replace("\xa0", " ").split(row.cells[0].text)[1].split()
        expected = " ".join(cell.text for cell in row.cells[1:]).replace("\xa0", " ").split()
        assert found == expected


def test_finding_names_the_best_and_how_sure_that_is(folder):
    text = finding(read_results(folder))
    assert text.startswith(f"{LEVEL} has the highest ROUGE-Lsum, 37.33.")
    assert f"surely higher than {LEAD} and {FAILING}." in text
    assert f"not told apart from {BETTER}" in text
    assert ORACLE not in text


def test_finding_without_a_score(folder, tmp_path):
    nothing = {"mean": None, "low": None, "high": None}

    def forget(raw):
        for entry in raw["systems"].values():
            entry["rougeLsum"] = nothing

    found = finding(read_results(changed(folder, tmp_path, forget)))
    assert found == "No system that can be run has a score, so none can be called the best."


def test_a_verdict_reads_the_same_from_both_sides(folder):
    results = read_results(folder)
    above, below = results.pair(LEVEL, LEAD), results.pair(LEAD, LEVEL)
    assert (verdict(above).kind, verdict(below).kind) == ("higher", "lower")
    assert above.difference == -below.difference
    assert (above.low, above.high) == (-below.high, -below.low)
    assert above.turned.turned == above
    assert verdict(results.pair(LEVEL, BETTER)).kind == "unclear"
    assert "some 900 articles would tell" in verdict(results.pair(LEVEL, BETTER)).words


def test_verdict_follows_the_corrected_p(folder):
    from dataclasses import replace

    pair = read_results(folder).pair(LEVEL, LEAD)
    assert verdict(replace(pair, p=0.001, p_holm=0.051)).kind == "unclear"
    assert verdict(replace(pair, p=0.001, p_holm=0.049)).kind == "higher"
    assert verdict(replace(pair, p=None, p_holm=None)).kind == "untested"


def test_json_is_the_report_with_the_cost(folder, small):
    raw = json.loads((folder / "report.json").read_text("utf-8"))
    cost = json.loads((folder / "cost.json").read_text("utf-8"))
    merged = text_report.to_json(folder)
    assert {name: entry["cost"] for name, entry in merged["systems"].items()} == cost
    for entry in merged["systems"].values():
        del entry["cost"]
    assert merged == raw
    assert {entry["cost"] for entry in text_report.to_json(small)["systems"].values()} == {None}


def test_markdown_and_terminal_escape_names(folder, tmp_path):
    hostile = "file:a|b_*c*<b>\x1b[31m\u202e.jsonl"

    def rename(raw):
        raw["systems"][hostile] = raw["systems"].pop(FAILING)
        raw["pairs"] = []

    run = changed(folder, tmp_path, rename)
    assert r"file:a\|b\_\*c\*\<b\>\[31m.jsonl" in text_report.to_markdown(run)
    assert not {"\x1b", "\u202e"} & set(text_report.to_markdown(run) + shown(run))


def test_what_a_later_version_measures_is_shown_under_its_own_key(folder, tmp_path):
    def add(raw):
        raw["systems"][LEAD]["readability"] = {"mean": 12.5, "low": None, "high": None}

    table = leaderboard.measures(read_results(changed(folder, tmp_path, add)))
    assert [column.title for column in table.columns][-1] == "readability"
    assert next(row for row in table.rows if row.system.name == LEAD).cells[-1].text == "12.5"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("report.json", "{", "not JSON"),
        ("report.json", "[]", "a JSON list, not an object"),
        ("report.json", '{"schema": "brief.report/2"}', "its schema is 'brief.report/2'"),
        ("report.json", '{"schema": "brief.report/1"}', "KeyError: 'n'"),
        ("report.json", '{"schema": "brief.report/1", "n": NaN}', "NaN is no number"),
        ("cost.json", "x", "not JSON"),
    ],
)
def test_a_broken_file_is_named(folder, tmp_path, name, content, said):
    changed(folder, tmp_path, dict.copy)
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(InputError, match=re.escape(said)) as caught:
        read_results(tmp_path)
    assert caught.value.problem.startswith(str(tmp_path / name))


def test_a_broken_row_is_named(folder, tmp_path):
    changed(folder, tmp_path, dict.copy)
    results = read_results(tmp_path)
    write_rows(tmp_path / "data.jsonl", [{"id": "a"}])
    with pytest.raises(InputError, match=r"data\.jsonl: .* line 1 lacks one of body"):
        list(results.articles())
    with pytest.raises(UsageError, match="no such file"):
        list(results.examples())


def test_a_folder_without_a_run(tmp_path):
    with pytest.raises(UsageError, match="no such folder"):
        read_results(tmp_path / "nowhere")
    with pytest.raises(UsageError, match=r"report\.json: no such file"):
        read_results(tmp_path)


@given(st.floats(-1, 1))
def test_percent_has_two_decimals_and_no_minus_zero(share):
    text = number_format.percent(share)
    assert re.fullmatch(r"−?\d+\.\d\d", text)
    assert text != "−0.00"
    assert float(text.replace("−", "-")) == pytest.approx(100 * share, abs=0.00501)


@given(st.floats(0.001, 1e6))
def test_plain_numbers_keep_three_digits(value):
    text = number_format.plain(value, "").text
    assert "e" not in text
    assert float(text.replace(",", "")) == pytest.approx(value, rel=0.0051)


@given(st.floats(0.0001, 1))
def test_how_often_says_about_p(p):
    found = re.search(r"(\d+) times? in ([\d,]+)", number_format.how_often(p))
    said = int(found[1]) / int(found[2].replace(",", ""))
    assert p < 0.001 or math.isclose(said, p, rel_tol=0.06)


def test_an_interval_without_bounds_says_why():
    cell = number_format.interval(Interval(0.5, None, None, 4), "not asked")
    assert (cell.text, cell.range, cell.reason) == ("50.00", "", number_format.TOO_FEW)
    assert number_format.interval(None, "not asked").reason == "not asked"


def test_the_command_shows_the_tables_and_writes_the_page(folder, tmp_path, capsys):
    run = write_run(tmp_path, systems=(BETTER, LEAD), n=12)
    eval_app(["report", str(run)], standalone_mode=False)
    told = capsys.readouterr()
    assert told.out == text_report.to_text(run)
    assert str(run / "report.html") in told.err
    assert (run / "report.html").exists()


@pytest.mark.parametrize(
    ("format_", "expected"),
    [
        ("markdown", text_report.to_markdown),
        (
            "json",
            lambda run: json.dumps(text_report.to_json(run), ensure_ascii=False, indent=1) + "\n",
        ),
    ],
)
def test_the_command_prints_other_formats_and_no_page(tmp_path, capsys, format_, expected):
    run = write_run(tmp_path, systems=(BETTER, LEAD), n=12)
    eval_app(["report", str(run), "-f", format_, "--no-page"], standalone_mode=False)
    assert capsys.readouterr().out == expected(run)
    assert not (run / "report.html").exists()
