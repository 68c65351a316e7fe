"""The model around an engine, with an engine that answers from a queue."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from brief.datatypes import Sentence
from brief.models.base import GenerationConfig, ModelCard
from brief.models.catalog import card_of
from brief.models.prompts import load_prompt
from brief.models.seq2seq import Generation, Seq2SeqModel
from brief.models.tokenization import Encoding
from tests.fakes.tiny_models import article, chunks, unigram


class FakeEngine:
    """Writes the texts it was given, whatever it reads."""

    n_parallel = 3
    identity: Mapping[str, str] = {"engine": "fake"}

    def __init__(self, encoding: Encoding, *texts: str, finished: bool = True) -> None:
        self.encoding = encoding
        self.texts = texts
        self.finished = finished
        self.asked: list[tuple[list[int], GenerationConfig]] = []

    def first_log_probs(self, sources: Sequence[Sequence[int]], token: int) -> list[float]:
        return [-float(len(source)) for source in sources]

    def write(
        self, sources: Sequence[Sequence[int]], prefix: Sequence[int], config: GenerationConfig
    ) -> list[list[Generation]]:
        self.asked.append((list(prefix), config))
        return [
            [Generation(self.encoding.text_ids([text])[0], self.finished)]
            for text, _ in zip(self.texts, sources, strict=True)
        ]


def model_of(card: ModelCard, *texts: str, finished: bool = True) -> Seq2SeqModel:
    tokenizer = unigram()
    tokenizer.add_tokens(["<n>"])
    encoding = Encoding(tokenizer, load_prompt(card.prompt), card.budget)
    return Seq2SeqModel(card, encoding, FakeEngine(encoding, *texts, finished=finished))


def proposed(model: Seq2SeqModel, n_chunks: int = 1, config: GenerationConfig | None = None):
    made = chunks(replace(model.card.budget, max_focus_sentences=1), model.tokenizer)[:n_chunks]
    return model.propose(article(), made, config or GenerationConfig())


SEVERAL = card_of("t5-small")
ONE = replace(SEVERAL, n_bullets_per_chunk=1)


def test_candidates_keep_the_order_of_their_chunks():
    candidates = proposed(model_of(ONE, "It rained.", "It was hot."), 2)
    assert [candidate.text for candidate in candidates] == ["It rained.", "It was hot."]
    assert [candidate.chunk.focus[0].index for candidate in candidates] == [0, 1]
    assert [candidate.salience for candidate in candidates] == [None, None]


@pytest.mark.parametrize(
    ("written", "bullets"),
    [
        ("The river rose. Two men fled.", ["The river rose.", "Two men fled."]),
        ("the river rose . two men fled .", ["the river rose .", "two men fled ."]),
        ("Dr. Oduya left at 6 a.m. on Sunday.", ["Dr. Oduya left at 6 a.m. on Sunday."]),
        ("The river rose .<n>Two men fled .", ["The river rose .", "Two men fled ."]),
        ("", []),
    ],
)
def test_an_output_of_several_bullets_is_split(written, bullets):
    assert [candidate.text for candidate in proposed(model_of(SEVERAL, written))] == bullets


def test_an_output_of_one_bullet_is_not_split():
    (candidate,) = proposed(model_of(ONE, "The river rose. Two men fled."))
    assert candidate.text == "The river rose. Two men fled."


def test_a_chunk_without_output_gives_no_candidate():
    candidates = proposed(model_of(ONE, "", "It rained."), 2)
    assert [candidate.chunk.focus[0].index for candidate in candidates] == [1]


def test_an_unfinished_output_is_never_cut_mid_word():
    (candidate,) = proposed(model_of(ONE, "The river rose over ni", finished=False))
    assert candidate.text == "The river rose over"


@pytest.mark.parametrize(("length", "bounds"), [("short", (6, 60)), ("long", (15, 150))])
def test_length_scales_the_bounds_of_models_without_a_token_for_it(length, bounds):
    model = model_of(ONE, "It rained.")
    config = GenerationConfig(length=length, min_new_tokens=10, max_new_tokens=100)
    proposed(model, 1, config)
    ((prefix, asked),) = model._engine.asked
    assert (asked.min_new_tokens, asked.max_new_tokens) == bounds
    assert prefix == []


def test_salience_is_asked_where_the_card_names_a_keep_token():
    model = model_of(replace(ONE, keep_token="<n>"), "It rained.")
    (candidate,) = proposed(model)
    assert candidate.salience is not None
    assert candidate.salience < 0
    ((prefix, _),) = model._engine.asked
    assert prefix == [model.tokenizer.token_id("<n>")]


class FakeSalience:
    """Rates a sentence by its length."""

    identity: Mapping[str, str] = {"salience": "fake"}

    def log_odds(self, sentences: Sequence[Sentence]) -> list[float]:
        return [float(len(sentence.text)) for sentence in sentences]


def test_a_model_that_rates_articles_is_not_asked_about_sentences():
    plain = model_of(replace(ONE, keep_token="<n>"), "It rained.")
    model = Seq2SeqModel(plain.card, plain._encoding, plain._engine, FakeSalience())
    (candidate,) = proposed(model)
    assert candidate.salience is None
    ((prefix, _),) = model._engine.asked
    assert prefix == [model.tokenizer.token_id("<n>")]
    assert model.rate([Sentence("Rain.", 0, 5, 0)]) == [5.0]
    assert plain.rate([Sentence("Rain.", 0, 5, 0)]) is None
    assert model.signature == {**plain.signature, "salience": "fake"}


def test_the_signature_tells_cards_apart_and_not_places():
    signature = model_of(ONE).signature
    assert signature["engine"] == "fake"
    assert model_of(replace(ONE, source="/elsewhere")).signature == signature
    for changed in (replace(ONE, prompt="plain"), replace(ONE, uncased=True)):
        assert model_of(changed).signature != signature
