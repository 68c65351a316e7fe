import json
import re
import tomllib
from dataclasses import replace

import pytest

from brief.cli.eval_commands import eval_app
from brief.errors import BriefError, StorageError, UsageError
from brief.evaluation.report.results import read_results
from brief.evaluation.tuning.choose import Choice, Limits, choose, megabytes_of, settings_for, write
from brief.settings import load_settings
from tests.fakes.eval_runs import BETTER, FAILING, LEAD, LEVEL, ORACLE, write_run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("run"))


def chosen(folder, **limits) -> Choice:
    return choose(folder, Limits(**limits))


def test_the_best_that_can_be_run_is_named_with_what_it_beats(folder):
    choice = chosen(folder)
    assert choice.system == LEVEL
    assert [pair.b for pair in choice.standing.above] == [LEAD, FAILING]
    assert [pair.b for pair in choice.standing.level] == [BETTER]
    assert choice.ruled_out.keys() == {FAILING, ORACLE}
    assert "surely better than lead-3: +5.76 points, 95 % interval" in choice.text
    assert "not told apart from news-small" in choice.text


@pytest.mark.parametrize(
    ("limits", "system", "reasons"),
    [
        ({"max_seconds": 0.05}, LEVEL, {BETTER: "seconds at p95: 0.71 is above 0.05"}),
        ({"max_seconds": 0.0499}, LEAD, {LEVEL: "seconds at p95: 0.05 is above 0.0499"}),
        ({"max_memory_mb": 140}, LEAD, {LEVEL: "MB of memory: 141 is above 140"}),
        ({"min_support": 0.96}, LEVEL, {BETTER: "support: 0.95 is below 0.96"}),
    ],
)
def test_limits_rule_out(folder, limits, system, reasons):
    choice = chosen(folder, **limits)
    assert choice.system == system
    assert {name: choice.ruled_out[name] for name in reasons} == reasons


def test_what_was_not_measured_keeps_no_limit(tmp_path):
    folder = write_run(tmp_path, systems=(BETTER, LEAD), with_cost=False)
    assert chosen(folder).system == BETTER
    with pytest.raises(BriefError, match="lead-3: seconds at p95: not measured") as caught:
        chosen(folder, max_seconds=9)
    assert caught.value.remedy == "loosen a limit"


def test_a_tie_goes_to_the_quicker(folder, tmp_path):
    raw = json.loads((folder / "report.json").read_text("utf-8"))
    raw["systems"][LEAD]["rougeLsum"] = raw["systems"][LEVEL]["rougeLsum"]
    (tmp_path / "report.json").write_text(json.dumps(raw), "utf-8")
    (tmp_path / "cost.json").write_text((folder / "cost.json").read_text("utf-8"), "utf-8")
    assert chosen(tmp_path).system == LEAD


def test_training_on_the_data_is_said(folder, tmp_path):
    raw = json.loads((folder / "report.json").read_text("utf-8"))
    raw["systems"][LEVEL]["trained_on_this"] = True
    (tmp_path / "report.json").write_text(json.dumps(raw), "utf-8")
    assert "caution: lexrank was trained on this data" in chosen(tmp_path).text
    assert "caution" not in chosen(folder).text


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"max_seconds": -1}, "--max-seconds must be 0 or more, not -1"),
        ({"max_memory_mb": float("nan")}, "--max-memory must be 0 or more, not nan"),
        ({"min_support": 80}, "--min-support must be a share from 0 to 1, not 80"),
    ],
)
def test_a_limit_that_no_system_could_mean_is_refused(folder, limits, said):
    with pytest.raises(UsageError, match=re.escape(said)):
        chosen(folder, **limits)


@pytest.mark.parametrize(
    ("typed", "megabytes"),
    [("600MB", 600), ("600", 600), ("1.5 gb", 1500), ("512MiB", 536.870912), ("2GiB", 2147.483648)],
)
def test_sizes_as_people_type_them(typed, megabytes):
    assert megabytes_of(typed) == pytest.approx(megabytes)


