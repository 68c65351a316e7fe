from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.datatypes import Chunk, Sentence
from brief.models.base import ModelCard
from brief.models.chunking import Budget
from brief.models.prompts import load_prompt, parse_prompt
from brief.models.tokenization import Encoding
from brief.training.data.batches import Batches
from brief.training.data.bullet_dataset import KINDS, Encoder, Examples
from brief.training.data.bullet_lengths import length_of, n_words
from brief.training.data.bullet_pairs import Pair
from tests.fakes.tiny_models import byte_bpe

MIX = {"editors": 2.0, "skip": 0.5, "pairs": 1.25}


def examples(*, edited=40, skips=100, pairs=32, copies=5, seed=0):
    draw = np.random.default_rng(seed)
    kinds = ["editors"] * edited + ["skip"] * skips + ["pairs"] * pairs + ["copy"] * copies
    starts, at = [], 0
    for _ in kinds:
        n_source, n_target = int(draw.integers(5, 60)), int(draw.integers(1, 20))
        starts.append((at, at + n_source, at + n_source + n_target))
        at = starts[-1][2]
    return Examples(
        np.arange(at, dtype=np.int32),
        np.array(starts, dtype=np.int64).reshape(-1, 3),
        np.array([KINDS.index(kind) for kind in kinds], dtype=np.int8),
    )


def epoch_of(batches, epoch):
    first = sum(batches.n_in_epoch(n) for n in range(epoch))
    return [batches[first + n] for n in range(batches.n_in_epoch(epoch))]


@given(st.integers(20, 400), st.integers(0, 5))
def test_an_epoch_holds_each_kind_as_often_as_the_mix_says(max_tokens, seed):
    given_ = examples(seed=seed)
    batches = Batches(given_, max_tokens=max_tokens, mix=MIX, seed=seed)
    seen = np.concatenate(epoch_of(batches, 1))
    assert Counter(KINDS[kind] for kind in given_.kinds[seen]) == {
        "editors": 80,
        "skip": 50,
        "pairs": 40,
    }
    times = Counter(seen.tolist())
    assert {times[index] for index in given_.of_kind("editors").tolist()} == {2}
    assert {times[index] for index in given_.of_kind("pairs").tolist()} == {1, 2}
    assert max(times[index] for index in given_.of_kind("skip").tolist()) == 1


@given(st.integers(20, 400))
def test_a_batch_stays_within_its_budget(max_tokens):
    given_ = examples()
    for batch in epoch_of(Batches(given_, max_tokens=max_tokens, mix=MIX, seed=1), 0):
        spans = given_.starts[batch]
        width = (spans[:, 1] - spans[:, 0]).max() + (spans[:, 2] - spans[:, 1]).max()
        assert len(batch) == 1 or len(batch) * width <= max_tokens


def test_a_batch_is_the_same_whenever_it_is_asked_for():
    one, other = (Batches(examples(), max_tokens=100, mix=MIX, seed=2) for _ in range(2))
    late = one[200].tolist()
    assert [other[n].tolist() for n in range(201)][200] == late
    assert one[200].tolist() == late


def test_epochs_and_seeds_differ():
    batches = Batches(examples(), max_tokens=100, mix=MIX, seed=2)
    other = Batches(examples(), max_tokens=100, mix=MIX, seed=3)
    orders = [
        np.concatenate(epoch_of(b, n)).tolist() for b, n in ((batches, 0), (batches, 1), (other, 0))
    ]
    assert orders[0] != orders[1] != orders[2] != orders[0]


def test_sentence_pairs_alone_are_a_training_set():
    batches = Batches(examples(edited=0, skips=0), max_tokens=100, mix={"pairs": 1.0}, seed=0)
    assert len(np.concatenate(epoch_of(batches, 0))) == 32


PROMPT = parse_prompt(
    "demo",
    "---\nfor: tests\nwhat: a chunk\ncontrols: <s> </s>\noutput: <mask> <pad>\n"
    "position: 0=<unk> 1+=<s> unknown=<pad>\n---\n<s> {position} {focus} </s>\n",
)
CARD = ModelCard(name="demo", about="", budget=Budget(max_source_tokens=99), keep_token="<mask>")


def chunk(text):
    return Chunk((Sentence(text, 0, len(text), 0),))


def encoder():
    return Encoder(Encoding(byte_bpe(), PROMPT, CARD.budget), CARD, 2)


def test_sources_are_what_inference_reads():
    encoding = Encoding(byte_bpe(), PROMPT, CARD.budget)
    read = chunk("The dock union said yes.")
    assert encoder().sources([Pair("editors", read)]) == encoding.encode([read])
    unknown = encoder().sources([Pair("pairs", read, position="unknown")])[0]
    assert unknown[1] == encoding.token_id("<pad>")


def test_targets_are_keep_and_the_bullet_or_skip():
    pairs = [Pair("editors", chunk("a"), "The dock union said yes."), Pair("skip", chunk("a"))]
    bullet, skip = encoder().targets(pairs)
    tokenizer = byte_bpe()
    keep, other, end = 4, 1, 2
    assert bullet[0] == keep
    assert bullet[-1] == end
    assert tokenizer.decode(bullet[1:-1]) == "The dock union said yes."
    assert skip == [other, end]


def test_a_model_s_own_wrapping_ends_a_target_once():
    card = ModelCard(name="bart", about="", budget=CARD.budget)
    encoding = Encoding(byte_bpe(), load_prompt("plain"), card.budget)
    target = Encoder(encoding, card, 2).targets([Pair("highlights", chunk("a"), "Yes.")])[0]
    assert target[0] == 0
    assert target.count(2) == 1
    assert target[-1] == 2


@pytest.mark.parametrize(
    ("n", "length"),
    [(0, "medium"), (8, "tiny"), (9, "short"), (14, "short"), (15, "medium"), (20, "long")],
)
def test_length_of_a_target(n, length):
    assert length_of("word " * n) == length


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("", 0),
        ("Quill's ferry won't sail - says Ana.", 6),
        ("quill 's ferry won 't sail -- says ana .", 6),
        ("It cost $3.50 (6.5%).", 4),
    ],
)
def test_words_are_counted_as_a_reader_counts_them(text, n):
    assert n_words(text) == n
