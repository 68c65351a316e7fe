import json
import shutil
from pathlib import Path

import pytest

from brief.errors import InputError, ModelError, UsageError
from tests.fakes import tiny_models

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from safetensors.torch import load_file  # noqa: E402

from brief.ingest.inputs import to_source  # noqa: E402
from brief.models import load_model  # noqa: E402
from brief.models.copy_lock import CopyLock  # noqa: E402
from brief.pipeline import summarizer  # noqa: E402
from brief.training.data.splits import WORK  # noqa: E402
from brief.training.train_bullets import TrainSettings, prepare, to_mix, train  # noqa: E402


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
        data=(data,),
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
    assert any("pairs: highlights" in note for note in notes)
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
        train(changed(settings, data=(other,), learning_rate=0.01), tmp_path / "out")


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
        train(changed(settings, data=(data,)), tmp_path / "out", note=notes.append)
    assert any("dropped bullets" in note for note in notes)


def test_bullets_longer_than_their_articles(settings, tmp_path):
    data = write_rows(
        tmp_path / "long.jsonl", tiny_models.ARTICLES, lambda lines: [" ".join(lines * 2)]
    )
    with pytest.raises(InputError, match="4 dropped articles: bullets as long as the article"):
        train(changed(settings, data=(data,)), tmp_path / "out")


def test_one_article_is_not_enough(settings, tmp_path):
    data = write_rows(tmp_path / "one.jsonl", tiny_models.ARTICLES[:1], lambda lines: lines[:1])
    with pytest.raises(InputError, match="--validation"):
        train(changed(settings, data=(data,)), tmp_path / "out")


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


