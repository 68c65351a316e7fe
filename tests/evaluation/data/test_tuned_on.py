import json
from dataclasses import replace

import pytest

from brief.errors import InputError, UsageError
from brief.evaluation.data.dataset import read_dataset, split_dataset
from brief.evaluation.data.tuned_on import TunedOn, refuse_tuned, unseen
from brief.evaluation.harness import run
from tests.fakes.tunable_model import TunableModel, data_set, recipe_of, rows


@pytest.fixture
def dataset(tmp_path):
    return data_set(tmp_path)


@pytest.fixture
def parts(dataset):
    return split_dataset(dataset, seed=0)


@pytest.fixture
def system(parts):
    tuned_on = TunedOn.of(parts[0], split="first part", seed=0)
    return replace(recipe_of(TunableModel()), tuned_on=tuned_on).system()


def test_no_score_on_what_was_tuned_on(dataset, parts, system, tmp_path):
    for data in (dataset, parts[0]):
        with pytest.raises(UsageError, match=r"fake: its settings were tuned on \d+ of the"):
            run(data, [system], tmp_path / "out", n_bullets=2)
    assert not (tmp_path / "out").exists()


def test_other_articles_are_scored_and_the_report_says_where_settings_come_from(
    parts, system, tmp_path
):
    report = run(parts[1], [system], tmp_path, n_bullets=2)
    signature = report["systems"]["fake"]["signature"]
    assert signature["tuned_on"] == {
        "digest": parts[0].digest,
        "split": "first part",
        "seed": 0,
    }


def test_other_ids_another_order_and_a_sample_hide_nothing(parts, system, tmp_path):
    (seen, *_) = {example.id for example in parts[0].examples}
    row = next(row for row in rows(40) if row["id"] == seen)
    text = str(row["text"]).replace("\n", "\n\n")
    renamed = [{**row, "id": "x", "text": text}, {**rows(99)[98], "id": "y"}]
    path = tmp_path / "renamed.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in renamed))
    with pytest.raises(UsageError, match=r"tuned on 1 of the 2 articles of renamed\.jsonl"):
        refuse_tuned(read_dataset(path), [system])


def test_unseen_leaves_the_other_part(dataset, parts, system):
    rest = unseen(dataset, system.tuned_articles)
    assert [e.id for e in rest.examples] == [e.id for e in parts[1].examples]
    assert rest.digest == parts[1].digest
    refuse_tuned(rest, [system])
    with pytest.raises(InputError, match="on all of its articles"):
        unseen(parts[0], system.tuned_articles)


def test_a_table_says_the_same(parts):
    tuned_on = TunedOn.of(parts[0], split="first part", seed=4)
    assert len(tuned_on.articles) == len(parts[0].examples)
    assert TunedOn.from_table(json.loads(json.dumps(tuned_on.table)), "x") == tuned_on


@pytest.mark.parametrize(
    "change", [{"digest": 1}, {"split": None}, {"seed": True}, {"articles": "0123456789ab"}]
)
def test_a_table_that_was_edited_is_refused(change):
    whole = {"digest": "d", "split": "s", "seed": 0, "articles": []}
    TunedOn.from_table(whole, "mine")
    (key,) = change
    with pytest.raises(UsageError, match=rf"mine tuned_on: {key} must be"):
        TunedOn.from_table({**whole, **change}, "mine")
