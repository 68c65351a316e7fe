import sys
from collections import Counter
from dataclasses import replace

import pytest

from brief.errors import BriefError, InputError, UsageError
from brief.evaluation.data.dataset import _draw, part, read_dataset, split_dataset
from brief.evaluation.data.tuned_on import TunedOn, mark
from brief.evaluation.system_config import Recipe
from brief.evaluation.tuning.tune import Tuning, tune
from brief.models import load_model
from brief.models.base import GenerationConfig
from brief.pipeline.cache import Cache
from brief.pipeline.selection import Weights
from tests.fakes.tunable_model import TunableModel, data_set, recipe_of

N_TRIALS = 8


@pytest.fixture
def dataset(tmp_path):
    return data_set(tmp_path)


@pytest.fixture
def cache(tmp_path):
    opened = Cache(tmp_path / "summaries.sqlite3")
    yield opened
    opened.close()


def ids(part) -> set[str]:
    return {example.id for example in part.examples}


def tried(found: Tuning) -> list[tuple[object, float]]:
    return [(trial.recipe.settings, trial.score) for trial in found.trials]


def test_a_better_setting_is_found_and_shown_on_other_articles(dataset):
    model = TunableModel()
    found = tune(dataset, recipe_of(model), n_trials=N_TRIALS)
    first, second = split_dataset(dataset, seed=0)
    assert found.trials[0].recipe == recipe_of(model)
    assert found.best.recipe.generation.no_repeat_ngram_size == 3
    assert found.best.score > found.trials[0].score + 0.3
    assert found.gain.n == len(second.examples)
    assert found.gain.low > 0
    assert found.is_shown
    assert found.recipe.settings == found.best.recipe.settings
    assert found.recipe.tuned_on == TunedOn.of(first, split="first part", seed=0)


def test_the_budget_is_kept_and_no_question_is_asked_twice(dataset):
    model = TunableModel()
    found = tune(dataset, recipe_of(model), n_trials=15)
    assert len(found.trials) == 15
    first, second = map(ids, split_dataset(dataset, seed=0))
    asked = Counter(model.calls)
    generations = {trial.recipe.generation for trial in found.trials}
    assert len(generations) < 15  # else the next line would prove nothing
    assert {call: n for call, n in asked.items() if call[0] in first} == {
        (id_, generation): 1 for id_ in first for generation in generations
    }
    judged = {found.best.recipe.generation, GenerationConfig()}
    assert {call for call in asked if call[0] in second} == {
        (id_, generation) for id_ in second for generation in judged
    }


def test_the_seed_decides_everything(dataset):
    def found(seed: int) -> Tuning:
        return tune(dataset, recipe_of(TunableModel()), n_trials=N_TRIALS, seed=seed)

    one, same, other = found(0), found(0), found(1)
    assert (tried(one), one.gain, one.tuned_on) == (tried(same), same.gain, same.tuned_on)
    assert tried(one) != tried(other)
    assert one.tuned_on.articles != other.tuned_on.articles


