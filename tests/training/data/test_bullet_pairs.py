from collections import Counter
from dataclasses import replace

import pytest

from brief.evaluation.data.dataset import Example
from brief.ingest.jsonl import Source
from brief.models.base import ModelCard
from brief.models.chunking import Budget, to_chunks
from brief.models.extractive import WordTokenizer
from brief.training.data.bullet_alignment import (
    align_bullets,
    common_words,
    focus_share,
    without_mark,
)
from brief.training.data.bullet_pairs import article_pairs, sentence_pairs
from brief.training.data.decontamination import Held
from tests.fakes.summaries import body_of

LEAD = "The Osmund bridge will close on 3 May for six weeks, the county said on Friday."
CAUSE = (
    "Inspectors, a team of nine engineers from three of the neighboring towns, found 14 cracked"
    " beams below the road in March."
)
SHE = "She said on Monday that ferries would run every 20 minutes until the bridge reopens."
DULL = "Lunch at the old harbor cafe is served from noon, and the soup is never salted."
ARTICLE = "\n".join((LEAD, CAUSE, SHE, DULL, DULL.replace("soup", "bread")))

CARD = ModelCard(
    name="compressing",
    about="writes one bullet a sentence, leaving words out",
    budget=Budget(
        max_source_tokens=200,
        max_focus_sentences=1,
        max_topic_tokens=24,
        max_previous_tokens=32,
        n_leading_without_topic=2,
    ),
    copy_locked=True,
    keep_token="[keep]",
    n_bullets_per_chunk=1,
)
FREE = ModelCard(name="free", about="writes freely", budget=Budget(max_source_tokens=500))


def example(*bullets, text=ARTICLE, name="a"):
    return Example(name, Source(id=name, text=text, bullets=bullets), bullets, {})


def pairs_of(*examples, card=CARD, held=()):
    counts = Counter()
    found = list(article_pairs(examples, card, WordTokenizer(), Held(held), counts))
    return found, counts


def written(pairs):
    return [(pair.kind, pair.target) for pair in pairs if pair.target]


def test_a_true_bullet_is_taught_from_its_sentence():
    bullet = "Osmund bridge will close on 3 May for six weeks"
    pairs, counts = pairs_of(example(bullet))
    assert written(pairs) == [("bullet", f"{bullet}.")]
    assert pairs[0].chunk.text == LEAD
    assert pairs[0].style == "highlight"
    assert [pair.kind for pair in pairs[1:]] == ["skip"] * 4
    assert counts["pairs: bullet"] == counts["bullets"] == 1


@pytest.mark.parametrize(
    ("bullet", "reason"),
    [
        ("Osmund bridge will close on 3 May for nine weeks", "a number"),
        ("Osmund bridge will collapse on 3 May for six weeks, the county said", "a word"),
        ("Osmund bridge will not close on 3 May for six weeks", "a negation"),
        ("It will close on 3 May for six weeks, the county said", "opens with a pronoun"),
        ("A senator resigned over his taxes", "said by no chunk"),
    ],
)
def test_what_the_guard_would_not_let_through_is_counted_and_not_taught(bullet, reason):
    pairs, counts = pairs_of(example(bullet))
    assert all(target != f"{bullet}." for _, target in written(pairs))
    assert [key for key in counts if key.startswith(f"dropped bullets: {reason}")]


def test_an_invented_word_leaves_what_the_sentence_says_itself():
    bullet = "Inspectors found 14 cracked beams below the road in March, shocking everyone"
    pairs, _ = pairs_of(example(bullet))
    assert written(pairs) == [
        ("compression", "Inspectors found 14 cracked beams below the road in March.")
    ]
    assert {pair.style for pair in pairs if pair.target} == {"compression"}


def test_a_short_sentence_is_taught_whole():
    bullet = "Bridge in Osmund is closed by the county on 3 May, for six whole weeks"
    pairs, _ = pairs_of(example(bullet))
    assert written(pairs) == [("compression", LEAD)]


def test_a_model_that_writes_freely_gets_all_bullets_of_a_chunk_and_no_labels():
    first = "Osmund bridge will close on 3 May"
    second = "Inspectors found 14 cracked beams in March"
    pairs, _ = pairs_of(example(second, first), card=FREE)
    assert written(pairs) == [("bullet", f"{second}. {first}.")]
    assert len(pairs) == 1
    assert len(pairs[0].chunk.focus) == 5


