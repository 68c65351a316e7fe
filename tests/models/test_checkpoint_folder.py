import json
import struct
from pathlib import Path

import pytest

from brief.errors import ModelError
from brief.models.checkpoint_folder import fingerprint, read_config, whole_digests

SEQ2SEQ = {"model_type": "bart", "is_encoder_decoder": True}


def safetensors(tensors: dict[str, bytes]) -> bytes:
    header, start = {"__metadata__": {"format": "pt"}}, 0
    for name, data in tensors.items():
        end = start + len(data)
        header[name] = {"dtype": "U8", "shape": [len(data)], "data_offsets": [start, end]}
        start = end
    encoded = json.dumps(header).encode()
    return struct.pack("<Q", len(encoded)) + encoded + b"".join(tensors.values())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.json").write_text(json.dumps(SEQ2SEQ))
    weights = {"first": bytes(50_000), "second": b"tiny", "third": bytes(9_000)}
    (tmp_path / "model.safetensors").write_bytes(safetensors(weights))
    return tmp_path


def test_a_usable_folder_gives_its_config(folder):
    assert read_config(folder) == SEQ2SEQ


def test_no_config(tmp_path):
    with pytest.raises(ModelError, match=r"no model folder \(it has no config.json\)"):
        read_config(tmp_path)


def test_a_decoder_alone_is_refused(folder):
    (folder / "config.json").write_text('{"model_type": "gpt2"}')
    with pytest.raises(ModelError, match="gpt2 is not a sequence-to-sequence model"):
        read_config(folder)


def test_pickled_weights_are_refused_with_the_remedy(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ModelError, match=r"(?s)safetensors form.*save_pretrained"):
        read_config(folder)


def test_no_weights(folder):
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"needs model\.safetensors"):
        read_config(folder)


@pytest.mark.parametrize("text", ["{", "[]", "\x00"])
def test_a_broken_config_is_refused(folder, text):
    (folder / "config.json").write_text(text)
    with pytest.raises(ModelError, match=r"config\.json"):
        read_config(folder)


@pytest.mark.parametrize(
    "offset", [0, 25_000, 49_999, 50_001, 50_004, 54_500, 59_003], ids="at byte {}".format
)
def test_the_fingerprint_changes_with_every_tensor(folder, offset):
    before = fingerprint(folder)
    path = folder / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[len(data) - 59_004 + offset] ^= 1
    path.write_bytes(data)
    assert fingerprint(folder) != before


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "vmap.txt"])
def test_the_fingerprint_changes_with_every_file(folder, name):
    before = fingerprint(folder)
    with (folder / name).open("a") as file:
        file.write(" ")
    assert fingerprint(folder) != before


def test_the_fingerprint_does_not_change_with_the_folders_name(folder, tmp_path_factory):
    before = fingerprint(folder)
    (folder / "README.md").write_text("notes")
    moved = folder.rename(tmp_path_factory.mktemp("other") / "moved")
    assert fingerprint(moved) == before


@pytest.mark.parametrize("data", [b"", b"\xff" * 20, struct.pack("<Q", 2) + b"[]"])
def test_malformed_weights_are_refused(folder, data):
    (folder / "model.safetensors").write_bytes(data)
    with pytest.raises(ModelError, match="not a safetensors file"):
        fingerprint(folder)


def test_whole_digests_name_the_files_that_count(folder):
    (folder / "README.md").write_text("notes")
    assert whole_digests(folder).keys() == {"config.json", "model.safetensors"}
