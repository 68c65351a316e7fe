import json
import random

import pytest

from brief.evaluation.data.contamination import names_this, near_copies
from brief.evaluation.data.dataset import read_dataset


def story(seed: int, n_words: int = 300) -> str:
    drawn = random.Random(seed)
    return " ".join(f"w{drawn.randrange(5_000)}" for _ in range(n_words))


def write(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def dataset(tmp_path):
    rows = [
        {"id": f"a{n}", "text": story(n), "bullets": ["x"], "dataset": "CNN/DailyMail"}
        for n in range(4)
    ]
    return read_dataset(write(tmp_path / "news_set.test.jsonl", *rows))


@pytest.mark.parametrize(
    ("training_sets", "named"),
    [
        (["cnn_dailymail"], True),
        (["xsum", "CNN-DailyMail"], True),
        (["news-set"], True),
        (["cnn"], False),
        ([], False),
        (["!"], False),
    ],
)
def test_a_card_names_the_set(dataset, training_sets, named):
    assert names_this(training_sets, dataset) == named


def test_near_copies_are_found_and_quotations_are_not(dataset, tmp_path):
    copied = story(1).upper().replace(" ", ", ")
    half = " ".join([*story(2).split()[:200], *story(9).split()])
    quoted = " ".join([*story(3).split()[:30], *story(8).split()])
    training = write(
        tmp_path / "train.jsonl",
        {"article": copied},
        {"text": half},
        {"text": quoted},
        ["no row"],
    )
    assert near_copies(dataset.examples, [training]) == {"a1", "a2"}
    assert near_copies(dataset.examples, []) == set()