def test_what_was_interrupted_goes_on_where_it_stood(dataset, cache):
    whole_model = TunableModel()
    whole = tune(dataset, recipe_of(whole_model), n_trials=N_TRIALS)
    stopped = TunableModel(interrupted_at=len(whole_model.calls) // 2)
    with pytest.raises(KeyboardInterrupt):
        tune(dataset, recipe_of(stopped), n_trials=N_TRIALS, cache=cache)
    resumed = TunableModel()
    found = tune(dataset, recipe_of(resumed), n_trials=N_TRIALS, cache=cache)
    assert (tried(found), found.gain) == (tried(whole), whole.gain)
    assert 0 < len(resumed.calls) < len(whole_model.calls)
    again = TunableModel()
    assert tried(tune(dataset, recipe_of(again), n_trials=N_TRIALS, cache=cache)) == tried(whole)
    assert again.calls == []


def test_equal_settings_change_nothing(dataset):
    present = recipe_of(TunableModel(better_on=frozenset()))
    found = tune(dataset, present, n_trials=N_TRIALS)
    assert {trial.score for trial in found.trials} == {found.trials[0].score}
    assert found.gain is None
    assert not found.is_shown
    assert found.recipe == present


def test_a_gain_on_the_searched_part_alone_keeps_the_present_settings(dataset):
    first, _ = split_dataset(dataset, seed=0)
    present = recipe_of(TunableModel(better_on=frozenset(ids(first))))
    found = tune(dataset, present, n_trials=N_TRIALS)
    assert found.best.score > found.trials[0].score
    assert found.gain.difference == 0
    assert not found.is_shown
    assert found.recipe == present


def test_both_the_interval_and_the_test_must_speak_for_it(dataset):
    found = tune(dataset, recipe_of(TunableModel()), n_trials=N_TRIALS)
    for changes in ({"low": 0.0}, {"low": None}, {"p": 0.05}, {"p": None}):
        assert not replace(found, gain=replace(found.gain, **changes)).is_shown


def test_present_settings_are_tried_as_they_are(dataset):
    present = replace(
        recipe_of(TunableModel()),
        generation=GenerationConfig(num_beams=7, no_repeat_ngram_size=5, max_new_tokens=9),
        weights=Weights(position=9.0, salience=0.3337, poor=2.0),
    )
    found = tune(dataset, present, n_trials=3)
    assert found.trials[0].recipe == present
    assert all(trial.recipe.generation.max_new_tokens == 9 for trial in found.trials)
    assert all(trial.recipe.weights.poor == 2.0 for trial in found.trials)


def test_salience_is_left_alone_where_the_model_has_none(dataset):
    model = TunableModel()
    model.card = replace(model.card, keep_token=None)
    found = tune(dataset, recipe_of(model), n_trials=4)
    assert {trial.recipe.weights.salience for trial in found.trials} == {Weights().salience}


def test_the_number_of_bullets_is_searched_when_asked(dataset):
    def numbers(max_bullets: int | None) -> set[int]:
        recipe = recipe_of(TunableModel())
        found = tune(dataset, recipe, n_trials=N_TRIALS, max_bullets=max_bullets)
        return {trial.recipe.n_bullets for trial in found.trials}

    assert numbers(None) == {2}
    assert {2} < numbers(4) <= {1, 2, 3, 4}


def test_settings_that_were_tuned_on_the_judging_part_are_refused(dataset):
    first, second = split_dataset(dataset, seed=0)
    present = recipe_of(TunableModel())
    two = part(second, "two", lambda example: example.id in sorted(ids(second))[:2])
    on_second = replace(present, tuned_on=TunedOn.of(two, split="other", seed=5))
    with pytest.raises(UsageError, match="tuned on 2 of the"):
        tune(dataset, on_second, n_trials=2)
    elsewhere = TunedOn("digest", "first part", 5, frozenset({"0123456789ab"}))
    found = tune(dataset, replace(present, tuned_on=elsewhere), n_trials=N_TRIALS)
    assert found.recipe.tuned_on.articles == {"0123456789ab", *map(mark, first.examples)}


def test_a_text_that_stands_twice_is_not_judged_on(dataset, tmp_path):
    path = tmp_path / "set.jsonl"
    first, second = split_dataset(dataset, seed=0)
    line = next(one for one in path.read_text().splitlines() if f'"{min(ids(first))}"' in one)
    extra = next(f"b{n}" for n in range(99) if _is_second(f"b{n}"))
    path.write_text(path.read_text() + line.replace(f'"{min(ids(first))}"', f'"{extra}"') + "\n")
    doubled = read_dataset(path)
    assert extra in ids(split_dataset(doubled, seed=0)[1])
    found = tune(doubled, recipe_of(TunableModel()), n_trials=N_TRIALS)
    assert found.gain.n == len(second.examples)


def _is_second(id_: str) -> bool:
    return _draw("part", 0, id_) >= 0.5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_trials": 1}, "--trials 1: at least 2"),
        ({"metric": "bleu"}, "--metric bleu: one of rouge1"),
        ({"share": 1.0}, "--share 1"),
        ({"max_bullets": 0}, "--max-bullets 0"),
    ],
)
def test_impossible_numbers_are_refused(dataset, options, message):
    model = TunableModel()
    with pytest.raises(UsageError, match=message):
        tune(dataset, recipe_of(model), **options)
    assert model.calls == []


def test_a_model_without_settings_is_refused(dataset):
    lead: Recipe = replace(recipe_of(TunableModel()), name="lead", model=load_model("lead"))
    with pytest.raises(UsageError, match="lead: it copies sentences"):
        tune(dataset, lead)


def test_too_few_articles_are_refused_before_the_search(tmp_path):
    model = TunableModel()
    with pytest.raises(InputError, match="an interval needs 10"):
        tune(data_set(tmp_path, 15), recipe_of(model))
    assert model.calls == []


def test_a_model_that_always_fails_ends_the_search(dataset):
    class Broken(TunableModel):
        def propose(self, article, chunks, config):
            super().propose(article, chunks, config)
            raise RuntimeError("out of steam")

    model = Broken()
    with pytest.raises(BriefError, match=r"fake: failed on every article.*out of steam"):
        tune(dataset, recipe_of(model))
    assert len(model.calls) < len(dataset.examples)


def test_without_optuna_the_error_names_the_extra(dataset, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(BriefError) as caught:
        tune(dataset, recipe_of(TunableModel()))
    assert "pip install 'brief[tune]'" in str(caught.value)
