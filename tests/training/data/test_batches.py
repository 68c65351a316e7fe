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
from brief.training.data.bullet_dataset import KINDS, Encoder, Examples, length_of
from brief.training.data.bullet_pairs import Pair
from tests.fakes.tiny_models import byte_bpe

RATIOS = {"skip": 0.5, "compression": 2.0}


def examples(*, bullets=40, skips=100, compressions=30, seed=0):
    draw = np.random.default_rng(seed)
    kinds = ["bullet"] * bullets + ["skip"] * skips + ["compression"] * compressions
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
def test_an_epoch_is_every_bullet_once_and_the_others_by_ratio(max_tokens, seed):
    given_ = examples(seed=seed)
    batches = Batches(given_, max_tokens=max_tokens, ratios=RATIOS, seed=seed)
    seen = np.concatenate(epoch_of(batches, 1)).tolist()
    assert len(set(seen)) == len(seen)
    counts = Counter(KINDS[kind] for kind in given_.kinds[seen])
    assert counts == {"bullet": 40, "skip": 20, "compression": 30}


@given(st.integers(20, 400))
def test_a_batch_stays_within_its_budget(max_tokens):
    given_ = examples()
    for batch in epoch_of(Batches(given_, max_tokens=max_tokens, ratios=RATIOS, seed=1), 0):
        spans = given_.starts[batch]
        width = (spans[:, 1] - spans[:, 0]).max() + (spans[:, 2] - spans[:, 1]).max()
        assert len(batch) == 1 or len(batch) * width <= max_tokens


def test_a_batch_is_the_same_whenever_it_is_asked_for():
    one, other = (Batches(examples(), max_tokens=100, ratios=RATIOS, seed=2) for _ in range(2))
    late = one[200].tolist()
    assert [other[n].tolist() for n in range(201)][200] == late
    assert one[200].tolist() == late


def test_epochs_and_seeds_differ():
    batches = Batches(examples(), max_tokens=100, ratios=RATIOS, seed=2)
    other = Batches(examples(), max_tokens=100, ratios=RATIOS, seed=3)
    orders = [
        np.concatenate(epoch_of(b, n)).tolist() for b, n in ((batches, 0), (batches, 1), (other, 0))
    ]
    assert orders[0] != orders[1] != orders[2] != orders[0]


def test_compressions_alone_are_a_training_set():
    batches = Batches(examples(bullets=0, skips=0), max_tokens=100, ratios=RATIOS, seed=0)
    assert len(np.concatenate(epoch_of(batches, 0))) == 30


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
    assert encoder().sources([Pair("label", read)]) == encoding.encode([read])
    unknown = encoder().sources([Pair("compression", read, position="unknown")])[0]
    assert unknown[1] == encoding.token_id("<pad>")


def test_targets_are_keep_or_skip_and_the_bullet():
    pairs = [
        Pair("bullet", chunk("a"), "The dock union said yes."),
        Pair("label", chunk("a")),
        Pair("skip", chunk("a")),
    ]
    bullet, label, skip = encoder().targets(pairs)
    tokenizer = byte_bpe()
    keep, other, end = 4, 1, 2
    assert bullet[0] == keep
    assert bullet[-1] == end
    assert tokenizer.decode(bullet[1:-1]) == "The dock union said yes."
    assert label == [keep]
    assert skip == [other, end]


def test_a_model_s_own_wrapping_ends_a_target_once():
    card = ModelCard(name="bart", about="", budget=CARD.budget)
    encoding = Encoding(byte_bpe(), load_prompt("plain"), card.budget)
    target = Encoder(encoding, card, 2).targets([Pair("bullet", chunk("a"), "Yes.")])[0]
    assert target[0] == 0
    assert target.count(2) == 1
    assert target[-1] == 2


@pytest.mark.parametrize(
    ("n_words", "length"),
    [(0, "medium"), (9, "tiny"), (10, "short"), (15, "short"), (16, "medium"), (23, "long")],
)
def test_length_of_a_target(n_words, length):
    assert length_of("word " * n_words) == length
