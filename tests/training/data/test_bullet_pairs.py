import json
from collections import Counter
from dataclasses import replace

import pytest

from brief.datatypes import Chunk, Sentence
from brief.errors import InputError
from brief.evaluation.data.dataset import Example
from brief.ingest.jsonl import Source
from brief.models.base import ModelCard
from brief.models.chunking import Budget, to_chunks
from brief.models.extractive import WordTokenizer
from brief.training.data.bullet_alignment import align_bullets, focus_share
from brief.training.data.bullet_pairs import article_pairs, sentence_pairs
from brief.training.data.decontamination import Held
from brief.training.data.facts_filter import reason_to_drop
from tests.fakes.summaries import body_of

LEAD = "The Osmund bridge will close on 3 May for six weeks, the county said on Friday."
CAUSE = (
    "Inspectors, a team of nine engineers from three of the neighboring towns, found 14 cracked"
    " beams below the road in March."
)
SHE = "She said on Monday that ferries would run every 20 minutes until the bridge reopens."
DULL = "Lunch at the old harbor cafe is served from noon, and the soup is never salted."
ARTICLE = "\n".join((LEAD, CAUSE, SHE, DULL, DULL.replace("soup", "bread")))

CAUSE_CHUNK = Chunk((Sentence(CAUSE, 0, len(CAUSE), 1),), previous=LEAD)

CARD = ModelCard(
    name="one",
    about="writes one bullet a sentence",
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


def write_pairs(folder, rows):
    path = folder / "pairs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def written(pairs):
    return [(pair.kind, pair.target) for pair in pairs if pair.target]


def test_a_true_bullet_is_taught_from_its_sentence():
    bullet = "Osmund bridge will close on 3 May for six weeks"
    pairs, counts = pairs_of(example(bullet))
    assert written(pairs) == [("highlights", bullet), ("copy", LEAD)]
    assert pairs[0].chunk.text == LEAD
    assert [pair.style for pair in pairs[:2]] == ["highlight", "copy"]
    assert counts["pairs: highlights"] == counts["bullets"] == 1


def test_one_sentence_that_nobody_reported_is_a_skip():
    pairs, _ = pairs_of(example("Osmund bridge will close on 3 May for six weeks"))
    (skip,) = [pair for pair in pairs if pair.kind == "skip"]
    assert skip.chunk.text != LEAD
    assert skip.target == ""


@pytest.mark.parametrize(
    ("bullet", "reason"),
    [
        ("Osmund bridge will close on 3 May for nine weeks", "a number that"),
        ("Osmund bridge will close on 3 May, weeping", "words that"),
        ("It will close on 3 May for six weeks, the county said", "opens with a pronoun"),
        ("A senator resigned over his taxes", "said by no chunk"),
        ("Osmund bridge will close; beams, ferries, cafes, soups, bread", "mostly about another"),
        (f"{LEAD} {LEAD}", "more than 27 words"),
    ],
)
def test_what_does_not_stand_there_is_counted_and_not_taught(bullet, reason):
    pairs, counts = pairs_of(example(bullet))
    assert written(pairs) == []
    assert [key for key in counts if key.startswith(f"dropped bullets: {reason}")]


def test_a_little_of_a_bullet_may_be_in_other_words():
    bullet = (
        "Inspectors, engineers from three neighboring towns, found 14 {} beams below the road"
        " in March: the bridge will close"
    )
    assert reason_to_drop(bullet.format("broken"), CAUSE_CHUNK) is None
    assert (
        reason_to_drop(bullet.format("broken, rusty"), CAUSE_CHUNK)
        == "words that the model does not see"
    )


def test_bullets_of_one_sentence_in_different_lengths_are_all_taught():
    short = "Osmund bridge will close on 3 May for six weeks"
    other = "The county said the bridge will close for six weeks"
    pairs, _ = pairs_of(example(short, other, LEAD))
    assert written(pairs)[:2] == [("highlights", LEAD), ("highlights", short)]


def test_a_model_that_writes_freely_gets_all_bullets_of_a_chunk_and_no_labels():
    first = "Osmund bridge will close on 3 May"
    second = "Inspectors found 14 cracked beams in March"
    pairs, _ = pairs_of(example(second, first), card=FREE)
    assert written(pairs) == [("highlights", f"{second} {first}")]
    assert len(pairs) == 1
    assert len(pairs[0].chunk.focus) == 5


def test_a_parted_negation_is_joined_as_wordpiece_reads_it():
    text = ARTICLE.replace("will close", "did n't close")
    pairs, _ = pairs_of(example("Osmund bridge did n't close on 3 May", text=text))
    assert pairs[0].target == "Osmund bridge didn't close on 3 May"
    assert "didn't close" in pairs[0].chunk.text


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


def test_sentence_pairs_are_taught_as_they_are(tmp_path):
    short = "Inspectors found 14 cracked beams below the road in March."
    rows = [
        (f"{CAUSE}\n", short),
        ("word " * 300, "word"),
        ("word " * 40, "word " * 40),
        (CAUSE, " "),
    ]
    counts = Counter()
    path = write_pairs(tmp_path, [{"source": source, "target": target} for source, target in rows])
    pairs = list(sentence_pairs(path, CARD, WordTokenizer(), counts))
    assert [(pair.kind, pair.style, pair.position, pair.target) for pair in pairs] == [
        ("pairs", "compression", "unknown", short)
    ]
    assert pairs[0].chunk.text == CAUSE
    assert counts["sentences"] == 3
    assert counts["dropped sentences: more than 27 words"] == 1
    assert counts["dropped sentences: longer than the model reads"] == 1


def test_a_row_without_source_and_target_is_named(tmp_path):
    path = write_pairs(tmp_path, [{"source": CAUSE, "target": 3}])
    with pytest.raises(InputError, match=r"pairs\.jsonl:1: no row with the texts"):
        next(sentence_pairs(path, CARD, WordTokenizer(), Counter()))


def test_a_bullet_s_home_is_the_chunk_that_says_most_of_it():
    chunks = to_chunks(body_of(ARTICLE), CARD.budget, WordTokenizer())
    aligned = align_bullets(
        ["14 cracked beams were found by inspectors", "A senator resigned"], chunks
    )
    assert aligned.by_chunk == {1: ["14 cracked beams were found by inspectors"]}
    assert aligned.n_unaligned == 1
    assert 1 not in aligned.passed_over
    assert 3 in aligned.passed_over


@pytest.mark.parametrize(
    ("mark", "kept"),
    [("NEW: ", ""), ("new : ", ""), ("Just in: ", ""), ("New York: ", "New York: ")],
)
def test_the_mark_of_a_later_bullet_goes(mark, kept):
    chunks = to_chunks(body_of(ARTICLE), CARD.budget, WordTokenizer())
    bullet = "Osmund bridge will close on 3 May"
    assert align_bullets([mark + bullet, " "], chunks).by_chunk == {0: [kept + bullet]}


def test_focus_share_counts_content_words():
    assert focus_share("of the", "of the") == 0.0
    assert focus_share("County closes Osmund bridge", LEAD) == 1.0


def test_a_card_without_keep_token_gets_no_labels():
    pairs, _ = pairs_of(
        example("Osmund bridge will close on 3 May"), card=replace(CARD, keep_token=None)
    )
    assert {pair.kind for pair in pairs} == {"highlights", "copy"}
