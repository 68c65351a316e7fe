import gzip
import json
from collections import Counter
from dataclasses import replace

import pytest

from brief.errors import InputError
from brief.models.extractive import WordTokenizer
from brief.training.data.annotated_articles import is_annotated, read_annotated
from brief.training.data.annotated_pairs import annotated_pairs
from brief.training.data.bullet_lengths import length_of
from brief.training.data.decontamination import Held
from tests.training.data.test_bullet_pairs import CARD

LEAD = "Osmund council will close the old Mill bridge on 3 May, the council said on Friday."
DULL = "Lunch at the old harbor cafe is served from noon."
HEAD = "Ana Quill, the council's chief engineer, was appointed in 2019 after a long search."
SHE = "She said the repair of 14 cracked beams will cost 2 million crowns, as prices have risen."
FERRY = "Ferries will run every 20 minutes until the bridge reopens in the autumn."
SENTENCES = (LEAD, DULL, HEAD, FERRY, SHE)


def write(path, **columns):
    row = {"id": "a", "headline": None, "sentences": SENTENCES, "key": [], "one": {}, **columns}
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    return path


def pairs_of(tmp_path, *, held=(), card=CARD, **columns):
    counts = Counter()
    rows = read_annotated(write(tmp_path / "rows.jsonl", **columns))
    found = list(annotated_pairs(rows, card, WordTokenizer(), Held(held), counts))
    return found, counts


def test_a_file_of_them_is_told_from_articles_with_bullets(tmp_path):
    packed = tmp_path / "rows.jsonl.gz"
    packed.write_bytes(gzip.compress(write(tmp_path / "rows.jsonl").read_bytes()))
    assert is_annotated(packed)
    assert read_annotated(packed)[0].text == "\n".join(SENTENCES)
    other = tmp_path / "set.jsonl"
    other.write_text('{"id": "a", "article": "x", "bullets": ["y"]}\n')
    assert not is_annotated(other)
    assert not is_annotated(tmp_path)
    other.write_text("")
    assert not is_annotated(other)


def test_the_bullet_of_one_sentence_is_taught_in_its_surroundings(tmp_path):
    bullet = "Ferries will run every 20 minutes until the bridge reopens."
    (pair,), counts = pairs_of(tmp_path, one={"3": bullet})
    assert (pair.kind, pair.target, pair.style) == ("editors", bullet, "highlight")
    assert (pair.chunk.text, pair.chunk.previous, pair.chunk.topic) == (FERRY, HEAD, LEAD)
    assert pair.chunk.focus[0].index == 3
    assert counts["pairs: editors"] == counts["editors' bullets"] == 1


def test_a_sentence_without_a_bullet_is_a_skip(tmp_path):
    (pair,), _ = pairs_of(tmp_path, one={"1": None})
    assert (pair.kind, pair.chunk.text, pair.target) == ("skip", DULL, "")
    assert pairs_of(tmp_path, one={"1": None}, card=replace(CARD, keep_token=None))[0] == []


def test_the_headline_is_the_topic_where_there_is_one(tmp_path):
    pairs, _ = pairs_of(tmp_path, headline="Old bridge closes", one={"0": None, "3": None})
    assert [pair.chunk.topic for pair in pairs] == ["Old bridge closes"] * 2
    pairs, _ = pairs_of(tmp_path, one={"0": None, "1": None, "2": None})
    assert [pair.chunk.topic for pair in pairs] == ["", "", LEAD]
    assert [pair.chunk.previous for pair in pairs] == ["", LEAD, DULL]


def test_what_a_bullet_has_from_elsewhere_stands_in_the_place_of_the_previous(tmp_path):
    bullet = "Ana Quill said the repair of 14 cracked beams will cost 2 million crowns."
    (pair,), _ = pairs_of(tmp_path, key=[{"bullet": bullet, "from": [2, 4]}])
    assert (pair.chunk.text, pair.chunk.previous) == (SHE, HEAD)
    # The lead is the topic: it needs no place of its own.
    (pair,), _ = pairs_of(tmp_path, key=[{"bullet": bullet, "from": [0, 2, 4]}])
    assert pair.chunk.previous == HEAD
    # Said to be of one sentence, with a name that an earlier one holds.
    (pair,), _ = pairs_of(tmp_path, one={"4": bullet})
    assert (pair.chunk.text, pair.chunk.previous) == (SHE, HEAD)


def test_a_bullet_is_taught_in_the_shorter_lengths_that_are_sound(tmp_path):
    bullet = (
        "The chief engineer Ana Quill said the repair of 14 cracked beams will cost 2 million"
        " crowns, as prices have risen."
    )
    pairs, counts = pairs_of(tmp_path, key=[{"bullet": bullet, "from": [2, 4]}])
    assert [length_of(pair.target) for pair in pairs] == ["long", "medium"]
    assert pairs[1].target == bullet.replace(", as prices have risen", "")
    assert {pair.chunk for pair in pairs} == {pairs[0].chunk}
    assert counts["pairs: editors"] == 2


@pytest.mark.parametrize(
    "bullet",
    [
        "The old Mill bridge over the river will close for repair on 3 May, council documents show.",
        "The old Mill bridge over the river will close on 3 May unless the council finds money soon.",
    ],
)
def test_who_says_it_and_on_what_condition_are_not_left_off(tmp_path, bullet):
    sentences = [bullet, DULL]
    pairs, _ = pairs_of(tmp_path, sentences=sentences, one={"0": bullet})
    assert [pair.target for pair in pairs] == [bullet]


@pytest.mark.parametrize(
    ("bullet", "reason"),
    [
        ("Ferries will run every 30 minutes until the bridge reopens.", "a number that"),
        ("Ferries will run every 20 minutes, gulls and pianos permitting.", "words that"),
        ("They will run every 20 minutes until the bridge reopens.", "opens with a pronoun"),
        (" ".join([FERRY] * 3), "more than 27 words"),
    ],
)
def test_what_the_model_cannot_see_is_counted_and_not_taught(tmp_path, bullet, reason):
    pairs, counts = pairs_of(tmp_path, one={"3": bullet})
    assert pairs == []
    assert [key for key in counts if key.startswith(f"dropped editors' bullets: {reason}")]


def test_a_sentence_that_is_too_long_is_neither_taught_nor_a_skip(tmp_path):
    card = replace(CARD, budget=replace(CARD.budget, max_focus_tokens=9))
    pairs, counts = pairs_of(tmp_path, one={"3": FERRY, "0": None}, card=card)
    assert pairs == []
    assert counts["dropped editors' bullets: its sentence is longer than the model reads"] == 1


def test_an_article_of_an_evaluation_file_is_left_out(tmp_path):
    pairs, counts = pairs_of(tmp_path, one={"3": FERRY}, held=[["\n".join(SENTENCES)]])
    assert pairs == []
    assert counts["dropped articles: in an evaluation file"] == 1


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({"sentences": None}, "not an article .*NoneType"),
        ({"key": [{"from": [0]}]}, "not an article .*bullet"),
        ({"key": [{"bullet": "x", "from": []}]}, "from no sentence"),
        ({"key": [{"bullet": "x", "from": [5]}]}, "of sentence 5, and there are 5"),
        ({"one": {"five": "x"}}, "not an article .*five"),
        ({"one": {"-1": "x"}}, "of sentence -1"),
    ],
)
def test_a_row_that_is_wrong_is_named(tmp_path, columns, problem):
    with pytest.raises(InputError, match=rf"rows\.jsonl:1: .*{problem}"):
        read_annotated(write(tmp_path / "rows.jsonl", **columns))
