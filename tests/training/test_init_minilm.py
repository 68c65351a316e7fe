import json

import pytest
from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

from brief.errors import ModelError
from brief.models.copy_lock import CopyLock
from tests.fakes import tiny_models
from tests.training.test_train_bullets import write_rows

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytestmark = pytest.mark.torch

from brief.ingest.inputs import to_source  # noqa: E402
from brief.models import load_model  # noqa: E402
from brief.pipeline import summarizer  # noqa: E402
from brief.training import init_minilm  # noqa: E402
from brief.training.train_bullets import TrainSettings, train  # noqa: E402

N_PIECES = 330


def save_bert(folder, **changes):
    """A random BERT with an uncased WordPiece tokenizer, as MiniLM has it."""
    special = ["[PAD]", *(f"[unused{n}]" for n in range(64)), "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(vocab_size=500, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(tiny_models.ARTICLES, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")],
    )
    torch.manual_seed(5)
    config = transformers.BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=24,
        num_hidden_layers=4,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=160,
        **changes,
    )
    bert = transformers.BertModel(config)
    with torch.no_grad():
        for weight in bert.parameters():
            weight.add_(0.1 * torch.randn_like(weight))  # also layer norms and biases
    bert.save_pretrained(folder)
    spelled = json.loads(tokenizer.to_str())
    kept = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
    spelled["added_tokens"] = [t for t in spelled["added_tokens"] if t["content"] in kept]
    (folder / "tokenizer.json").write_text(json.dumps(spelled))
    return folder


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    folder = tmp_path_factory.mktemp("start")
    bert = save_bert(folder / "bert")
    init_minilm.lay(bert, tiny_models.ARTICLES, folder / "start", n_pieces=N_PIECES)
    return folder


def test_the_encoder_computes_what_the_bert_computes(start):
    bert = transformers.AutoModel.from_pretrained(start / "bert")
    model = transformers.AutoModelForSeq2SeqLM.from_pretrained(start / "start")
    tokenizers = [
        Tokenizer.from_file(str(start / name / "tokenizer.json")) for name in ("bert", "start")
    ]
    difference = init_minilm.disagreement(bert, tokenizers[0], model, tokenizers[1])
    assert difference < init_minilm.TOLERANCE
    with torch.no_grad():
        model.model.encoder.layers[2].fc1.bias.add_(0.5)
    assert init_minilm.disagreement(bert, tokenizers[0], model, tokenizers[1]) > 0.01


def test_the_decoder_is_three_of_its_layers(start):
    bert = transformers.AutoModel.from_pretrained(start / "bert").encoder.layer
    layers = transformers.AutoModelForSeq2SeqLM.from_pretrained(
        start / "start"
    ).model.decoder.layers
    assert len(layers) == 3
    for layer, source in zip(layers, (bert[0], bert[1], bert[3]), strict=True):
        assert torch.equal(layer.fc1.weight, source.intermediate.dense.weight)
        theirs = source.attention.output.dense.weight
        assert torch.equal(layer.self_attn.out_proj.weight, theirs)
        assert torch.equal(layer.encoder_attn.out_proj.weight, theirs / 2)


def test_the_vocabulary_is_cut_and_every_word_can_still_be_spelled(start):
    whole, cut = (
        Tokenizer.from_file(str(start / name / "tokenizer.json")) for name in ("bert", "start")
    )
    assert cut.get_vocab_size() == N_PIECES < whole.get_vocab_size()
    known = set(whole.get_vocab())
    assert {piece for piece in known if len(piece.removeprefix("##")) == 1} <= set(cut.get_vocab())
    ids = cut.encode(tiny_models.ARTICLES[2].replace("\n", " ")).ids
    assert cut.token_to_id("[UNK]") not in ids
    assert ids[0] == cut.token_to_id("[CLS]")
    lock = CopyLock.read(start / "start" / "vmap.txt")
    assert set(lock.rules) == set(cut.get_vocab())
    assert lock.always <= set(cut.get_vocab())


def test_it_is_trained_and_runs_like_news_small(start, tmp_path):
    data = write_rows(
        tmp_path / "set.jsonl", tiny_models.ARTICLES, lambda lines: [lines[1], lines[4]]
    )
    settings = TrainSettings(
        data=(data,), base=str(start / "start"), steps=4, validate_every=2, n_validation=2
    )
    run = train(settings, tmp_path / "out")
    assert set(run.best) >= {"score", "rouge2", "words"}
    model = load_model(str(tmp_path / "out"))
    assert model.card.copy_locked
    assert model.card.keep_token == "[unused1]"
    source = to_source(tiny_models.ARTICLES[3], id="a")
    summary = summarizer.Summarizer(model, n_bullets=2).summarize(summarizer.to_article(source))
    assert len(summary.bullets) == 2


def test_a_bert_of_another_kind_is_refused(tmp_path, monkeypatch):
    bert = save_bert(tmp_path / "bert")
    monkeypatch.setattr(init_minilm, "_copy_attention", lambda *_: None)
    with pytest.raises(ModelError, match="computes something else"):
        init_minilm.lay(bert, tiny_models.ARTICLES, tmp_path / "start", n_pieces=N_PIECES)
    assert not (tmp_path / "start").exists()


def test_minilm_that_is_not_installed_is_an_extra_to_install(monkeypatch):
    monkeypatch.setattr(init_minilm, "_PACKAGE", "no_such_package_here")
    with pytest.raises(ModelError) as caught:
        init_minilm.minilm()
    assert "brief[train]" in caught.value.remedy
