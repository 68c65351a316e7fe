from pathlib import Path

import numpy as np
import pytest

from brief.evaluation.data.dataset import Example
from brief.evaluation.metrics.rouge_tokenizer import AsciiTokenizer
from brief.ingest.jsonl import Source
from brief.models.catalog import card_of
from brief.models.salience import Layout
from brief.training.data import array_cache
from brief.training.data.salience_dataset import Lessons, to_lessons
from brief.training.data.salience_labels import labels
from tests.fakes.tiny_models import ARTICLES
from tests.models.test_tokenization import news_small

TOKENIZER = AsciiTokenizer()
ENCODING = news_small()
LAYOUT = Layout(max_window_tokens=64, max_sentence_tokens=12, max_lead_tokens=8)


def examples(n: int = 5) -> list[Example]:
    """Articles whose third and sixth sentences are their bullets."""
    found = []
    for number in range(n):
        lines = ARTICLES[number % len(ARTICLES)].splitlines()
        source = Source(id=str(number), text="\n".join(lines))
        found.append(Example(str(number), source, (lines[2], lines[5]), {}))
    return found


def test_what_the_reference_says_is_worth_reporting():
    lines = ARTICLES[0].splitlines()
    worth = labels(lines, [lines[2], lines[3]], TOKENIZER)
    assert worth[2] == worth[3] == 1
    assert worth[0] == worth[9] == 0


def test_a_second_telling_is_worth_less_than_the_first():
    told = "The harbor strike in Port Ellery ended on Tuesday after a vote of its workers."
    again = "The harbor strike in Port Ellery ended on Tuesday after a vote, it was confirmed."
    worth = labels([told, again, "Rain fell on the docks."], [told], TOKENIZER)
    assert worth[0] == 1
    assert 0 < worth[1] < 1
    assert worth[2] == 0


def test_lessons_hold_every_sentence_as_the_layout_shows_it():
    lessons = to_lessons(iter(examples(3)), ENCODING, TOKENIZER, LAYOUT)
    assert len(lessons) == 3
    for number in range(3):
        lines = ARTICLES[number].splitlines()
        ids = [one[: LAYOUT.max_sentence_tokens] for one in ENCODING.text_ids(lines)]
        assert lessons[number].sentences == ids
        assert lessons[number].worth[[2, 5]].tolist() == [1, 1]


def test_an_article_without_a_choice_is_left_out():
    short = Example("s", Source(id="s", text="It rained. It poured."), ("It rained.",), {})
    mute = Example("m", examples()[0].source, (), {})
    assert len(to_lessons([short, mute, *examples(1)], ENCODING, TOKENIZER, LAYOUT)) == 1
    assert len(to_lessons([short], ENCODING, TOKENIZER, LAYOUT)) == 0


def test_arrays_are_kept_under_their_key(tmp_path):
    path = tmp_path / "lessons.npz"
    lessons = to_lessons(examples(2), ENCODING, TOKENIZER, LAYOUT)
    assert array_cache.load(path, "a") is None
    array_cache.save(path, "a", vars(lessons))
    assert array_cache.load(path, "b") is None
    found = array_cache.load(path, "a")
    assert found is not None
    assert Lessons(**found)[1].sentences == lessons[1].sentences
    path.write_bytes(path.read_bytes()[:200])
    assert array_cache.load(path, "a") is None


def task(seed: int = 0):
    import torch
    import transformers

    from brief.training.salience_task import SalienceTask, to_questions

    torch.manual_seed(3)
    config = transformers.BartConfig(
        vocab_size=17_263,
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=16,
        decoder_ffn_dim=16,
        max_position_embeddings=128,
        pad_token_id=0,
    )
    encoder = transformers.BartModel(config).get_encoder()
    lessons = to_lessons(examples(10), ENCODING, TOKENIZER, LAYOUT)
    questions = to_questions(examples(), ENCODING, 4)
    return SalienceTask(
        encoder,
        Path(),
        card_of("news-small"),
        ENCODING,
        lessons,
        questions,
        TOKENIZER,
        LAYOUT,
        {},
        seed=seed,
    )


@pytest.mark.torch
def test_a_step_is_decided_by_its_number():
    one, other = task(), task()
    for step in (0, 5, 2):
        assert one.loss(step)[0].item() == other.loss(step)[0].item()
    assert one.loss(0)[0].item() != task(seed=1).loss(0)[0].item()


@pytest.mark.torch
def test_only_adapter_and_head_learn_and_they_do():
    import torch

    learner = task()
    named = {name for name, one in learner.model.named_parameters() if one.requires_grad}
    assert all(name.endswith((".down", ".up")) or name.startswith("head.") for name in named)
    weights = [one for one in learner.model.parameters() if one.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=0.02)
    first = mean_loss(learner)
    for step in range(120):
        optimizer.zero_grad()
        learner.loss(step % 4)[0].backward()
        optimizer.step()
    assert mean_loss(learner) < 0.8 * first


def mean_loss(learner) -> float:
    """Over the four batches of the test: one alone is noisy."""
    return sum(learner.loss(step)[0].item() for step in range(4)) / 4


@pytest.mark.torch
def test_validation_scores_the_best_three_sentences():
    import torch

    learner = task()
    with torch.inference_mode():
        scores = learner.validate()
    assert set(scores) == {"score", "rouge1", "rouge2", "rougeLsum"}
    assert 0 < scores["rouge1"] < 1
    assert np.isclose(
        scores["score"], (scores["rouge1"] + scores["rouge2"] + scores["rougeLsum"]) / 3
    )
