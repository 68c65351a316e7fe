import json

import pytest

from brief.errors import InputError, ModelError, UsageError
from tests.fakes import tiny_models

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from safetensors.torch import load_file  # noqa: E402

from brief.ingest.inputs import to_source  # noqa: E402
from brief.models import load_model  # noqa: E402
from brief.pipeline import summarizer  # noqa: E402
from brief.training.data.splits import WORK  # noqa: E402
from brief.training.train_bullets import TrainSettings, train  # noqa: E402


def write_rows(path, articles, bullets_of):
    rows = [
        {"id": f"a{n}", "article": text, "bullets": bullets_of(text.splitlines())}
        for n, text in enumerate(articles)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return tiny_models.save(tmp_path_factory.mktemp("base") / "bart", "bart", 400)


@pytest.fixture
def settings(tmp_path, base):
    data = write_rows(
        tmp_path / "set.jsonl", tiny_models.ARTICLES, lambda lines: [lines[1], lines[4]]
    )
    return TrainSettings(
        data=data,
        base=str(base),
        steps=6,
        batch_tokens=1200,
        validate_every=3,
        checkpoint_every=2,
        n_validation=2,
        learning_rate=1e-3,
    )


def changed(settings, **values):
    fields = {name: getattr(settings, name) for name in settings.__dataclass_fields__}
    return TrainSettings(**{**fields, **values})


def weights_of(folder):
    return (folder / "model.safetensors").read_bytes()


def test_a_trained_model_is_a_folder_that_users_load(settings, base, tmp_path):
    notes = []
    run = train(settings, tmp_path / "out", note=notes.append)
    assert run.step == 6
    assert run.best is not None
    assert any("pairs: bullet" in note for note in notes)
    assert {
        tensor.dtype for tensor in load_file(tmp_path / "out" / "model.safetensors").values()
    } == {torch.float16}
    assert weights_of(tmp_path / "out") != weights_of(base)
    config = json.loads((tmp_path / "out" / "config.json").read_text())
    assert config["normalize_before"] is False
    for engine in ("ctranslate", "hf"):
        model = load_model(str(tmp_path / "out"), engine=engine)
        source = to_source(tiny_models.ARTICLES[0], id="a")
        assert (
            summarizer.Summarizer(model, n_bullets=1)
            .summarize(summarizer.to_article(source))
            .bullets
        )
    kept = json.loads((tmp_path / "out" / WORK / "counts.json").read_text())
    assert kept["articles"] == 4  # one is held out


def test_a_run_in_two_parts_ends_with_the_same_bytes(settings, tmp_path):
    train(settings, tmp_path / "whole")

    def kill(progress):
        if progress.step == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(settings, tmp_path / "parts", tell=kill)
    notes = []
    train(settings, tmp_path / "parts", note=notes.append)
    assert "going on from step 4" in notes
    assert weights_of(tmp_path / "parts") == weights_of(tmp_path / "whole")
    train(settings, tmp_path / "parts")
    assert weights_of(tmp_path / "parts") == weights_of(tmp_path / "whole")


def test_other_data_and_other_settings_are_refused_by_name(settings, tmp_path):
    train(settings, tmp_path / "out")
    other = write_rows(tmp_path / "other.jsonl", tiny_models.ARTICLES, lambda lines: lines[:1])
    with pytest.raises(UsageError, match=r"data was .*learning_rate was 0.001, is 0.01"):
        train(changed(settings, data=other, learning_rate=0.01), tmp_path / "out")


def test_the_encoder_stays_when_it_is_frozen(settings, base, tmp_path):
    train(changed(settings, freeze_encoder=True), tmp_path / "out")
    before = load_file(base / "model.safetensors")
    after = load_file(tmp_path / "out" / "model.safetensors")
    same = {name for name in after if torch.equal(after[name], before[name].half())}
    assert {name for name in after if "encoder.layers" in name or "shared" in name} <= same
    assert not any("decoder.layers" in name and "weight" in name for name in same)


def test_a_set_without_a_usable_pair(settings, tmp_path):
    data = write_rows(
        tmp_path / "invented.jsonl",
        tiny_models.ARTICLES,
        lambda lines: [f"A minister sang nine songs about {lines[1]}"],
    )
    notes = []
    with pytest.raises(InputError, match="not one bullet can be taught"):
        train(changed(settings, data=data), tmp_path / "out", note=notes.append)
    assert any("dropped bullets" in note for note in notes)


def test_bullets_longer_than_their_articles(settings, tmp_path):
    data = write_rows(
        tmp_path / "long.jsonl", tiny_models.ARTICLES, lambda lines: [" ".join(lines * 2)]
    )
    with pytest.raises(InputError, match="4 dropped articles: bullets as long as the article"):
        train(changed(settings, data=data), tmp_path / "out")


def test_one_article_is_not_enough(settings, tmp_path):
    data = write_rows(tmp_path / "one.jsonl", tiny_models.ARTICLES[:1], lambda lines: lines[:1])
    with pytest.raises(InputError, match="--validation"):
        train(changed(settings, data=data), tmp_path / "out")


def test_bases_that_cannot_be_trained(settings, tmp_path):
    with pytest.raises(UsageError, match="nothing to train"):
        train(changed(settings, base="lead"), tmp_path / "out")
    folder = tmp_path / "gpt"
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "gpt2"}')
    with pytest.raises(ModelError, match="gpt2 is not a sequence-to-sequence model"):
        train(changed(settings, base=str(folder)), tmp_path / "out")


def test_a_pair_file_without_pairs(settings, tmp_path):
    rows = tmp_path / "pairs.jsonl"
    rows.write_text('{"text": "a"}\n')
    with pytest.raises(
        InputError, match=r"pairs\.jsonl:1: no row with the texts source and target"
    ):
        train(changed(settings, pairs=(rows,)), tmp_path / "out")
    with pytest.raises(InputError, match=r"none\.jsonl: cannot be read"):
        train(changed(settings, pairs=(tmp_path / "none.jsonl",)), tmp_path / "out")


def test_an_output_that_cannot_be_made(settings, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BaseException, match="cannot be made"):
        train(settings, tmp_path / "file" / "out")


def test_a_relative_position_model_trains_too(settings, tmp_path):
    folder = tiny_models.save(tmp_path / "t5", "flan-t5", 400)
    run = train(changed(settings, base=str(folder), steps=2, validate_every=2), tmp_path / "out")
    assert run.step == 2
    assert load_model(str(tmp_path / "out"), engine="hf")
