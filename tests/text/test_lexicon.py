"""The lexicon: what its file says becomes typed lists, once, and only where it is asked for."""

import subprocess
import sys
from dataclasses import fields

import pytest

from brief.text.lexicon import any_of, english, lexicon_for
from brief.text.strings import fold, words


def test_only_a_language_with_a_file_has_a_lexicon() -> None:
    assert lexicon_for("en") is english()
    assert lexicon_for("de") is lexicon_for("") is lexicon_for(None) is None


def test_lists_include_others() -> None:
    lexicon = english()
    assert lexicon.say < lexicon.speech_tags < lexicon.personal_verbs
    assert lexicon.titles_of_men | lexicon.titles_of_women < lexicon.titles
    assert lexicon.say < lexicon.cuts.sayings < lexicon.cuts.that_follows
    assert lexicon.relatives < lexicon.clauses.openers


def test_ordered_lists_keep_their_order() -> None:
    lexicon = english()
    assert (lexicon.months[0], lexicon.months[11], len(lexicon.months)) == (
        "january",
        "december",
        12,
    )
    assert lexicon.weekdays[6] == "sunday"
    assert lexicon.numbers.cardinals.index("seven") == 7


def test_groups_lead_to_their_first_word() -> None:
    lexicon = english()
    assert lexicon.irregular["went"] == "go"
    assert "go" not in lexicon.irregular
    assert lexicon.quantities.currencies["ksh"] == "shilling"


@pytest.mark.parametrize("part", ["", "cuts", "clauses"])
def test_words_are_folded_and_none_is_a_mark_of_the_file(part: str) -> None:
    lexicon = english()
    table = getattr(lexicon, part) if part else lexicon
    for field in fields(table):
        listed = getattr(table, field.name)
        if isinstance(listed, frozenset) and field.name != "name_abbreviations":
            assert listed, field.name
            assert all(word == fold(word) and words(word) in ([word], []) for word in listed)


def test_the_longest_alternative_comes_first() -> None:
    assert any_of(("jan", "january")) == "(?:january|jan)"


def test_neither_the_package_nor_the_command_line_reads_it() -> None:
    code = "import sys, brief, brief.cli.main; print('brief.text.lexicon' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"
