"""What every engine promises, asserted once for all of them."""

import hashlib
import json
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from brief import models
from brief.datatypes import Candidate, Chunk, Sentence
from brief.errors import ModelError
from brief.models.base import GenerationConfig, Model
from brief.models.catalog import card_of, cards
from brief.models.checkpoint_folder import whole_digests
from brief.models.chunking import to_chunks
from brief.models.conversion_cache import Manifest
from brief.models.registry import load_folder, load_model
from tests.fakes.tiny_models import ARTICLES, article, chunks, save

NEWS_SMALL = Path(models.__file__).parent / "news-small"

ARCHITECTURES = {
    "t5-small": "t5",
    "t5-base": "t5",
    "flan-t5-small": "flan-t5",
    "flan-t5-base": "flan-t5",
    "distilbart-cnn-6-6": "bart",
    "distilbart-cnn-12-6": "bart",
    "bart-large-cnn": "bart",
    "pegasus-cnn_dailymail": "pegasus",
    "pegasus-xsum": "pegasus",
    "led-base-16384": "led",
    "mT5_multilingual_XLSum": "mt5",
}
LONG = "\n".join(text for text in ARTICLES for _ in range(2))
"""Enough for two chunks of 1,024 tokens of the tiny tokenizers."""


def alike(some: Sequence[Candidate], others: Sequence[Candidate]) -> bool:
    """Whether two runs gave the same; a log P may differ in its last digits, as torch parts a sum
    among its threads."""
    plain = [replace(one, salience=None) for one in some]
    return plain == [replace(other, salience=None) for other in others] and all(
        one.salience == pytest.approx(other.salience, abs=1e-4)
        for one, other in zip(some, others, strict=True)
    )


def keep_contract(model: Model, text: str) -> None:
    """The assertions."""
    source = article(text)
    made = to_chunks(source, model.card.budget, model.tokenizer)[:4]
    config = replace(model.card.generation, num_beams=1, min_new_tokens=4, max_new_tokens=10)
    candidates = model.propose(source, made, config)
    assert candidates
    order = [made.index(candidate.chunk) for candidate in candidates]
    assert order == sorted(order)
    for candidate in candidates:
        assert candidate.text == " ".join(candidate.text.split()) != ""
        assert not any(token in candidate.text for token in ("</s>", "[SEP]", "[UNK]", "[unused"))
        assert candidate.salience is None or candidate.salience <= 0
    if model.card.n_bullets_per_chunk == 1:
        assert len(order) == len(set(order))
    if model.card.verbatim or (model.card.keep_token and model.rate(()) is None):
        assert all(candidate.salience is not None for candidate in candidates)
    if model.card.verbatim:
        assert [candidate.text for candidate in candidates] == [chunk.text for chunk in made]
    # The same again, alone and while others are in flight.
    assert model.propose(source, made, config) == candidates
    other = chunks(model.card.budget, model.tokenizer, ARTICLES[3])
    with ThreadPoolExecutor(3) as pool:
        busy = [pool.submit(model.propose, article(ARTICLES[3]), other, config) for _ in range(3)]
        again = [pool.submit(model.propose, source, made, config) for _ in range(3)]
        assert all(alike(future.result(), candidates) for future in again)
        assert all(alike(future.result(), busy[0].result()) for future in busy)
    assert json.loads(json.dumps(dict(model.signature))) == model.signature
    assert {"model", "engine"} <= model.signature.keys()
    assert model.n_parallel >= 1


def keep_limit(model: Model) -> None:
    """No engine ever reads a chunk over the budget."""
    text = "word " * (2 * model.card.budget.max_source_tokens)
    chunk = Chunk(focus=(Sentence(text, 0, len(text), 0),))
    with pytest.raises(ModelError, match="the model reads at most"):
        model.propose(article(), [chunk], GenerationConfig())


@pytest.mark.parametrize("name", ["lead", "lexrank", "news-small"])
def test_contract_without_torch(name):
    model = load_model(name, n_threads=2)
    keep_contract(model, ARTICLES[0])
    if name == "news-small":
        keep_limit(model)


