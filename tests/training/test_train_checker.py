import json
import shutil

import numpy as np
import pytest

from brief.cli.main import run
from brief.errors import InputError
from brief.evaluation.data.dataset import Example
from brief.ingest.jsonl import Source
from brief.models.checker import CheckerLayout, to_tokens
from brief.training.data.checker_dataset import (
    ALL_KINDS,
    EDITORS,
    OTHERS,
    RIGHT,
    SUBJECT,
    UNKNOWN,
    WRONG,
    Item,
    Maker,
    Names,
    Reader,
    article_items,
    compression_items,
    edited_items,
    exchanged,
    to_rounds,
)
from brief.training.data.claims import ClaimPair
from tests.fakes.tiny_models import ARTICLES
from tests.models.test_tokenization import NEWS_SMALL, news_small

ENCODING = news_small()
IS_NAME = frozenset("maren oduya ellery port lotte varga piet noor".split()).__contains__


def row(number: int = 0) -> dict:
    """An article that an editor has read, all invented."""
    lines = ARTICLES[number % len(ARTICLES)].splitlines()
    return {
        "id": f"a{number}",
        "headline": lines[0][:40],
        "sentences": lines,
        "key": [{"bullet": lines[0], "from": [0]}, {"bullet": lines[4], "from": [4, 1]}],
        "one": {"5": lines[5], "6": None},
        "wrong": [{"bullet": lines[7].replace(" ", " not ", 1), "from": [7], "why": "denied"}],
    }


def items(number: int = 0) -> list[Item]:
    return edited_items("here", row(number), IS_NAME)


def test_an_editors_row_gives_right_and_wrong_bullets_with_their_surroundings():
    found = items()
    assert [item.kind for item in found] == [RIGHT, RIGHT, RIGHT, WRONG]
    first, second, third, wrong = (item.pair for item in found)
    lines = row()["sentences"]
    assert first.previous == []
    assert first.bullet[-1] != "."
    assert second.sources == (to_tokens(lines[4]), to_tokens(lines[1]))
    assert second.previous == to_tokens(lines[0])
    assert third.previous == to_tokens(lines[4])
    assert wrong.topic == to_tokens(lines[0][:40])
    assert ("ellery", "port") not in first.names
    assert ("port", "ellery") in first.names
    assert "2,300" in first.numbers


def test_a_row_that_is_not_as_it_should_be_is_named():
    with pytest.raises(InputError, match=r"set\.jsonl:3: not an article with an editor's bullets"):
        edited_items("set.jsonl:3", {**row(), "key": [{"bullet": "No.", "from": [99]}]}, IS_NAME)


def test_names_are_what_is_capitalised_within_sentences():
    told = "The crew of Varga met. Then the crew, Varga said, left for the Lake."
    is_name = Names([told, told, "the crew of varga in lower case says nothing", "A lake, a lake."])
    assert is_name("varga")
    assert not any(map(is_name, ("crew", "lake", "then")))


def test_compressions_keep_every_limit():
    pairs = [
        ("The old ferry was sold to Reyl on Monday.", "the ferry was sold to reyl."),
        ("The old ferry may be sold to Reyl on Monday.", "the ferry be sold to reyl."),
        ("The ferry wasn't sold to Reyl on Monday.", "the ferry was sold to reyl."),
        ("It was sold to Reyl on Monday.", "it was sold to reyl."),
    ]
    found = [" ".join(item.pair.bullet) for item in compression_items(pairs, IS_NAME)]
    assert found == ["the ferry was sold to reyl"]


def test_highlights_need_their_words_in_two_sentences_and_no_headline_style():
    lines = ARTICLES[3].splitlines()
    source = Source(id="r", text="\n".join(lines))
    told = [
        "Lotte Varga, 33, crossed the line in 4 hours, 12 minutes.",
        "Lotte Varga, 33, crossed line in 4 hours, 12 minutes.",
        "Lotte Varga, 33, sold the farm in 4 hours, 12 minutes.",
    ]
    found = list(article_items([Example("r", source, tuple(told), {})], IS_NAME, 1))
    bullets = [" ".join(item.pair.bullet) for item in found]
    assert " ".join(to_tokens(told[0])[:-1]) in bullets
    assert not any("sold" in bullet or "crossed line" in bullet for bullet in bullets)


