import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from brief.cli import eval_commands
from brief.cli.eval_commands import eval_app
from brief.errors import BriefError, InputError, UsageError
from brief.evaluation.systems import Output, System

PAGE = """Old bridge to close for repairs

By Ana Quill

The bridge in {0} will close on 3 May so that its cracked beams can be replaced, the county said.

Quick summary
- {0} bridge will close on 3 May.
- Inspectors found cracked beams.

Inspectors went over the bridge in March and counted fourteen cracked beams below the roadway.

Ferries are going to cross the river at {0} every twenty minutes until the work is done.
"""
PLACES = ["Osmund", "Tarrow", "Velny", "Korrin"]


@pytest.fixture
def pages(tmp_path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    for place in PLACES:
        (folder / f"{place.lower()}.txt").write_text(PAGE.format(place))
    return folder


def call(*args: object) -> Result:
    result = CliRunner().invoke(eval_app, [str(arg) for arg in args])
    if result.exception and not isinstance(result.exception, SystemExit | BriefError):
        raise result.exception
    return result


def fails(kind: type[BriefError], *args: object) -> str:
    result = call(*args)
    assert isinstance(result.exception, kind), result.output
    return str(result.exception)


def test_harvest_writes_a_set_that_run_reads(pages, tmp_path):
    (pages / "none.txt").write_text("A page without a block. It says nothing of use to anyone.\n")
    made = tmp_path / "set.jsonl"
    result = call("harvest", pages, "-o", made)
    assert result.exit_code == 0
    assert "4 articles with reference bullets, 1 pages left out" in result.stderr
    assert "none.txt: the page has no quick-summary block" in result.stderr
    rows = [json.loads(line) for line in made.read_text().splitlines()]
    assert len(rows) == 4
    assert rows[0]["bullets"][0] == "Korrin bridge will close on 3 May."
    assert "Quick summary" not in rows[0]["text"]
    out = tmp_path / "out"
    result = call("run", "--data", made, "--systems", "lead-2,reference", "--output", out)
    assert result.exit_code == 0
    assert "100.0 / 100.0 / 100.0  reference" in result.stdout
    assert json.loads((out / "report.json").read_text())["n"] == 4
    assert not (out / "cost.json").exists()


def test_harvest_without_any_block_is_an_error(pages, tmp_path):
    plain = tmp_path / "plain.txt"
    plain.write_text("A page without a block. It says nothing of use to anyone.\n")
    message = fails(InputError, "harvest", plain, "-o", tmp_path / "set.jsonl")
    assert "none of 1 pages" in message
    assert not (tmp_path / "set.jsonl").exists()


def test_run_names_problems_and_failures(tmp_path):
    rows = [
        {"id": "a", "text": "Rain fell on Monday in the hills.", "bullets": ["Rain fell."]},
        {"id": "b", "text": " ", "bullets": ["Nothing fell."]},
    ]
    data = tmp_path / "set.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows))
    result = call("run", "--data", data, "--systems", "lead-1", "-o", tmp_path / "out")
    assert "b: the article is empty (no_article)" in result.stderr
    assert "lead-1 scores 0 on b" in result.stderr
    assert "lead-1: failed on 1 of 2" in result.stderr
    strict = call("run", "--data", data, "--systems", "lead-1", "-o", tmp_path / "out", "--strict")
    assert "failed" not in strict.stderr
    assert "1 of 1 articles scored" in strict.stdout


def test_run_measures_cost_when_asked(pages, tmp_path):
    out = tmp_path / "out"
    args = ("run", "--data", pages, "--systems", "lead-1,oracle-1", "-o", out, "--cost")
    assert call(*args).exit_code == 0
    cost = json.loads((out / "cost.json").read_text())
    assert cost["lead-1"]["n_articles"] == 4
    assert cost["oracle-1"] is None
    assert "cost" not in json.loads((out / "report.json").read_text())["systems"]["lead-1"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--systems", "leed"], "did you mean lead?"),
        (["--systems", ""], "no system was named"),
        (["--systems", "lead", "--limit", "0"], "--limit 0"),
        (["--systems", "lead", "--bullets", "99"], "bullets"),
        (["--systems", "lead", "--engine", "steam"], "engine"),
        (["--systems", "news-small", "--set", "num_beams"], "--set num_beams"),
        (["--systems", "news-small", "--set", "beams=2"], "generation: unknown setting beams"),
    ],
)
def test_run_refuses_what_it_cannot_do(pages, tmp_path, more, message):
    assert message in fails(UsageError, "run", "--data", pages, "-o", tmp_path / "out", *more)


@pytest.fixture
def gate(pages, tmp_path, monkeypatch):
    """The gate over invented pages and a system whose bullets a test can set."""
    said = {"bullets": [f"{place} bridge will close on 3 May." for place in PLACES]}

    def write(task):
        if task.example.id == said.get("crash"):
            raise RuntimeError("out of steam")
        place = task.example.id.removesuffix(".txt").capitalize()
        return Output(bullets=(said["bullets"][PLACES.index(place)],))

    system = System(name="ours", write=write, signature={}, n_bullets=3)
    monkeypatch.setattr(eval_commands, "_lineup", lambda *_: (system,))

    def invoke(*more: object) -> Result:
        return call("gate", "--data", pages, "--floors", tmp_path / "floors.json", *more)

    invoke.said = said
    return invoke


def test_the_gate_passes_what_was_pinned_and_fails_what_is_worse(gate, tmp_path):
    assert gate("--update").exit_code == 0
    passed = gate()
    assert passed.exit_code == 0
    assert "no score is below its floor" in passed.stdout
    gate.said["bullets"] = ["Nothing of the kind."] * 4
    failed = gate()
    assert failed.exit_code == 1
    assert "ours: rouge1 0.0000, floor" in failed.stderr
    before = (tmp_path / "floors.json").read_bytes()
    assert "would be lowered" in str(gate("--update").exception)
    assert (tmp_path / "floors.json").read_bytes() == before
    assert gate("--update", "--allow-regression").exit_code == 0
    assert (tmp_path / "floors.json").read_bytes() != before


def test_the_gate_names_a_crash_and_fails(gate):
    gate("--update")
    gate.said["crash"] = "velny.txt"
    failed = gate()
    assert failed.exit_code == 1
    assert "ours scores 0 on velny.txt: crashed: RuntimeError: out of steam" in failed.stderr
    assert "1 articles failed, 0 are allowed" in failed.stderr


def test_the_gate_refuses_other_data(gate, pages):
    gate("--update")
    (pages / "velny.txt").unlink()
    assert "shrank from 4 to 3" in str(gate().exception)


def test_the_gate_needs_floors_and_flags_that_agree(gate):
    assert "make it with --update" in str(gate().exception)
    assert "go with --update" in str(gate("--allow-regression").exception)


def test_noise_is_read_from_the_folder_of_another_run(gate, pages, tmp_path):
    other = tmp_path / "other"
    assert call("run", "--data", pages, "--systems", "ours", "-o", other).exit_code == 0
    assert gate("--update", "--noise", other).exit_code == 0
    floors = json.loads((tmp_path / "floors.json").read_text())
    assert floors["noise"]["margin"]["rouge1"] == 0.0
    assert "no report can be read" in str(gate("--update", "--noise", tmp_path).exception)
