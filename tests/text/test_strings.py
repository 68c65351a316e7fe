from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.text.lexicon import english
from brief.text.strings import (
    clauses,
    fold,
    is_dangling,
    printable,
    quotations,
    sentences,
    stems,
    words,
)

NEWSY = st.text(st.sampled_from("abcT U.S?! \n\"'“”‘’,;:—-1\u200b\u202eé"), max_size=80)


def parts(spans, s):
    return [s[start:end] for start, end in spans]


def without_spaces(s):
    return "".join(s.split())


@pytest.mark.parametrize(
    ("s", "expected"),
    [
        ("“Café” – İstanbul’s", '"cafe" - istanbul\'s'),
        ("ﬁve\u00a0½", "five 1⁄2"),
        ("a\u200bb\u202ec\x00d\ufeff", "abcd"),
        ("a\tb\nc", "a b c"),
        ("Zoë ÅNGSTRÖM", "zoe angstrom"),
        ("", ""),
    ],
)
def test_fold(s, expected):
    assert fold(s) == expected


@given(st.text(max_size=60))
def test_fold_is_idempotent(s):
    assert fold(fold(s)) == fold(s)


@given(st.text(max_size=60))
def test_printable_has_no_control_characters(s):
    assert printable(s).isprintable() or printable(s).replace("\u2028", "").isprintable()
    assert printable(printable(s)) == printable(s)


@pytest.mark.parametrize(
    "expected",
    [
        ["He lives in the U.S.", "The council met Gov. Ada Roe at 5 p.m. on Monday."],
        ["Aid of Ksh.77 billion was sent.", "It ended at 9 a.m.", "Then they left."],
        ["Aid of Ksh. 77 billion was sent.", "Amb. Roe left."],
        ["She lives at No. 10 with J. K. Moss.", "It rose 3.5 percent, to $4.2m."],
        ["See https://a.example/b.c?d=1.", "Now go."],
        ["“We are not going.” she said.", '"Never!" he cried.', '"Why?"', "The man left."],
        ["“It is over.”", "Mr. Roe nodded."],
        ["the u.s. said on friday .", "the gov. of norland agreed .", "he 's 33 ."],
        ["he left . ''", "the man said so ."],
        ["The answer was no.", "He left."],
        ["1. First item.", "2. Second item."],
        ["Who? he asked.", "Wait... and then go.", "What?!", "Yes."],
        ["Dr. A. Roe vs. Open Inc. won.", "Maj. Gen. Doe spoke.", "The U.N. Council met."],
        ["It was over.", "The next began."],
        ["Ms. Okoro met Cllr. Vale and Spc. Roe.", "Atty. Holm sailed to Ft. Ellery."],
        ["(HDW)U.S. officials agreed.", "Was it late?", "No.", "The boat left."],
        ["The hull is 6 ft. long.", "It leaks."],
    ],
)
def test_sentences_of_news(expected):
    s = " ".join(expected)
    assert parts(sentences(s), s) == expected


@pytest.mark.parametrize(
    "title",
    "Ms Mr Mrs Dr Prof Sen Rep St No vs Gov Govs Sgt Spc Ft Cllr Det Supt Capt Hon Rev".split(),
)
def test_no_title_ends_a_sentence(title):
    s = f"The report named {title}. Warren on Friday."
    assert parts(sentences(s), s) == [s]


def test_a_line_break_is_a_hard_boundary():
    s = "A heading\nThe man\r\nleft.\n\n  \n“He ran.\n“He hid.”"
    assert parts(sentences(s), s) == ["A heading", "The man", "left.", "“He ran.", "“He hid.”"]


def test_a_missing_space_after_a_stop():
    s = "It was over.The next began."
    assert parts(sentences(s), s) == ["It was over.", "The next began."]


