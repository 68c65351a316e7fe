import json
import tomllib

import pytest
from typer.testing import CliRunner, Result

from brief.cli.eval_commands import eval_app
from brief.errors import BriefError, UsageError
from brief.evaluation import system_specs
from tests.fakes.tunable_model import TunableModel, data_set


@pytest.fixture
def model(monkeypatch, tmp_path):
    made = TunableModel()
    monkeypatch.setattr(system_specs, "load_model", lambda *_, **__: made)
    monkeypatch.setattr(system_specs, "cards", lambda: {"fake": made.card})
    data_set(tmp_path)
    monkeypatch.chdir(tmp_path)
    return made


def call(*args: object) -> Result:
    result = CliRunner().invoke(eval_app, [str(arg) for arg in args])
    if result.exception and not isinstance(result.exception, SystemExit | BriefError):
        raise result.exception
    return result


def tune(*more: object) -> Result:
    options = ("--system", "fake", "-o", "tuned.toml", "--trials", 8, "-n", 2)
    return call("tune", "--data", "set.jsonl", *options, *more)


RUN = ("run", "--data", "set.jsonl", "--config", "tuned.toml", "-o", "out")


def test_tuned_settings_are_written_and_scored_on_other_articles_only(model, tmp_path):
    tuned = tune()
    assert tuned.exit_code == 0, tuned.output
    assert "1 of 8: " in tuned.stderr
    assert ": the present settings" in tuned.stderr
    assert "the gain is shown" in tuned.stdout
    table = tomllib.loads((tmp_path / "tuned.toml").read_text())["fake-tuned"]
    assert table["generation"]["no_repeat_ngram_size"] == 3
    n_seen = len(table["tuned_on"]["articles"])
    refused = call(*RUN)
    assert isinstance(refused.exception, UsageError)
    assert f"fake-tuned: its settings were tuned on {n_seen} of the 40" in str(refused.exception)
    assert "--unseen" in str(refused.exception)
    scored = call(*RUN, "--unseen", "--systems", "fake,fake-tuned")
    assert scored.exit_code == 0, scored.output
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["n"] == 40 - n_seen
    means = {name: own["rougeLsum"]["mean"] for name, own in report["systems"].items()}
    assert means["fake-tuned"] > means["fake"]


def test_without_a_gain_nothing_is_written(model, tmp_path):
    model.better_on = frozenset()
    result = tune("--quiet")
    assert "no settings were better: the present ones stay" in result.stdout
    assert "nothing is written" in result.stderr
    assert not (tmp_path / "tuned.toml").exists()


def test_a_second_run_asks_the_model_nothing(model):
    first = tune().stdout
    model.calls.clear()
    assert tune().stdout == first
    assert model.calls == []
    assert tune("--no-cache").stdout == first
    assert model.calls


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--trials", 1], "--trials 1"),
        (["--name", "a,b"], "--name"),
        (["--output", "none/tuned.toml"], "there is no folder"),
        (["--system", "fakes"], "did you mean fake?"),
        (["--system", "oracle"], "no system is called"),
        (["--metric", "bleu"], "--metric bleu"),
    ],
)
def test_what_cannot_be_done_is_refused_before_the_model_is_asked(model, more, message):
    result = tune(*more)
    assert isinstance(result.exception, UsageError), result.output
    assert message in str(result.exception)
    assert model.calls == []
