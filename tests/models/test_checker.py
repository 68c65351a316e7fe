from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.errors import ModelError, PromptError
from brief.models.checker import (
    AROUND,
    COPIED,
    ELSEWHERE,
    FOLDER,
    KEPT,
    MOVED,
    NEW,
    OUTSIDE,
    SEAM,
    SKIPPED,
    CheckedClaim,
    Checker,
    CheckerLayout,
    Marks,
    to_reading,
    to_tokens,
    without_stop,
)
from tests.fakes.tiny_models import ARTICLES, tiny_checker
from tests.models.test_tokenization import ENCODINGS, news_small

ENCODING = news_small()
MARKS = Marks.of(ENCODING)
LAYOUT = CheckerLayout(max_bullet=12, max_source=10, max_previous=6, max_topic=4, max_sources=2)
IDS = st.lists(st.integers(200, 260), max_size=30)

LINES = ARTICLES[0].splitlines()
CLAIMS = [
    CheckedClaim("Harbor workers voted on Tuesday to end a strike.", (LINES[0],)),
    CheckedClaim("the deal raises hourly pay by 65 percent.", (LINES[1],), LINES[0], "Strike ends"),
    CheckedClaim("Maren Oduya called the vote clear", (LINES[2], LINES[3]), LINES[1]),
]


def test_tokens_are_the_same_however_a_text_is_spaced():
    assert to_tokens("Reyl didn’t sell 1,000 of Quill's ferries.") == (
        ["reyl", "didn't", "sell", "1,000", "of", "quill's", "ferries", "."]
    )
    assert to_tokens("reyl did n't go") == ["reyl", "didn't", "go"]
    assert to_tokens("quill ' s ferry") == to_tokens("quill 's ferry") == ["quill's", "ferry"]
    assert without_stop(to_tokens("It sank. ")) == ["it", "sank"]


def test_types_tell_what_was_copied_left_out_and_put_in():
    written = [300, 301, 999, 304, 310, 320]
    read = [309, 300, 301, 302, 303, 304, 305, 310, 309]
    reading = to_reading([*written[:4], 305, 320, 310], [read], [320], [], MARKS, LAYOUT)
    assert reading.types[1 : 1 + reading.n_bullet] == (
        [SEAM, COPIED, NEW, SEAM, COPIED, AROUND, SEAM]
    )
    start = reading.ids.index(MARKS.source) + 1
    assert reading.types[start : start + len(read)] == (
        [OUTSIDE, KEPT, KEPT, SKIPPED, SKIPPED, KEPT, KEPT, KEPT, OUTSIDE]
    )


def test_a_reading_says_whether_it_was_cut():
    def is_cut(n_bullet: int, *n_sources: int) -> bool:
        sources = [[300] * n for n in n_sources]
        return to_reading([300] * n_bullet, sources, [], [], MARKS, LAYOUT).is_cut

    assert not is_cut(12, 10, 10)
    assert not is_cut(12, 20)
    assert is_cut(13, 10)
    assert is_cut(12, 11, 5)
    assert is_cut(12, 3, 3, 3)


def test_a_word_at_another_place_is_told_from_a_new_one():
    reading = to_reading([310, 300, 301], [[300, 301, 310]], [], [], MARKS, LAYOUT)
    assert reading.types[1:4] == [ELSEWHERE, SEAM, COPIED]
    assert reading.types[-2] == MOVED


@given(IDS, st.lists(IDS, min_size=1, max_size=4), IDS, IDS)
def test_a_reading_has_room_and_a_type_for_each_token(bullet, sources, previous, topic):
    reading = to_reading(bullet, sources, previous, topic, MARKS, LAYOUT)
    assert len(reading.ids) == len(reading.types) <= LAYOUT.max_tokens
    assert reading.ids[1 : 1 + reading.n_bullet] == bullet[: LAYOUT.max_bullet]
    assert all(0 < one <= NEW for one in reading.types[1 : 1 + reading.n_bullet])


def made_checker(folder):
    """An untrained checker, written as a trained one is."""
    return tiny_checker(folder / "made"), folder / "made" / FOLDER


@pytest.mark.torch
def test_what_is_written_scores_as_what_was_trained(tmp_path):
    import torch

    network, folder = made_checker(tmp_path)
    checker = Checker(folder, ENCODING, 2)
    assert checker.threshold == 0.6
    scores = checker.score(CLAIMS)
    for claim, score in zip(CLAIMS, scores, strict=True):
        texts = [claim.previous, claim.topic, *claim.sources]
        previous, topic, *sources = ENCODING.text_ids([" ".join(to_tokens(t)) for t in texts])
        bullet = ENCODING.text_ids([" ".join(without_stop(to_tokens(claim.bullet)))])[0]
        reading = to_reading(bullet, sources, previous, topic, MARKS, CheckerLayout())
        ids, types = torch.tensor([reading.ids]), torch.tensor([reading.types])
        inside = torch.zeros_like(ids, dtype=torch.bool)
        inside[0, 1 : 1 + reading.n_bullet] = True
        with torch.inference_mode():
            odds = network(ids, types, torch.ones_like(ids), inside)[0]
            theirs = network.bert(ids, token_type_ids=types).last_hidden_state
            ours = network._states(ids, types, torch.ones_like(ids))
        assert torch.allclose(theirs, ours, atol=1e-4)
        assert score == pytest.approx(torch.sigmoid(odds).item(), abs=0.05)  # int8 against float32
    assert len({round(score, 3) for score in scores}) == len(CLAIMS)


@pytest.mark.torch
def test_scores_do_not_depend_on_what_else_is_asked(tmp_path):
    _, folder = made_checker(tmp_path)
    checker = Checker(folder, ENCODING, 2)
    assert checker.score([]) == []
    alone = [checker.score([claim])[0] for claim in CLAIMS]
    many = CLAIMS * 7
    with ThreadPoolExecutor(3) as pool:
        for scores in pool.map(lambda _: checker.score(many), range(6)):
            assert scores == pytest.approx(alone * 7, abs=0.02)


@pytest.mark.torch
def test_a_folder_that_is_not_whole_is_refused(tmp_path):
    _, folder = made_checker(tmp_path)
    (folder / "head.safetensors").write_bytes(b"none")
    with pytest.raises(ModelError, match=r"head\.safetensors: not the head"):
        Checker(folder, ENCODING, 1).score(CLAIMS)
    (folder / "ctranslate2-int8" / "model.bin").write_bytes(b"none")
    with pytest.raises(ModelError, match="CTranslate2 cannot read it"):
        Checker(folder, ENCODING, 1).score(CLAIMS)
    (folder / "checker.json").unlink()
    with pytest.raises(ModelError, match=r"no checker\.json"):
        Checker(folder, ENCODING, 1)


def test_a_vocabulary_that_is_not_berts_is_refused():
    with pytest.raises(PromptError):
        Marks.of(ENCODINGS["unigram"])
