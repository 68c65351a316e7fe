"""Load a language's word lists, which rules use, from `<language>.toml` beside this module.

English is the only language with a file so far. In a language without one (`lexicon_for` returns
None), rules that need its words must not run. A file is read when it is first needed.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NumberWords:
    """Number words, each tuple in the order of its values.

    Attributes:
        cardinals: `zero` to `nineteen`.
        ordinals: `first` to `nineteenth`.
        tens, tenths: `twenty` to `ninety`, `twentieth` to `ninetieth`.
        scales: `hundred`, `million` and so on -> their values.
        short_scales: Abbreviations after digits (`m`, `bn`) -> their values.
    """

    cardinals: tuple[str, ...]
    ordinals: tuple[str, ...]
    tens: tuple[str, ...]
    tenths: tuple[str, ...]
    scales: Mapping[str, int]
    short_scales: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class QuantityWords:
    """Words that show what a number counts.

    Attributes:
        qualifiers: Adjectives between a number and its noun.
        skipped: Function words between a number and its noun.
        tolls: Verbs that distinguish casualty counts (killed, injured, missing).
        currencies: Sign or code -> the currency's noun.
        aliases: Synonym of a unit or toll -> the word that rules use for it.
        signs: Noun -> the sign that may replace it.
    """

    qualifiers: frozenset[str]
    skipped: frozenset[str]
    tolls: frozenset[str]
    currencies: Mapping[str, str]
    aliases: Mapping[str, str]
    signs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CutWords:
    """Words for the rules about cuts in sentences (`boundaries.py`, `deletions.py`, `spans.py`)."""

    conditions: frozenset[str]
    sayings: frozenset[str]
    phrases: frozenset[str]
    lead_ins: frozenset[str]
    phrase_openers: frozenset[str]
    superlatives: frozenset[str]
    near: frozenset[str]
    not_speakers: frozenset[str]
    subordinates: frozenset[str]
    leading: frozenset[str]
    subjects: frozenset[str]
    ago: frozenset[str]
    spans: frozenset[str]
    want_more: frozenset[str]
    passive: frozenset[str]
    tails: frozenset[str]
    tails_after_comma: frozenset[str]
    contrasts: frozenset[str]
    ranges: frozenset[str]
    numbers: frozenset[str]
    hedges: frozenset[str]
    asides: frozenset[str]
    that_follows: frozenset[str]
    after_aside: frozenset[str]
    after_phrase: frozenset[str]
    before_phrase: frozenset[str]
    phrase_breaks: frozenset[str]
    first_person: frozenset[str]
    drops_comma: frozenset[str]
    clauses: frozenset[str]


@dataclass(frozen=True, slots=True)
class ClauseWords:
    """Words that show whether a run of words is a statement.

    Attributes:
        verbs: Words that are nearly always finite verbs.
        no_verbs: Words that end like a past tense and are not one.
        presents: Words that may be verbs of a plural subject.
        inside_verbs: Words that may come between the parts of one verb.
        openers: Words that open a subordinate clause, whose verb is not the main verb.
        openers_or_prepositions: Words that do so before a subject or at the start of a sentence.
        opening: A sentence that begins with one and has no comma is only a subordinate clause.
        subjects: Words that begin a subject.
        modifiers: Determiners and possessives; the word after one is not a verb.
        prepositions: Prepositions; likewise.
        address: Words that address the reader.
        nobody: Words that do not say who speaks.
        abbreviated: Titles that a name must follow.
    """

    verbs: frozenset[str]
    no_verbs: frozenset[str]
    presents: frozenset[str]
    inside_verbs: frozenset[str]
    openers: frozenset[str]
    openers_or_prepositions: frozenset[str]
    opening: frozenset[str]
    subjects: frozenset[str]
    modifiers: frozenset[str]
    prepositions: frozenset[str]
    address: frozenset[str]
    nobody: frozenset[str]
    abbreviated: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """One language's word lists; folded unless an attribute says otherwise. Hashes by identity.

    Attributes:
        language: ISO 639-1 code.
        stopwords: Function words.
        relatives: Relative pronouns.
        third_person: Third-person pronouns and possessives.
        demonstratives: `this`, `those` and so on.
        anaphors: Nouns that refer back when `the` precedes them.
        periods: Nouns of time; a demonstrative before one does not refer back.
        conjunctions: Words before which a long sentence may be split.
        connectives: Words that, opening a sentence, only connect it to the one before.
        unfinished: Words that do not end a complete paragraph.
        also_acronyms: Function words that are also acronyms in capitals.
        titles, titles_of_men, titles_of_women: Titles before a name.
        abbreviations: Abbreviations that do not end a sentence.
        name_abbreviations: Likewise, before a name and in their own casing.
        before_no_person: Words before a name that is not a person's.
        say: Forms of `say` in news.
        speech_tags: Verbs beside a speaker's name or pronoun.
        personal_verbs: Verbs that show that the name beside them is a person's.
        neutral_verbs: Verbs of saying that may replace each other.
        negations: Negating words.
        denying: Words that negate by themselves (`fail`, `refuse`).
        not_denied: Words after `not` or `no` that show that nothing is negated (`not only`).
        undeniable: Words that a negation right before them does not negate.
        months, weekdays: In the order of the calendar.
        short_months: Abbreviations of months.
        ambiguous_months: Months that are also ordinary words in lower case.
        irregular: Irregular form -> its base form.
        numbers, quantities, cuts, clauses: Word lists of these rules.
    """

    language: str
    stopwords: frozenset[str]
    relatives: frozenset[str]
    third_person: frozenset[str]
    demonstratives: frozenset[str]
    anaphors: frozenset[str]
    periods: frozenset[str]
    conjunctions: frozenset[str]
    connectives: frozenset[str]
    unfinished: frozenset[str]
    also_acronyms: frozenset[str]
    titles: frozenset[str]
    titles_of_men: frozenset[str]
    titles_of_women: frozenset[str]
    abbreviations: frozenset[str]
    name_abbreviations: frozenset[str]
    before_no_person: frozenset[str]
    say: frozenset[str]
    speech_tags: frozenset[str]
    personal_verbs: frozenset[str]
    neutral_verbs: frozenset[str]
    negations: frozenset[str]
    denying: frozenset[str]
    not_denied: frozenset[str]
    undeniable: frozenset[str]
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    short_months: tuple[str, ...]
    ambiguous_months: frozenset[str]
    irregular: Mapping[str, str]
    numbers: NumberWords
    quantities: QuantityWords
    cuts: CutWords
    clauses: ClauseWords


def lexicon_for(language: str | None) -> Lexicon | None:
    """The word lists of a language; None where it has no file or the language is not known.

    Example:
        >>> lexicon_for("en").weekdays[0], lexicon_for("sw"), lexicon_for(None)
        ('monday', None, None)
    """
    return None if language is None else _read(language)


def english() -> Lexicon:
    """The word lists of English, for rules and patterns that work only for English."""
    lexicon = _read("en")
    assert lexicon is not None
    return lexicon


def any_of(listed: frozenset[str] | tuple[str, ...]) -> str:
    """A regular expression for one word of a list; it prefers the longest match."""
    return f"(?:{'|'.join(sorted(listed, key=lambda word: (-len(word), word)))})"


@cache
def _read(language: str) -> Lexicon | None:
    path = files(__name__) / f"{language}.toml"
    if not path.is_file():
        return None
    tables: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    parts = {
        name: _built(cls, tables, tables[name])
        for name, cls in (
            ("numbers", NumberWords),
            ("quantities", QuantityWords),
            ("cuts", CutWords),
            ("clauses", ClauseWords),
        )
    }
    return _built(Lexicon, tables, tables, language=language, **parts)


def _built(cls: type[T], tables: Mapping[str, Any], table: Mapping[str, Any], **given: Any) -> T:  # noqa: ANN401 - of any field
    """Build a dataclass from the lists of a table, each converted to its field's type."""
    values = {
        one.name: _converted(one.type, tables, table, table[one.name])
        for one in fields(cls)  # type: ignore[arg-type]  # a dataclass
        if one.name not in given
    }
    return cls(**values, **given)


def _converted(kind: Any, tables: Mapping[str, Any], table: Mapping[str, Any], listed: Any) -> Any:  # noqa: ANN401 - of any field
    if kind == frozenset[str]:
        return frozenset(_words(tables, table, listed))
    if kind == tuple[str, ...]:
        return tuple(_words(tables, table, listed))
    if kind == Mapping[str, str]:  # `first other other; first other`
        groups = (group.split() for group in listed.split(";"))
        return {other: first for first, *others in groups for other in others}
    return listed


def _words(tables: Mapping[str, Any], table: Mapping[str, Any], listed: str) -> list[str]:
    """The words of a list and of the lists that it includes."""
    found: list[str] = []
    for word in listed.split():
        if word.startswith("@"):
            home, _, name = word[1:].rpartition(".")
            place = tables[home] if home else table if name in table else tables
            found += _words(tables, place, place[name])
        else:
            found.append(word)
    return found