@pytest.fixture
def locked(settings, base, tmp_path):
    """A base that may write only what its source holds, and a few pieces."""
    data = write_rows(
        tmp_path / "locked.jsonl", tiny_models.ARTICLES, lambda lines: [f"«{lines[1]}»", lines[4]]
    )
    folder = tmp_path / "locked"
    shutil.copytree(base, folder)
    pieces = sorted(tiny_models.byte_bpe().get_vocab())
    lines = ["\t</s>", *(f"{piece}\t{piece}" for piece in pieces)]
    (folder / "vmap.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return changed(settings, data=(data,), base=str(folder), label_smoothing=0.1)


def test_a_locked_output_layer_gives_the_loss_of_the_whole_one_masked(locked, tmp_path):
    task = prepare(locked, tmp_path / "out").task
    loss, n = task.loss(0)
    examples, rows = task._examples, task._batches[0].tolist()
    assert n == len(rows) > 1
    lock = CopyLock.read(Path(locked.base) / "vmap.txt")
    encoding = task._encoding
    allowed = [
        set(encoding.ids(list(lock.allowed([encoding.pieces(examples.source(row).tolist())]))))
        for row in rows
    ]
    columns = sorted(set().union(*allowed))
    assert len(columns) < task.model.config.vocab_size
    log_probs = []
    for row, own in zip(rows, allowed, strict=True):
        target = examples.target(row).tolist()
        logits = task.model(
            input_ids=torch.tensor([examples.source(row).tolist()]),
            labels=torch.tensor([target]),
        ).logits[0]
        banned = torch.ones(logits.shape[1], dtype=torch.bool)
        banned[columns] = False
        locked_out = logits.masked_fill(banned, float("-inf")).log_softmax(dim=-1)
        log_probs += [
            0.9 * at[piece] + 0.1 * at[columns].mean()
            for at, piece in zip(locked_out, target, strict=True)
            if piece in own
        ]
    assert len(log_probs) < sum(len(examples.target(row)) for row in rows)
    torch.testing.assert_close(loss, -torch.stack(log_probs).mean())


def test_a_locked_model_writes_what_its_sources_hold(locked, tmp_path):
    run = train(locked, tmp_path / "out")
    scores = run.task.as_used(tmp_path / "out")
    assert list(scores) == ["own", "short", "medium", "long"]
    assert all({"rouge1", "rouge2", "rougeLsum", "words"} < one.keys() for one in scores.values())


def write_annotated(path, articles):
    rows = [
        {
            "id": f"e{n}",
            "sentences": text.splitlines(),
            "key": [{"bullet": text.splitlines()[0], "from": [0]}],
            "one": {"3": text.splitlines()[3], "5": None},
        }
        for n, text in enumerate(articles)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_editors_rows_are_learned_beside_articles(settings, tmp_path):
    annotated = write_annotated(tmp_path / "annotated.jsonl", tiny_models.ARTICLES)
    notes = []
    both = changed(
        settings, data=(*settings.data, annotated), mix={"editors": 2.0, "highlights": 1.0}
    )
    run = train(both, tmp_path / "both", note=notes.append)
    assert run.best is not None
    counts = json.loads((tmp_path / "both" / WORK / "counts.json").read_text())
    # Of each file an article is held out, and is not learned from the other one either.
    assert counts["annotated articles"] == 4
    assert counts["pairs: editors"] >= 4
    assert counts["pairs: highlights"] >= 2
    assert any(note.startswith("warning: only") and "usable pairs" in note for note in notes)


def test_editors_rows_are_what_is_validated_on(settings, tmp_path):
    first = write_annotated(tmp_path / "first.jsonl", tiny_models.ARTICLES[:3])
    second = write_annotated(tmp_path / "second.jsonl", tiny_models.ARTICLES[3:])
    run = train(changed(settings, data=(first,), validation=second), tmp_path / "out")
    assert run.step == 6
    assert {bullet.reference for bullet in run.task._unseen} <= {
        line for text in tiny_models.ARTICLES[3:] for line in text.splitlines()
    }


def test_two_unseen_bullets_of_one_sentence_are_each_scored_once(settings, tmp_path):
    line = tiny_models.ARTICLES[3].splitlines()[0]
    row = {"id": "a", "sentences": [line], "key": [{"bullet": line, "from": [0]}]}
    unseen = tmp_path / "unseen.jsonl"
    scores = []
    for one in ({}, {"0": line}):
        unseen.write_text(json.dumps({**row, "one": one}) + "\n")
        task = prepare(changed(settings, validation=unseen), tmp_path / f"out{len(one)}").task
        scores.append(task.validate())
    assert scores[0] == scores[1]


def test_a_base_that_is_not_bettered_is_said(settings, tmp_path):
    notes = []
    run = train(changed(settings, learning_rate=1e-12), tmp_path / "out", note=notes.append)
    assert run.best["score"] == run.base["score"]
    assert any(note == "warning: the new model is no better than the base" for note in notes)


def test_the_best_so_far_can_be_used_while_the_rest_is_learned(settings, tmp_path):
    seen = []

    def look(progress):
        if progress.step == 4:
            seen.append((tmp_path / "out" / "model.safetensors").is_file())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(settings, tmp_path / "out", tell=look)
    assert seen == [True]


@pytest.mark.parametrize(
    ("spelled", "mix"),
    [("editors=4,pairs=0.5", {"editors": 4.0, "pairs": 0.5}), ("skip=0", {"skip": 0.0})],
)
def test_a_mix_as_it_is_typed(spelled, mix):
    assert to_mix(spelled) == mix


@pytest.mark.parametrize(
    ("spelled", "problem"),
    [
        ("bullets=1", "there is no kind 'bullets'"),
        ("", "there is no kind ''"),
        ("pairs", "a weight is a number from 0 up"),
        ("pairs=-1", "a weight is a number"),
        ("pairs=inf", "a weight is a number"),
        ("pairs=nan", "a weight is a number"),
    ],
)
def test_a_mix_that_is_none(spelled, problem):
    with pytest.raises(UsageError, match=problem):
        to_mix(spelled)
