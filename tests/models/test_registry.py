import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from brief import models
from brief.errors import ModelError, UsageError
from brief.models import load_model

NEWS_SMALL = Path(models.__file__).parent / "news-small"


def copy_of_news_small(folder: Path) -> Path:
    shutil.copytree(NEWS_SMALL, folder)
    return folder


def edit_config(folder: Path, **changes: object) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_the_embedded_model_loads_without_torch():
    code = (
        "import sys; from brief.models import load_model; load_model('news-small', n_threads=1);"
        "heavy = ('torch', 'transformers', 'sumy', 'huggingface_hub', 'httpx');"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_unknown_short_names_list_the_nearest():
    with pytest.raises(UsageError, match="did you mean news-small"):
        load_model("news-smal")


@pytest.mark.parametrize("name", ["./nowhere", "/nowhere/at/all", "a/b/c"])
def test_a_path_that_does_not_exist_is_no_hub_id(name):
    with pytest.raises(UsageError, match="no such model folder"):
        load_model(name)


def test_a_folder_that_is_no_model(tmp_path):
    with pytest.raises(ModelError, match="no model folder"):
        load_model(str(tmp_path))


def test_a_folder_loads_with_its_shipped_conversion(tmp_path):
    folder = copy_of_news_small(tmp_path / "successor")
    (folder / "card.toml").write_text(
        'about = "a successor"\nprompt = "news-small"\nkeep_token = "[unused1]"\n'
        "copy_locked = true\nbudget = { max_source_tokens = 135, max_focus_sentences = 1 }\n"
    )
    model = load_model(str(folder), n_threads=1)
    assert model.card.name == "successor"
    embedded = load_model("news-small", n_threads=1).signature
    differing = {key for key, value in model.signature.items() if embedded[key] != value}
    assert differing == {"model", "card"}


def test_a_card_that_asks_for_more_than_the_weights_have(tmp_path):
    folder = copy_of_news_small(tmp_path / "long")
    (folder / "card.toml").write_text('about = "x"\nbudget = { max_source_tokens = 513 }\n')
    with pytest.raises(ModelError, match=r"allows 513 source tokens, .* have 512 positions"):
        load_model(str(folder))


def test_a_card_that_asks_for_a_lock_the_folder_does_not_have(tmp_path):
    folder = copy_of_news_small(tmp_path / "unlocked")
    (folder / "vmap.txt").unlink()
    (folder / "card.toml").write_text(
        'about = "x"\ncopy_locked = true\nbudget = { max_source_tokens = 90 }\n'
    )
    with pytest.raises(ModelError, match=r"has no vmap\.txt"):
        load_model(str(folder))


def test_an_architecture_that_ctranslate2_does_not_run(tmp_path):
    folder = copy_of_news_small(tmp_path / "led")
    edit_config(folder, model_type="led")
    with pytest.raises(ModelError, match=r"(?s)cannot run led models.*--engine hf"):
        load_model(str(folder), engine="ctranslate")


def test_a_conversion_of_another_model_is_refused(tmp_path):
    folder = copy_of_news_small(tmp_path / "damaged")
    (folder / "ctranslate2-int8" / "manifest.json").write_text("{}")
    with pytest.raises(ModelError, match="not a conversion of this version"):
        load_model(str(folder))


def test_a_truncated_conversion_is_a_clear_error(tmp_path):
    folder = copy_of_news_small(tmp_path / "short")
    path = folder / "ctranslate2-int8" / "model.bin"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ModelError, match="CTranslate2 cannot read it"):
        load_model(str(folder))