def test_subjects_are_exchanged_and_the_right_one_reads_the_same():
    lines = ARTICLES[3].splitlines()
    said = [to_tokens(line) for line in lines]
    right = [
        Item(ClaimPair(said[index][:-1], (said[index],), [], [], is_name=IS_NAME))
        for index in (6, 8)
    ]
    found = list(exchanged(right, IS_NAME, np.random.default_rng(0)))
    assert [item.kind for item in found] == [SUBJECT, RIGHT] * 2
    told = {" ".join(item.pair.bullet) for item in found[::2]}
    assert "varga finished second for the third year in a row" in told
    for wrong, twin in zip(found[::2], found[1::2], strict=True):
        assert wrong.pair.sources == twin.pair.sources
        assert wrong.origin == twin.pair.bullet


def test_rows_flag_the_words_that_are_wrong():
    bullet = to_tokens("workers voted to end a strike")
    pair = ClaimPair(bullet, (to_tokens("Workers voted to end a strike."),), [], [])
    wrong = ClaimPair(to_tokens("workers voted to end the strike"), pair.sources, [], [])
    gap = ClaimPair(to_tokens("workers voted end a strike"), pair.sources, [], [])
    told = [Item(pair), Item(wrong, "noun", bullet), Item(gap, "span", bullet), Item(wrong, WRONG)]
    rows = Reader(ENCODING, CheckerLayout()).rows((item, EDITORS) for item in told)
    assert rows.right.tolist() == [1, 0, 0, 0]
    assert [ALL_KINDS[kind] for kind in rows.kind] == [RIGHT, "noun", "span", WRONG]
    flags = np.split(rows.flags, rows.ends[:-1])
    own = [one[1 : 1 + n].tolist() for one, n in zip(flags, rows.n_bullet, strict=True)]
    assert own == [[0] * 6, [0, 0, 0, 0, 1, 0], [0, 1, 1, 0, 0], [UNKNOWN] * 6]
    assert all(
        set(one[1 + n :].tolist()) == {UNKNOWN} for one, n in zip(flags, rows.n_bullet, strict=True)
    )


def test_kinds_that_fit_seldom_are_tried_first():
    maker = Maker()
    draw = np.random.default_rng(0)
    kinds = [w.kind for _ in range(30) for item in items() for w in maker.wrongs(item, 1, draw)]
    assert len(set(kinds) - {RIGHT}) > 8


def test_a_round_holds_all_editors_bullets_and_new_errors():
    others = (item for number in range(1, 4) for item in items(number) if item.kind == RIGHT)
    edited = [items()]
    rounds = list(to_rounds(edited, others, Maker(), IS_NAME, 2, 0.7, 3))
    assert len(rounds) == 2
    for found in rounds:
        own = [item for item, part in found if part == EDITORS]
        assert sorted(item.kind for item in own) == [RIGHT] * 3 + [WRONG] * 2
        assert sum(part == OTHERS and item.kind != RIGHT for item, part in found) >= 5
    assert [one.pair for one, _ in rounds[0]] != [one.pair for one, _ in rounds[1]]


def write(path, rows):
    path.write_text("".join(f"{json.dumps(one)}\n" for one in rows), encoding="utf-8")
    return path