@pytest.mark.torch
def test_contract_of_news_small_in_transformers():
    model = load_model("news-small", engine="hf")
    keep_contract(model, ARTICLES[0])
    keep_limit(model)


def test_every_seq2seq_card_has_an_architecture_here():
    assert set(ARCHITECTURES) == {card.name for card in cards().values() if "/" in card.source}


@pytest.fixture(scope="module")
def tiny_folder(tmp_path_factory):
    made: dict[tuple[str, int], Path] = {}

    def folder(architecture: str, max_positions: int) -> Path:
        key = (architecture, max_positions)
        if key not in made:
            made[key] = save(tmp_path_factory.mktemp(architecture), *key)
        return made[key]

    return folder


@pytest.mark.torch
@pytest.mark.parametrize("engine", ["hf", "ctranslate"])
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_contract_of_every_card(name, engine, tiny_folder):
    card = card_of(name)
    folder = tiny_folder(ARCHITECTURES[name], card.budget.max_source_tokens)
    if engine == "ctranslate" and ARCHITECTURES[name] == "led":
        with pytest.raises(ModelError, match="CTranslate2 cannot run led models"):
            load_folder(folder, card, engine=engine)
        return
    model = load_folder(folder, card, engine=engine, n_threads=1)
    assert model.signature["engine"] == engine
    keep_contract(model, LONG)
    keep_limit(model)


@pytest.mark.torch
@pytest.mark.parametrize("architecture", ["t5", "flan-t5", "bart", "pegasus", "mt5"])
def test_engines_agree_on_tiny_models(architecture, tiny_folder, tmp_path):
    from brief.models.convert import convert

    folder = tmp_path / "model"
    shutil.copytree(tiny_folder(architecture, 512), folder)
    convert(folder, folder / "ctranslate2-int8", compute_type="float32")
    card = replace(card_of("t5-small"), prompt="plain")
    hf, ctranslate = (load_folder(folder, card, engine=engine) for engine in ("hf", "ctranslate"))
    config = GenerationConfig(min_new_tokens=3, max_new_tokens=12, no_repeat_ngram_size=2)
    made = chunks(card.budget, hf.tokenizer, LONG)
    texts = [
        [candidate.text for candidate in model.propose(article(), made, config)]
        for model in (hf, ctranslate)
    ]
    assert texts[0] == texts[1]


@pytest.fixture(scope="module")
def float32_pair(tmp_path_factory):
    """The embedded weights in both engines, in full precision."""
    from brief.models.convert import convert

    folder = tmp_path_factory.mktemp("float32") / "news-small"
    shutil.copytree(
        NEWS_SMALL, folder, ignore=shutil.ignore_patterns("ctranslate2-int8", "salience")
    )
    convert(folder, folder / "ctranslate2-int8", compute_type="float32")
    card = card_of("news-small")
    hf = load_folder(folder, card, engine="hf")
    ctranslate = load_folder(folder, card, engine="ctranslate", n_threads=1)
    assert ctranslate.signature["compute_type"] == "float32"
    return hf, ctranslate


@pytest.mark.torch
def test_engines_agree_on_the_embedded_weights(float32_pair):
    pairs = []
    for text in ARTICLES:
        made = chunks(card_of("news-small").budget, float32_pair[0].tokenizer, text)
        written = [model.propose(article(text), made, GenerationConfig()) for model in float32_pair]
        pairs.extend(zip(*written, strict=True))
    assert len(pairs) == 50
    for hf, ctranslate in pairs:
        assert hf.salience == pytest.approx(ctranslate.salience, abs=1e-3)
    equal = [hf.text == ctranslate.text for hf, ctranslate in pairs]
    assert sum(equal) >= 0.95 * len(equal)


