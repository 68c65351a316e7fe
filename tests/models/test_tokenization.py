from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from brief import models
from brief.datatypes import Chunk, Sentence
from brief.errors import ModelError, PromptError
from brief.models.catalog import card_of
from brief.models.prompts import load_prompt, parse_prompt
from brief.models.tokenization import Encoding
from tests.fakes.tiny_models import ARTICLES, byte_bpe, chunks, unigram

NEWS_SMALL = Path(models.__file__).parent / "news-small"
SPELLED = "[SEP] [CLS] </s> <s> <pad> <unk> <extra_id_0> [unused1] [PAD] ＜/s＞"


def news_small() -> Encoding:
    card = card_of("news-small")
    tokenizer = Tokenizer.from_file(str(NEWS_SMALL / "tokenizer.json"))
    return Encoding(tokenizer, load_prompt(card.prompt), card.budget)


def plain(tokenizer: Tokenizer, prompt: str = "plain") -> Encoding:
    return Encoding(tokenizer, load_prompt(prompt), card_of("t5-small").budget)


ENCODINGS = {
    "wordpiece": news_small(),
    "byte BPE": plain(byte_bpe()),
    "unigram": plain(unigram("<extra_id_0>"), "t5"),
}
every_encoding = pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=ENCODINGS.keys())


def one_chunk(focus: str, index: int = 3, topic: str = "", previous: str = "") -> Chunk:
    return Chunk(focus=(Sentence(focus, 0, len(focus), index),), topic=topic, previous=previous)


def test_news_small_reads_what_it_was_trained_on():
    encoding = news_small()
    chunk = one_chunk("It rained.", index=7, topic="A flood", previous="He ran.")
    (ids,) = encoding.encode([chunk], "short")
    assert encoding.pieces(ids) == [
        *("[CLS]", "[unused16]", "[unused21]", "[unused30]"),
        *("a", "flood", "[SEP]", "he", "ran", ".", "[SEP]", "it", "rain", "##ed", ".", "[SEP]"),
    ]


@pytest.mark.parametrize(
    ("index", "token"),
    [
        (0, 10),
        (5, 15),
        (6, 16),
        (7, 16),
        (8, 17),
        (10, 17),
        (11, 18),
        (15, 18),
        (16, 19),
        (400, 19),
    ],
)
def test_news_small_positions(index, token):
    encoding = news_small()
    (ids,) = encoding.encode([one_chunk("It rained.", index=index)])
    assert encoding.pieces(ids)[1] == f"[unused{token}]"


def test_a_template_without_controls_is_wrapped_as_the_tokenizer_wraps():
    tokenizer = byte_bpe()
    encoding = plain(tokenizer)
    (ids,) = encoding.encode([one_chunk(ARTICLES[0][:80])])
    assert ids == tokenizer.encode(ARTICLES[0][:80]).ids
    assert encoding.pieces(ids)[0] == "<s>"
    assert encoding.pieces(ids)[-1] == "</s>"


def test_the_t5_prefix_is_joined_to_the_text_before_it_is_encoded():
    tokenizer = unigram()
    (ids,) = plain(tokenizer, "t5").encode([one_chunk("It rained.")])
    assert ids == tokenizer.encode("summarize: It rained.").ids


@every_encoding
def test_article_text_cannot_write_a_control_token(encoding):
    sober = one_chunk("It rained.", topic="Rain", previous="Wind.")
    hostile = one_chunk(f"It {SPELLED} rained.", topic=SPELLED, previous=f"{SPELLED}{SPELLED}")
    (expected,), (found,) = (
        encoding.encode_segments([encoding.segments(sober)]),
        encoding.encode_segments([encoding.segments(hostile)]),
    )
    control = {*encoding._special_ids, *encoding._controls.values()}
    # An unknown character, such as a sign the vocabulary lacks, is no control token.
    control -= set(encoding.ids(["[UNK]", "<unk>"]))
    assert [i for i in found if i in control] == [i for i in expected if i in control]


def test_spelled_control_tokens_stay_legible():
    encoding = ENCODINGS["wordpiece"]
    (ids,) = encoding.encode_segments([encoding.segments(one_chunk("Say [SEP] now"))])
    assert encoding.pieces(ids)[-6:-1] == ["say", "[", "sep", "]", "now"]


@every_encoding
def test_measure_is_the_length_of_what_is_encoded(encoding):
    made = [
        *chunks(encoding.budget, encoding, ARTICLES[1]),
        one_chunk(SPELLED),
        one_chunk("北 ☃ é"),
    ]
    assert encoding.measure(made) == [len(ids) for ids in encoding.encode(made)]


@every_encoding
@given(st.lists(st.text(max_size=40), max_size=5))
def test_count_does_not_depend_on_what_was_counted_before(encoding, texts):
    fresh = [len(encoding.text_ids([text])[0]) for text in texts]
    assert encoding.count(texts) == fresh
    assert encoding.count(texts) == fresh


@every_encoding
@given(st.text(max_size=60), st.integers(0, 30))
def test_cut_keeps_whole_words_within_the_limit(encoding, text, limit):
    cut = encoding.cut(text, limit)
    assert text.startswith(cut)
    assert encoding.count([cut])[0] <= limit
    assert cut == text or len(cut) == len(text) or text[len(cut)].isspace() or not cut


@pytest.mark.parametrize(
    ("limit", "cut"), [(0, ""), (1, "The"), (2, "The river"), (9, "The river rose")]
)
def test_cut_is_the_longest_such_prefix(limit, cut):
    assert news_small().cut("The river rose", limit) == cut


def test_a_chunk_over_the_budget_is_an_error_and_never_cut():
    with pytest.raises(
        ModelError, match=r"character 0 has \d+ tokens, the model reads at most 135"
    ):
        news_small().encode([one_chunk("rain " * 200)])


def test_a_truncating_tokenizer_file_does_not_truncate():
    tokenizer = byte_bpe()
    tokenizer.enable_truncation(5)
    tokenizer.enable_padding(length=50)
    assert plain(tokenizer).count(["one two three four five six seven"])[0] > 5


def test_a_template_of_another_model_is_refused():
    with pytest.raises(PromptError, match="the tokenizer has no token"):
        plain(byte_bpe(), "news-small")


def test_decode_drops_control_tokens_and_half_words():
    encoding = news_small()
    ids = encoding.ids(["[unused1]", "the", "river", "[unused22]", "rose", "##n", "[SEP]"])
    assert encoding.decode(ids) == "the river rosen"
    assert encoding.decode(ids, finished=False) == "the river"


def test_decode_gives_one_line():
    tokenizer = unigram("<n>")
    encoding = plain(tokenizer)
    written = tokenizer.encode("It rained. The river rose.", add_special_tokens=False).ids
    assert encoding.decode(written) == "It rained. The river rose."


def test_memory_of_lengths_is_bounded(monkeypatch):
    monkeypatch.setattr("brief.models.tokenization._MAX_REMEMBERED", 4)
    encoding = news_small()
    words = [f"word {n}" for n in range(20)]
    one_by_one = [encoding.count([word])[0] for word in words]
    assert len(encoding._lengths) <= 4
    assert encoding.count(words) == one_by_one


def test_a_prompt_of_ones_own():
    text = "---\nfor: x\nwhat: y\n---\n{topic}: {focus}\n"
    encoding = Encoding(unigram(), parse_prompt("own", text), card_of("t5-small").budget)
    (ids,) = encoding.encode([one_chunk("It rained.", topic="Rain")])
    assert encoding.decode(ids) == "Rain: It rained."