@pytest.mark.parametrize("typed", ["", "MB", "-5MB", "0", "6 parsecs", "1e3"])
def test_what_is_no_size(typed):
    with pytest.raises(UsageError, match="not a size"):
        megabytes_of(typed)


def test_write_keeps_comments_order_and_other_settings(folder, tmp_path):
    path = tmp_path / "brief.toml"
    path.write_text(
        '# ours\n[summarize]\nlength = "short"  # phones\nmodel = "lead" # since May\n\n# end\n',
        "utf-8",
    )
    write(chosen(folder), path)
    text = path.read_text("utf-8")
    assert text.startswith(
        '# ours\n[summarize]\nlength = "short"  # phones\nmodel = "lexrank" # since May\n'
    )
    assert "# end\n" in text
    settings = {"length": "short", "model": "lexrank", "bullets": 3}
    assert tomllib.loads(text) == {"summarize": settings}


def test_what_is_written_is_what_brief_reads(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    best = read_results(folder).systems[BETTER]
    choice = chosen(folder)
    write(replace(choice, standing=replace(choice.standing, system=best)), tmp_path / "brief.toml")
    settings = load_settings({})
    assert (settings.model, settings.bullets) == (BETTER, 3)
    assert (settings.engine, settings.length) == ("ctranslate", "medium")


def test_write_follows_a_link_and_makes_a_missing_file(folder, tmp_path):
    real = tmp_path / "dotfiles.toml"
    link = tmp_path / "brief.toml"
    link.symlink_to(real)
    write(chosen(folder), link)
    assert link.is_symlink()
    assert tomllib.loads(real.read_text("utf-8")) == {
        "summarize": {"model": "lexrank", "bullets": 3}
    }


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[summarize", "not TOML"),
        (b"\xff", "not TOML"),
        (b"summarize = 3\n", "summarize must be a table"),
    ],
)
def test_a_file_that_cannot_be_changed_stays_as_it_is(folder, tmp_path, content, said):
    path = tmp_path / "brief.toml"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=re.escape(said)):
        write(chosen(folder), path)
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_written(folder, tmp_path):
    with pytest.raises(StorageError, match="cannot be written"):
        write(chosen(folder), tmp_path / "nowhere" / "brief.toml")


def test_settings_of_its_own_cannot_be_written(folder):
    system = read_results(folder).systems[BETTER]
    assert settings_for(system)["model"] == BETTER
    tuned = {**system.signature["generation"], "num_beams": 9}
    for change in ({"generation": tuned}, {"prompt": "another"}):
        with pytest.raises(UsageError, match="a prompt or generation settings of its own"):
            settings_for(replace(system, signature={**system.signature, **change}))
    with pytest.raises(UsageError, match="weights of its own"):
        settings_for(replace(system, signature={**system.signature, "weights": {"poor": 0.0}}))


def test_a_name_of_the_users_own_is_told_by_its_model(folder):
    system = read_results(folder).systems[BETTER]
    assert settings_for(replace(system, name="mine"))["model"] == BETTER
    unknown = {**system.signature, "model": "finetuned"}
    with pytest.raises(UsageError, match="which model it is"):
        settings_for(replace(system, name="mine", signature=unknown))


def command(*args: str) -> None:
    eval_app(["choose", *args], standalone_mode=False)


def test_the_command_tells_and_writes_where_settings_are_read(
    folder, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRIEF_CONFIG", str(tmp_path / "other.toml"))
    limits = ("--max-seconds", "0.03", "--max-memory", "100MB", "--min-support", "0.8")
    command(str(folder), *limits)
    assert not (tmp_path / "other.toml").exists()
    command(str(folder), *limits, "--write")
    assert capsys.readouterr().out.startswith(f"run {LEAD}: ROUGE-Lsum ")
    assert (load_settings({}).model, load_settings({}).bullets) == ("lead", 3)


def test_the_command_says_when_a_variable_is_stronger(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    command(str(folder), "--write")
    assert "stronger" not in capsys.readouterr().err
    monkeypatch.setenv("BRIEF_MODEL", "textrank")
    command(str(folder), "--write")
    assert "BRIEF_MODEL says otherwise, and is stronger: textrank" in capsys.readouterr().err