def test_another_language_is_cut():
    s = "Она ушла. Потом пришла."
    assert parts(sentences(s, "ru"), s) == ["Она ушла.", "Потом пришла."]
    assert sentences(s, "xx") == sentences(s)


@given(NEWSY)
def test_sentences_cover_everything_in_order(s):
    spans = sentences(s)
    assert without_spaces("".join(parts(spans, s))) == without_spaces(s)
    assert all(start < end for start, end in spans)
    assert all(part == part.strip() for part in parts(spans, s))
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


@pytest.mark.parametrize("s", ["word " * 30_000, "x" * 100_000, "“A b. " * 12_000])
def test_sentences_of_endless_lines(s):
    assert without_spaces("".join(parts(sentences(s), s))) == without_spaces(s)
    assert max(end - start for start, end in sentences(s)) <= 20_000


def test_clauses():
    s = "He went to the market, and he left when he could: now; they say — it rained."
    assert parts(clauses(s), s) == [
        "He went to the market,",
        "and he left",
        "when he could:",
        "now;",
        "they say",
        "— it rained.",
    ]


@given(NEWSY, st.integers(1, 30))
def test_clauses_cover_everything_and_fit(s, max_chars):
    spans = clauses(s, max_chars)
    assert without_spaces("".join(parts(spans, s))) == without_spaces(s)
    assert all(0 < end - start <= max_chars for start, end in spans)


@given(st.lists(st.text("abc", min_size=1, max_size=8), max_size=20))
def test_clauses_never_cut_a_word_that_fits(tokens):
    s = " ".join(tokens)
    assert " ".join(parts(clauses(s, 8), s)).split() == tokens


@pytest.mark.parametrize(
    ("s", "expected"),
    [
        ("Norland's 1,000 officers' pay", ["norland", "1,000", "officers", "pay"]),
        ("norland ' s 1, 000 officers ' pay", ["norland", "1,000", "officers", "pay"]),
        ("They don’t; don ' t", ["they", "don't", "don't"]),
        ("the U.S. and the u. s. met", ["the", "us", "and", "the", "us", "met"]),
        ("a UN-backed A-level O'Brien", ["a", "un", "backed", "a", "level", "o", "brien"]),
        ("in 2010, 400 left 3.5m", ["in", "2010", "400", "left", "3.5", "m"]),
        ("Café (Élan)", ["cafe", "elan"]),
        ("…", []),
    ],
)
def test_words(s, expected):
    assert words(s) == expected


@given(NEWSY)
def test_words_are_folded(s):
    assert words(fold(s)) == words(s)


def test_stems_join_inflections():
    assert stems(words("Deployed deploys deploying")) == ["deploy"] * 3


def test_stopwords_are_folded_words():
    assert all(words(word) == [word] for word in english().stopwords)


@pytest.mark.parametrize(
    ("s", "expected"),
    [
        ('He said “we go” and "no, I don\'t" then', ["we go", "no, I don't"]),
        ("‘it’s over’ and 'they don't care' ok", ["it’s over", "they don't care"]),
        ("the officers' pay isn't low", []),
        ("“unclosed, he said", []),
        ("`` no , '' she said", ["no ,"]),
        ('" we are not going, " she said', ["we are not going,"]),
    ],
)
def test_quotations(s, expected):
    assert parts(quotations(s), s) == expected


@pytest.mark.parametrize(
    "s",
    ["He left.", "“They left,” he said.", "But she said no.", "It rained.", "its price rose",
     "This is over.", "Those who left won.", "The move was planned.", "The latter won."],
)  # fmt: skip
def test_dangling(s):
    assert is_dangling(s)


@pytest.mark.parametrize(
    "s",
    ["This week, a man left.", "That same day it rained.", "It is unclear whether he left.",
     "it ' s not clear", "Items rose.", "Herald Roe wrote.", "The decision stands.", "", "I left.",
     "Theirry left."],
)  # fmt: skip
def test_not_dangling(s):
    assert not is_dangling(s)