def test_a_chunk_with_a_bullet_that_cannot_be_taught_is_no_skip():
    pairs, _ = pairs_of(
        example("In March inspectors were looking at cracked beams, found by engineers before")
    )
    assert next(pair.kind for pair in pairs if pair.chunk.text == CAUSE) in {
        "label",
        "compression",
    }


def test_articles_that_teach_nothing_are_counted():
    long = ("The mayor said so. " * 60,)
    _, counts = pairs_of(
        example(*long, name="long"),
        example(name="none"),
        example("Osmund bridge will close", text="", name="empty"),
        Example("html", Source(id="html", text="<p>", is_html=True, bullets=("x",)), ("x",), {}),
    )
    assert counts["articles"] == 4
    assert counts["dropped articles: bullets as long as the article"] == 1
    assert counts["dropped articles: no bullets"] == 1
    assert sum(n for key, n in counts.items() if key.startswith("dropped articles")) == 4
    assert not [key for key in counts if key.startswith("pairs")]


def test_an_article_of_an_evaluation_file_is_left_out():
    held = [[ARTICLE.upper().replace(",", " ,")]]
    pairs, counts = pairs_of(example("Osmund bridge will close on 3 May"), held=held)
    assert pairs == []
    assert counts["dropped articles: in an evaluation file"] == 1


def test_pairs_are_the_same_on_every_run_and_a_stream():
    def endless():
        while True:
            yield example("Osmund bridge will close on 3 May")

    stream = article_pairs(endless(), CARD, WordTokenizer(), Held([]), Counter())
    assert next(stream) == pairs_of(example("Osmund bridge will close on 3 May"))[0][0]


def test_sound_compressions_alone_are_taught():
    rows = [
        (CAUSE, "Inspectors found 14 cracked beams below the road in March."),
        ("Officials denied that the bridge is safe to cross.", "The bridge is safe to cross."),
        ("word " * 300, "word"),
    ]
    counts = Counter()
    pairs = list(sentence_pairs(rows, CARD, WordTokenizer(), counts))
    assert [(pair.kind, pair.style, pair.position) for pair in pairs] == [
        ("compression", "compression", "unknown")
    ]
    assert counts["sentences"] == 3
    assert counts["dropped sentences: an unsound cut"] == 1
    assert counts["dropped sentences: longer than the model reads"] == 1


@pytest.mark.parametrize(
    ("target", "fault"),
    [
        ("Inspectors found 15 cracked beams below the road in March.", "number"),
        ("Inspectors found 14 broken beams below the road in March.", "word"),
        ("Inspectors found “14 old beams” below the road in March.", "quotation"),
    ],
)
def test_what_a_target_invents_is_counted_by_its_kind(target, fault):
    counts = Counter()
    card = replace(CARD, copy_locked=False)
    assert not list(sentence_pairs([(CAUSE, target)], card, WordTokenizer(), counts))
    assert counts[f"dropped sentences: a {fault} that is not in the input"] == 1


def test_a_bullet_s_home_is_the_chunk_that_says_most_of_it():
    chunks = to_chunks(body_of(ARTICLE), CARD.budget, WordTokenizer())
    aligned = align_bullets(
        ["14 cracked beams were found by inspectors", "A senator resigned"], chunks
    )
    assert aligned.homes == (1, None)
    assert 1 not in aligned.passed_over
    assert 3 in aligned.passed_over


@pytest.mark.parametrize(
    ("bullet", "bare"),
    [
        ("NEW: Two die", "Two die"),
        ("new : two die", "two die"),
        ("New York: rain", "New York: rain"),
    ],
)
def test_the_mark_of_a_later_bullet_goes(bullet, bare):
    assert without_mark(bullet) == bare


def test_focus_share_counts_content_words():
    assert focus_share("of the", "of the") == 0.0
    assert focus_share("County closes Osmund bridge", LEAD) == 1.0


def test_common_words_keep_the_order_of_both():
    assert common_words("March beams found", CAUSE) == "March" or "found" in common_words(
        "found beams March", CAUSE
    )
    assert common_words("nothing alike whatever", "The cat sat.") == ""


def test_a_card_without_keep_token_gets_no_labels():
    pairs, _ = pairs_of(
        example("Osmund bridge will close on 3 May"), card=replace(CARD, keep_token=None)
    )
    assert {pair.kind for pair in pairs} == {"bullet"}
