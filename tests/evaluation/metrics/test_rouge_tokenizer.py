import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rouge_score.tokenizers import DefaultTokenizer

from brief.evaluation.metrics.rouge_tokenizer import (
    AsciiTokenizer,
    UnicodeTokenizer,
    choose_tokenizer,
    lost_letters,
)

ASCII = AsciiTokenizer()
UNICODE = UnicodeTokenizer()


@given(st.text() | st.text(alphabet="abcdeIiNnGgSs'-. \n19é"))
@example("The U.S. ministries were relying on 1,000 officers' organizations")
def test_ascii_tokens_are_rouge_scores_own(text):
    assert ASCII.tokenize(text) == DefaultTokenizer(use_stemmer=True).tokenize(text)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Мэр Жанны: 24 школы", ["мэр", "жанны", "24", "школы"]),
        ("पुल बंद है, नदी ऊँची।", ["पुल", "बंद", "है", "नदी", "ऊँची"]),
        ("أُغلق الجسر، 3 أيام", ["أُغلق", "الجسر", "3", "أيام"]),
        ("橋は3日閉鎖。", ["橋", "は", "3", "日", "閉", "鎖"]),
        ("다리가 폐쇄됐다", ["다리가", "폐쇄됐다"]),
        ("L'été à São Tomé", ["l", "été", "à", "são", "tomé"]),
        ("ＡＢＣ\u2009e\u0301", ["abc", "é"]),
        ("-- …", []),
    ],
)
def test_unicode_tokens(text, tokens):
    assert UNICODE.tokenize(text) == tokens


@given(st.text(), st.text())
def test_a_line_break_ends_a_token(a, b):
    for tokenizer in (ASCII, UNICODE):
        joined = tokenizer.tokenize(a) + tokenizer.tokenize(b)
        assert tokenizer.tokenize(f"{a}\n{b}") == joined


def test_the_references_choose_the_tokenizer():
    english = ["The mayor of Kilmore reopened the bridge on Tuesday after repairs."] * 4
    assert isinstance(choose_tokenizer(english), AsciiTokenizer)
    assert isinstance(choose_tokenizer([*english, "José"]), AsciiTokenizer)
    assert isinstance(choose_tokenizer([*english, "Мост открыт"]), UnicodeTokenizer)
    assert isinstance(choose_tokenizer(["Le maire a rouvert le pont réparé"]), UnicodeTokenizer)
    assert isinstance(choose_tokenizer([]), AsciiTokenizer)
    assert isinstance(choose_tokenizer(["2024", ""]), AsciiTokenizer)


def test_each_tokenizer_says_what_it_is():
    assert "a-z" in ASCII.name
    assert "Porter" in ASCII.name
    assert "every script" in UNICODE.name


def test_lost_letters_are_letters_and_not_signs():
    assert lost_letters("“25 % – £3”") == 0
    assert lost_letters("Zoë") == pytest.approx(1 / 3)
