import subprocess
import sys

import pytest

from brief.models import extractive
from brief.models.base import GenerationConfig
from brief.models.registry import load_model
from tests.fakes.tiny_models import ARTICLES, article, chunks

CENTRAL = """Bakers sell buns elsewhere.
The market stalls are wet.
A dam broke and flooded the market, the school and the bridge.
The school will stay shut.
Engineers inspect the bridge."""


def ranking(name: str, text: str) -> list[int]:
    model = load_model(name)
    made = chunks(model.card.budget, model.tokenizer, text)
    candidates = model.propose(article(text), made, GenerationConfig())
    assert [candidate.text for candidate in candidates] == text.splitlines()
    return sorted(range(len(candidates)), key=lambda row: -(candidates[row].salience or 0))


def test_lead_ranks_by_position():
    assert ranking("lead", ARTICLES[0]) == list(range(10))


@pytest.mark.parametrize("name", ["lexrank", "textrank"])
def test_graphs_rank_by_centrality(name):
    assert ranking(name, CENTRAL)[0] == 2


@pytest.mark.parametrize("name", ["lexrank", "textrank"])
@pytest.mark.parametrize(
    "text", ["One sentence.", "Same words.\nSame words.", "A b.\nC d.", "!\n?"]
)
def test_graphs_stand_degenerate_articles(name, text):
    assert sorted(ranking(name, text)) == list(range(len(text.splitlines())))


def test_lexrank_is_bounded(monkeypatch):
    monkeypatch.setattr(extractive, "_MAX_RANKED_SENTENCES", 3)
    assert ranking("lexrank", ARTICLES[0])[3:] == list(range(3, 10))


def test_words_are_counted_and_cut():
    words = extractive.WordTokenizer()
    assert words.count(["", "one", " two  words "]) == [0, 1, 2]
    assert words.cut("one two three", 2) == "one two"


def test_lead_needs_no_library():
    code = (
        "import sys; from brief.models import load_model; load_model('lead');"
        "print([m for m in ('sumy', 'ctranslate2', 'torch', 'tokenizers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
