"""Export a trained salience tagger to the `salience` folder next to its base model's weights.

The adapter is merged into the encoder's weights, the encoder is copied into a BERT (the same
computation: both are post-norm), and CTranslate2 converts that to int8. For further training the
adapter and the head are stored in half precision; the encoder itself is the base model's. See
`salience_task.py` for training and `models/salience.py` for inference.

Tested in `tests/training/test_salience_task.py`.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertModel

from brief.errors import StorageError
from brief.models.base import ModelCard
from brief.models.convert import quietly
from brief.models.registry import SALIENCE
from brief.models.salience import ADAPTER, CONVERSION, HEAD, MANIFEST, Layout
from brief.training.data.splits import WORK
from brief.training.export_seq2seq import to_toml
from brief.training.lora import Tagger

_POSITION_OFFSET = 2
"""BART's position table begins with two rows that no position uses."""


def export_salience(
    tagger: Tagger, base: Path, card: ModelCard, layout: Layout, folder: Path
) -> None:
    """Write the base model with this salience beside its weights.

    Args:
        tagger: As trained.
        base: The model whose encoder it adapts.
        card: What is known about that; `card.toml` takes over how the model is run.
        layout: How it was trained to read.
        folder: Where to; the base's own folder keeps its weights and gets the new salience.

    Raises:
        StorageError: It cannot be written.
    """
    try:
        if folder.resolve() != base.resolve():
            others = shutil.ignore_patterns(SALIENCE, WORK, "MODEL_CARD.md")
            shutil.copytree(base, folder, ignore=others, dirs_exist_ok=True)
            (folder / "card.toml").write_text(to_toml(card), encoding="utf-8")
        with tempfile.TemporaryDirectory(dir=folder, prefix=".salience-") as work:
            made = Path(work) / SALIENCE
            made.mkdir()
            adapter: dict[str, torch.Tensor] = {}
            for name, layer in tagger.adapted():
                adapter[f"{name}.down"] = layer.down.detach().half().contiguous()
                adapter[f"{name}.up"] = layer.up.detach().half().contiguous()
            save_file(adapter, made / ADAPTER)
            head = {"weight": tagger.head.weight.detach(), "bias": tagger.head.bias.detach()}
            save_file({name: value.half() for name, value in head.items()}, made / HEAD)
            for name in (ADAPTER, HEAD):
                # The library keeps them from other users, for whom a model may be installed.
                (made / name).chmod(0o644)
            merged = {name: layer.merged for name, layer in tagger.adapted()}
            convert_encoder(to_bert(tagger.encoder, merged), base, made)
            digest = hashlib.sha256()
            for path in (made / HEAD, made / CONVERSION / "model.bin"):
                digest.update(path.read_bytes())
            manifest = {"digest": digest.hexdigest(), "layout": asdict(layout)}
            text = json.dumps(manifest, indent=2, sort_keys=True)
            (made / MANIFEST).write_text(f"{text}\n", encoding="utf-8")
            shutil.rmtree(folder / SALIENCE, ignore_errors=True)
            made.rename(folder / SALIENCE)
    except OSError as error:
        raise StorageError(
            f"{folder}: the model cannot be written ({error.strerror or error})",
            "make room and run the same command again",
        ) from error


def to_bert(encoder: Any, weights: Mapping[str, torch.Tensor]) -> BertModel:  # noqa: ANN401  # untyped
    """The encoder of a post-norm BART as a BERT; token type 0 adds nothing.

    Args:
        encoder: A `BartEncoder`.
        weights: Its linear layers' merged weights by module name (`layers.0.fc1`), which take the
            place of its own.
    """
    config = encoder.config
    shape = BertConfig(
        vocab_size=config.vocab_size,
        hidden_size=config.d_model,
        num_hidden_layers=config.encoder_layers,
        num_attention_heads=config.encoder_attention_heads,
        intermediate_size=config.encoder_ffn_dim,
        hidden_act="gelu",
        max_position_embeddings=config.max_position_embeddings,
        layer_norm_eps=encoder.layernorm_embedding.eps,
    )
    # CTranslate2 asks for a key that transformers 5 no longer has: it knows one value only.
    shape.position_embedding_type = "absolute"
    bert = BertModel(shape)
    # An adapted layer keeps its own weights under the name `base`.
    own = {name.replace(".base.", "."): value for name, value in encoder.state_dict().items()}
    state = {
        "embeddings.word_embeddings.weight": own["embed_tokens.weight"],
        "embeddings.position_embeddings.weight": own["embed_positions.weight"][_POSITION_OFFSET:],
        "embeddings.token_type_embeddings.weight": torch.zeros(2, config.d_model),
        **_both("embeddings.LayerNorm", own, "layernorm_embedding"),
    }
    for number in range(config.encoder_layers):
        for theirs, ours in _LAYER.items():
            name = f"layers.{number}.{ours}"
            both = _both(f"encoder.layer.{number}.{theirs}", own, name)
            if name in weights:
                both[f"encoder.layer.{number}.{theirs}.weight"] = weights[name]
            state.update(both)
    missing, unexpected = bert.load_state_dict(state, strict=False)
    assert all(name.startswith("pooler.") for name in missing), missing
    assert not unexpected, unexpected
    return bert


_LAYER = {
    "attention.self.query": "self_attn.q_proj",
    "attention.self.key": "self_attn.k_proj",
    "attention.self.value": "self_attn.v_proj",
    "attention.output.dense": "self_attn.out_proj",
    "attention.output.LayerNorm": "self_attn_layer_norm",
    "intermediate.dense": "fc1",
    "output.dense": "fc2",
    "output.LayerNorm": "final_layer_norm",
}
"""BERT's names of a layer's parts, and BART's."""


def _both(theirs: str, own: Mapping[str, torch.Tensor], ours: str) -> dict[str, torch.Tensor]:
    return {f"{theirs}.{part}": own[f"{ours}.{part}"] for part in ("weight", "bias")}


def convert_encoder(bert: BertModel, base: Path, target: Path) -> None:
    """Write the encoder's CTranslate2 form, int8.

    Args:
        bert: From `to_bert`.
        base: Folder of the base model, for its tokenizer.
        target: A folder; `ctranslate2-int8` is made in it.
    """
    from ctranslate2.converters import TransformersConverter

    with tempfile.TemporaryDirectory() as work, quietly():
        bert.save_pretrained(work)
        for path in base.glob("tokenizer*.json"):
            (Path(work) / path.name).write_bytes(path.read_bytes())
        TransformersConverter(work).convert(
            str(target / CONVERSION), quantization="int8", force=True
        )
