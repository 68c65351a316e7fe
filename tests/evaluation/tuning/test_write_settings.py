import re
from dataclasses import replace

import pytest

from brief.errors import UsageError
from brief.evaluation import system_specs
from brief.evaluation.data.tuned_on import TunedOn
from brief.evaluation.metrics.significance import Comparison
from brief.evaluation.system_specs import Setup, parse_recipe
from brief.evaluation.tuning.tune import Trial, Tuning
from brief.evaluation.tuning.write_settings import check_place, text, trial_line, write
from brief.models.base import GenerationConfig
from brief.pipeline.selection import Weights
from tests.fakes.tunable_model import TunableModel, recipe_of

ORIGIN = TunedOn("digest", "first part", 3, frozenset({"0123456789ab", "ba9876543210"}))
MINE = "# Ours.\n[mine]\nmodel = 'lead' # as ever\n"


@pytest.fixture
def model(monkeypatch):
    made = TunableModel()
    monkeypatch.setattr(system_specs, "load_model", lambda *_, **__: made)
    return made


@pytest.fixture
def tuned(model, tmp_path):
    return replace(
        recipe_of(model),
        prompt="plain",
        engine="hf",
        n_bullets=4,
        generation=GenerationConfig(length="short", num_beams=8, length_penalty=0.6),
        weights=Weights(position=0.25, salience=0.75),
        training_sets=("our archive",),
        training_files=(tmp_path / "data" / "train.jsonl",),
        tuned_on=ORIGIN,
    )


def test_what_is_written_is_read_back_whole(tuned, tmp_path):
    path = tmp_path / "systems.toml"
    path.write_text(MINE)
    write(tuned, path, "fake-tuned")
    read = parse_recipe("fake-tuned", Setup(n_bullets=3, toml=path, generation={"num_beams": 2}))
    assert read == replace(tuned, name="fake-tuned")
    assert read.system().signature["weights"]["salience"] == 0.75
    assert path.read_text().startswith(MINE)
    write(replace(tuned, n_bullets=2), path, "fake-tuned")
    assert parse_recipe("fake-tuned", Setup(n_bullets=3, toml=path)).n_bullets == 2


def test_weights_reach_the_summarizer(tuned):
    plain = replace(tuned, weights=Weights())
    assert "weights" not in plain.system().signature
    assert plain.system().signature["corridor"] != tuned.system().signature["corridor"]


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (MINE, "mine", "[mine] is there, and was not tuned"),
        ("mine = 1", "mine", "[mine] is there, and was not tuned"),
        ("[mine", "other", "not TOML"),
        ("", "a,b", "without commas"),
        ("", " ", "without commas"),
    ],
)
def test_a_place_that_is_taken_is_refused_and_kept(tuned, tmp_path, content, name, message):
    path = tmp_path / "systems.toml"
    path.write_text(content)
    for attempt in (lambda: check_place(path, name), lambda: write(tuned, path, name)):
        with pytest.raises(UsageError, match=re.escape(message)):
            attempt()
    assert path.read_text() == content


def test_a_missing_folder_is_told_before_the_search(tmp_path):
    with pytest.raises(UsageError, match="there is no folder"):
        check_place(tmp_path / "none" / "systems.toml", "mine")


def found(tuned, **gain: float) -> Tuning:
    present = recipe_of(tuned.model)
    better = replace(present, generation=replace(present.generation, num_beams=8))
    return Tuning(
        trials=(Trial(present, 0.25, 0), Trial(better, 0.275, 1)),
        gain=Comparison(a="best", b="present", metric="rougeLsum", n=20, **gain) if gain else None,
        metric="rougeLsum",
        tuned_on=ORIGIN,
        n_searched=18,
    )


def test_a_trial_is_told_by_what_it_changed(tuned):
    present, better = found(tuned).trials
    assert trial_line(present, present.recipe) == "25.00: the present settings"
    assert trial_line(better, present.recipe) == "27.50, 1 articles failed: num_beams 8"


def test_the_outcome_in_words(tuned):
    shown = text(found(tuned, difference=0.02, low=0.011, high=0.03, p=0.004))
    assert "2 settings tried on 18 articles (first part, seed 3)" in shown
    assert "on 20 others: +2.00 points, 95 % interval +1.10 to +3.00, p 0.004" in shown
    assert shown.endswith("the gain is shown: the new settings are the better ones")
    unclear = text(found(tuned, difference=0.02, low=-0.011, high=0.03, p=0.2))
    assert "no gain is shown" in unclear
    assert text(found(tuned)).endswith("no settings were better: the present ones stay")
