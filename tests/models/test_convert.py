"""Conversions: where they are kept, that they are made once, and what cannot be converted."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from brief import models
from brief.errors import ModelError, StorageError
from brief.models import convert as convert_module
from brief.models import load_model
from brief.models.conversion_cache import Manifest, cached_path, find_conversion
from brief.models.convert import convert_into_cache, fast_tokenizer
from tests.fakes.tiny_models import save, unigram

NEWS_SMALL = Path(models.__file__).parent / "news-small"


@pytest.fixture
def folder(tmp_path) -> Path:
    """The embedded model without its conversion."""
    target = tmp_path / "model"
    shutil.copytree(
        NEWS_SMALL, target, ignore=shutil.ignore_patterns("ctranslate2-int8", "salience")
    )
    return target


def fake_convert(folder: Path, target: Path) -> None:
    """Copies the shipped conversion."""
    shutil.copytree(NEWS_SMALL / "ctranslate2-int8", target)


def test_the_conversion_beside_the_weights_is_found():
    assert find_conversion(NEWS_SMALL, "news-small") == NEWS_SMALL / "ctranslate2-int8"


def test_a_conversion_left_by_other_weights_is_not_used(folder):
    shutil.copytree(NEWS_SMALL / "ctranslate2-int8", folder / "ctranslate2-int8")
    path = folder / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert find_conversion(folder, "successor") is None


def test_a_conversion_is_cached_under_the_users_cache(folder, user_folders, monkeypatch):
    monkeypatch.setattr(convert_module, "convert", fake_convert)
    assert find_conversion(folder, "a/b c") is None
    made = convert_into_cache(folder, "a/b c")
    assert made == find_conversion(folder, "a/b c") == cached_path(folder, "a/b c")
    assert made.parent == user_folders / "models"
    assert made.name.startswith("a-b-c-")
    assert [path.name for path in made.parent.iterdir()] == [made.name]


def test_the_key_tells_weights_apart(folder):
    before = cached_path(folder, "x")
    (folder / "vmap.txt").write_text("\tthe\n")
    assert cached_path(folder, "x") != before


def test_two_first_runs_may_meet(folder, monkeypatch):
    target = cached_path(folder, "x")

    def beaten(folder: Path, work: Path) -> None:
        fake_convert(folder, work)
        fake_convert(folder, target)
        (target / "winner").touch()

    monkeypatch.setattr(convert_module, "convert", beaten)
    assert convert_into_cache(folder, "x") == target
    assert (target / "winner").exists()
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_a_failed_conversion_leaves_nothing(folder, user_folders, monkeypatch):
    def broken(folder: Path, work: Path) -> None:
        work.mkdir()
        raise ModelError("no")

    monkeypatch.setattr(convert_module, "convert", broken)
    with pytest.raises(ModelError):
        convert_into_cache(folder, "x")
    assert list((user_folders / "models").iterdir()) == []


def test_a_cache_that_cannot_be_written(folder, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("BRIEF_CACHE_DIR", str(tmp_path / "file"))
    with pytest.raises(StorageError, match=r"(?s)cannot be written: .*BRIEF_CACHE_DIR"):
        convert_into_cache(folder, "x")


def test_a_broken_tokenizer_is_refused(folder):
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelError, match=r"tokenizer\.json: not a tokenizer"):
        fast_tokenizer(folder)


@pytest.mark.torch
def test_a_folder_without_any_tokenizer(folder):
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "T5Tokenizer"}')
    with pytest.raises(ModelError, match=r"its tokenizer has \d+ tokens, the model 17263"):
        fast_tokenizer(folder)


@pytest.mark.torch
def test_the_shipped_conversion_can_be_made_again(folder):
    model = load_model(str(folder), n_threads=1)
    made = find_conversion(folder, folder.name)
    assert made is not None
    shipped = NEWS_SMALL / "ctranslate2-int8"
    again, before = Manifest.read(made), Manifest.read(shipped)
    assert replace(again, versions=before.versions) == before
    names = {path.name for path in shipped.iterdir()}
    assert {path.name for path in made.iterdir()} == names
    if again.versions != before.versions:
        names -= {"manifest.json", "model.bin"}
    for name in names:
        assert (made / name).read_bytes() == (shipped / name).read_bytes(), name
    assert model.signature["compute_type"].startswith("int8")
    assert not (folder / "ctranslate2-int8").exists()


@pytest.mark.torch
def test_weights_that_are_no_model_are_refused(tmp_path, user_folders):
    folder = save(tmp_path / "tiny", "bart", 64)
    (folder / "config.json").write_text(
        (folder / "config.json").read_text().replace('"gelu"', '"no such function"')
    )
    for engine in ("ctranslate", "hf"):
        with pytest.raises(ModelError):
            load_model(str(folder), engine=engine)
    assert list((user_folders / "models").iterdir()) == []


@pytest.mark.torch
def test_a_sentencepiece_folder_needs_no_tokenizer_json(tmp_path):
    """Older hub repositories hold no tokenizer.json; transformers makes the fast form."""
    from transformers import PreTrainedTokenizerFast

    made = unigram("<extra_id_0>")
    slow = PreTrainedTokenizerFast(tokenizer_object=made, eos_token="</s>", unk_token="<unk>")
    slow.save_pretrained(tmp_path)
    again = fast_tokenizer(tmp_path)
    assert again.encode("It rained.").ids == made.encode("It rained.").ids