@pytest.fixture
def command(tmp_path):
    """A run on a tiny base with news-small's tokenizer."""
    import torch
    import transformers

    torch.manual_seed(3)
    config = transformers.BartConfig(
        vocab_size=17_263,
        d_model=16,
        encoder_layers=4,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=16,
        decoder_ffn_dim=16,
        max_position_embeddings=512,
        pad_token_id=0,
    )
    base = tmp_path / "base"
    transformers.BartForConditionalGeneration(config).save_pretrained(base)
    for path in NEWS_SMALL.glob("tokenizer*.json"):
        shutil.copy(path, base)
    data = write(tmp_path / "edited.jsonl", [row(number) for number in range(40)])
    sets = write(
        tmp_path / "set.jsonl",
        [
            {"id": str(n), "article": text, "bullets": [text.splitlines()[1]]}
            for n, text in enumerate(ARTICLES)
        ],
    )
    pairs = write(
        tmp_path / "pairs.jsonl", [{"source": ARTICLES[0], "target": "the vote was clear there."}]
    )
    return (
        f"train --part checker --data {data} --data {sets} --pairs {pairs} --base {base}"
        f" -o {tmp_path / 'out'} --epochs 1 --steps 6 --validate-every 3 --checkpoint-every 2"
    )


@pytest.mark.torch
def test_a_run_writes_a_checker_and_ends_the_same_when_interrupted(
    command, tmp_path, capsys, monkeypatch
):
    from brief.models.checker import CheckedClaim, Checker
    from brief.training import checker_task

    assert run(command.split()) == 0
    told = capsys.readouterr().err
    assert "bullets to learn from" in told
    assert "step 6: score " in told
    made = tmp_path / "out" / "checker"
    whole = (made / "checker.json").read_bytes()
    checker = Checker(made, ENCODING, 1)
    assert 0 < checker.threshold < 1
    assert 0 < checker.score([CheckedClaim("The vote was clear.", ("The vote was clear.",))])[0] < 1

    shutil.rmtree(tmp_path / "out")
    real = checker_task.CheckerTask.loss

    def interrupted(self, step):
        if step == 4:
            raise KeyboardInterrupt
        return real(self, step)

    monkeypatch.setattr(checker_task.CheckerTask, "loss", interrupted)
    assert run(command.split()) == 130
    monkeypatch.setattr(checker_task.CheckerTask, "loss", real)
    assert run(command.split()) == 0
    assert (made / "checker.json").read_bytes() == whole


@pytest.mark.torch
def test_a_checker_learns(command, tmp_path):
    import torch

    from brief.training.train_bullets import prepare
    from brief.training.train_checker import CheckerSettings

    settings = CheckerSettings(
        data=(tmp_path / "edited.jsonl",), base=str(tmp_path / "base"), epochs=1, steps=10
    )
    task = prepare(settings, tmp_path / "other").task
    named = dict(task.model.named_parameters())
    assert not named["bert.embeddings.word_embeddings.weight"].requires_grad
    weights = [one for one in named.values() if one.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=0.01)
    first = task.loss(0)[0].item()
    assert task.loss(0)[0].item() == first
    for step in range(25):
        optimizer.zero_grad()
        task.loss(step % 3)[0].backward()
        optimizer.step()
    assert task.loss(0)[0].item() < 0.9 * first


@pytest.mark.torch
def test_mistakes_are_usage_errors(command, tmp_path, capsys):
    assert run([*command.split(), "--freeze-encoder"]) == 2
    assert run([*command.split(), "--validation", str(tmp_path / "set.jsonl")]) == 2
    plain = command.replace(f"--data {tmp_path / 'edited.jsonl'} ", "")
    assert run(plain.split()) == 65
    assert "articles that an editor has read" in capsys.readouterr().err
    assert run([*command.replace("checker", "salience").split()]) == 2


def test_scores_are_measured():
    pytest.importorskip("torch")
    from brief.training.checker_task import best_threshold, roc_area

    scores, right = np.array([3.0, 2.0, 1.0, 0.0]), np.array([1, 0, 1, 0])
    assert roc_area(scores, right) == 0.75
    assert roc_area(scores, np.ones(4)) == 0.5
    threshold, accuracy = best_threshold(np.arange(100.0), (np.arange(100) >= 40).astype(int))
    assert threshold == pytest.approx(40, abs=1)
    assert accuracy > 0.98
    assert best_threshold(np.empty(0), np.empty(0)) == (0.0, 0.5)