def test_salience_does_not_depend_on_what_shares_the_batch():
    model = load_model("news-small", n_threads=1)
    sources = model.tokenizer.encode(chunks(model.card.budget, model.tokenizer))
    token = model.tokenizer.token_id("[unused1]")
    together = model._engine.first_log_probs(sources, token)
    assert len({round(one, 3) for one in together}) > 1
    for source, value in zip(sources, together, strict=True):
        assert model._engine.first_log_probs([source], token) == pytest.approx([value], abs=1e-5)


def test_the_embedded_model_rates_what_happened_over_what_surrounds_it():
    model = load_model("news-small", n_threads=1)
    for text in ARTICLES:
        sentences = [chunk.focus[0] for chunk in chunks(model.card.budget, model.tokenizer, text)]
        ratings = model.rate(sentences)
        assert ratings == model.rate(sentences)
        assert max(ratings[:2]) > max(ratings[5:])


def test_the_shipped_salience_is_the_one_it_says():
    folder = NEWS_SMALL / "salience"
    digest = hashlib.sha256((folder / "head.safetensors").read_bytes())
    digest.update((folder / "ctranslate2-int8" / "model.bin").read_bytes())
    assert json.loads((folder / "salience.json").read_text())["digest"] == digest.hexdigest()


def test_the_copy_lock_spans_one_article():
    """A piece that stands in no source, and is not always allowed, is never written."""
    from brief.models.copy_lock import CopyLock

    model = load_model("news-small", n_threads=1)
    lock = CopyLock.read(NEWS_SMALL / "vmap.txt")
    encoding = model.tokenizer
    for text in ARTICLES:
        made = chunks(model.card.budget, encoding, text)
        allowed = lock.allowed([encoding.pieces(ids) for ids in encoding.encode(made)])
        for beams in (1, 4):
            config = GenerationConfig(num_beams=beams)
            prefix = [encoding.token_id("[unused1]")]
            for hypotheses in model._engine.write(encoding.encode(made), prefix, config):
                assert len(hypotheses) == beams
                for written in hypotheses:
                    assert set(encoding.pieces(written.ids)) <= allowed - {"[UNK]"}


def test_what_was_written_before_changes_nothing():
    """The columns of a smaller article's vocabulary map are not those of a larger one's."""

    def write(model, sources):
        prefix = [model.tokenizer.token_id("[unused1]")]
        return model._engine.write(sources, prefix, GenerationConfig())

    model = load_model("news-small", n_threads=1)
    sources = model.tokenizer.encode(chunks(model.card.budget, model.tokenizer))
    alone = {n: write(load_model("news-small", n_threads=1), sources[:n]) for n in (10, 3)}
    for n in (10, 3, 10, 3, 3, 10):
        assert write(model, sources[:n]) == alone[n]


def test_an_unfinished_output_loses_its_last_word():
    model = load_model("news-small", n_threads=1)
    made = chunks(model.card.budget, model.tokenizer)
    full = model.propose(article(), made, GenerationConfig())
    cut = model.propose(article(), made, GenerationConfig(max_new_tokens=6))
    for whole, part in zip(full, cut, strict=True):
        assert whole.text.startswith(part.text)
        assert whole.text[len(part.text)] in " .,"


def test_length_is_a_control_token_for_news_small():
    model = load_model("news-small", n_threads=1)
    made = chunks(model.card.budget, model.tokenizer)
    n_words = {
        length: sum(
            len(candidate.text.split())
            for candidate in model.propose(article(), made, GenerationConfig(length=length))
        )
        for length in ("short", "medium", "long")
    }
    assert n_words["short"] < n_words["medium"] < n_words["long"]


def test_the_shipped_conversion_was_made_from_the_shipped_weights():
    manifest = Manifest.read(NEWS_SMALL / "ctranslate2-int8")
    assert manifest.files == whole_digests(NEWS_SMALL)
    assert {"model.safetensors", "vmap.txt", "tokenizer.json"} <= manifest.files.keys()
    assert manifest.compute_type == "int8"
    assert manifest.copy_locked
    for name in ("tokenizer.json", "vmap.txt"):
        shipped = NEWS_SMALL / "ctranslate2-int8" / name
        assert shipped.read_bytes() == (NEWS_SMALL / name).read_bytes()
