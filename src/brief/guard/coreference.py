"""Resolve a pronoun to the name that it refers to, where an earlier sentence makes it certain.

"He called for help" after "Rubio praised Kenya" becomes "Rubio called for help"; "…," he said is
resolved likewise. Only singular personal pronouns are resolved, only at the start of a sentence or
as its speaker, and only if the sentence before mentions exactly one person. The article must show
that the name is a person's, by a title or by words such as "said" beside it. There is no analysis
of grammar, and gender is known only from titles.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from brief.datatypes import Code, Remark
from brief.text import strings
from brief.text.lexicon import any_of, english
from brief.text.truecasing import names

_OPENING = re.compile(r"(?P<pronoun>He|She|His|Her)\b(?!['’])\s+(?=[a-z\"“])")
_FIRST_WORD = re.compile(r"\W*([A-Z][\w’'-]*\w)")


@dataclass(frozen=True, slots=True)
class _PronounWords:
    """Patterns of the lexicon's words.

    Attributes:
        speaker: A pronoun as the speaker of the quotation before it.
        ending: The same at the end of a sentence.
        men, women: Titles that show the gender.
        titles: All titles, with their point.
        speaks: Verbs beside a person's name.
        spoke: Verbs before a speaker's name.
        no_person: Words before the name of a place, a work or an office rather than a person's.
    """

    speaker: re.Pattern[str]
    ending: re.Pattern[str]
    men: str
    women: str
    titles: str
    speaks: str
    spoke: str
    no_person: re.Pattern[str]


@cache
def _words() -> _PronounWords:
    """The English patterns."""
    lexicon = english()
    tags = any_of(lexicon.speech_tags)
    return _PronounWords(
        speaker=re.compile(rf"(?<=[,\"”’?!] )(?P<pronoun>he|she)(?= {tags}\b)"),
        ending=re.compile(rf"[,?!][\"”’]?\s(?P<pronoun>he|she|they|it) {tags}[.,]?$"),
        men=_titled(lexicon.titles_of_men),
        women=_titled(lexicon.titles_of_women),
        titles=rf"{_titled(lexicon.titles)}\.?",
        speaks=any_of(lexicon.personal_verbs),
        spoke=tags,
        no_person=re.compile(rf"(?:\b{any_of(lexicon.before_no_person)}|['’]s?)\s+$"),
    )


def _titled(titles: frozenset[str]) -> str:
    return any_of(frozenset(map(str.title, titles)))


def unexplained(sentence: str) -> str | None:
    """The pronoun of a sentence that only an earlier sentence explains; None if there is none.

    Example:
        >>> unexplained("“It is over,” he said.")
        'he'
    """
    ending = _words().ending.search(sentence)
    if ending is not None and not names(sentence[: ending.start()]):
        return ending["pronoun"]
    if strings.is_dangling(sentence):
        return sentence.split(maxsplit=1)[0].strip("\"“‘'")
    return None


def resolve(bullet: str, context: Sequence[str], body: str) -> tuple[str, str] | None:
    """Replace the unexplained pronoun of a bullet by a name; return the text and the name.

    Args:
        bullet: A sentence in its final casing.
        context: Texts before it, nearest first; the first one that mentions a person decides.
        body: The article's text, for evidence that a name is a person's.

    Returns:
        None when the bullet has no such pronoun, or when it is not certain whom it means.

    Example:
        >>> body = "Ana Quill said the bridge was safe. She resigned in May."
        >>> resolve("She resigned in May.", ["Ana Quill said the bridge was safe."], body)
        ('Ana Quill resigned in May.', 'Ana Quill')
    """
    found = _OPENING.match(bullet) or (
        _words().speaker.search(bullet) if unexplained(bullet) else None
    )
    if found is None:
        return None
    pronoun = found["pronoun"].lower()
    for sentence in context:
        named = _possible_people(sentence, body)
        if not named:
            continue
        if len(named) > 1 or not _is_person(named[0], body) or not _suits(pronoun, named[0], body):
            return None
        name = named[0]
        # "Her" before a verb is not a possessive, but there it does not open a sentence.
        owner = pronoun in {"his", "her"}
        possessive = ("’" if "’" in body else "'") + ("" if name.endswith("s") else "s")
        put = name + possessive if owner else name
        gap = " " if found.re is _OPENING else ""
        return f"{bullet[: found.start()]}{put}{gap}{bullet[found.end() :]}", name
    return None


def _possible_people(sentence: str, body: str) -> list[str]:
    """Names that may be people's: not those after "in", "at", "of" and the like."""
    kept = []
    found = names(sentence)
    opening = _FIRST_WORD.match(sentence)
    # A single word that opens a sentence is a name when the article also has it inside one.
    if opening and not any(name.startswith(opening[1]) for name in found):
        inside = re.search(rf"[a-z,] {re.escape(opening[1])}\b", body)
        found = [opening[1], *found] if inside else found
    for name in found:
        at = sentence.find(name)
        if not _words().no_person.search(sentence[max(0, at - 6) : at]):
            kept.append(name)
    return kept


def _is_person(name: str, body: str) -> bool:
    known = _words()
    last = re.escape(name.rsplit(maxsplit=1)[-1])
    whole = re.escape(name)
    return bool(
        re.search(rf"\b{known.titles} (?:[A-Z][\w.’'-]* )?{last}\b", body)
        or re.search(
            rf"\b{whole},? (?:\d{{1,3}}, )?{known.speaks}\b|\b{last} {known.speaks}\b", body
        )
        or re.search(rf"\b{known.spoke} {whole}\b", body)
    )


def _suits(pronoun: str, name: str, body: str) -> bool:
    """Whether no title in the article shows the other gender."""
    other = _words().women if pronoun in {"he", "his"} else _words().men
    last = re.escape(name.rsplit(maxsplit=1)[-1])
    return not re.search(rf"\b{other}\.? (?:[A-Z][\w.’'-]* )?{last}\b", body)


def stand_alone(
    written: str, sentence: str, context: Sequence[str], body: str
) -> tuple[str, list[Remark]]:
    """Replace a bullet's unexplained pronoun by a name where that is certain.

    Args:
        written: The bullet.
        sentence: The source sentence that it reports.
        context: What the model read beside it: the sentence before, and the headline or lead.
        body: The article's text.

    Returns:
        The bullet, with the remark that a name was put in or that the pronoun dangles.
    """
    pronoun = unexplained(written)
    if pronoun is None:
        return written, []
    # The context explains a pronoun that opens the sentence, not one further inside.
    resolved = resolve(written, context, body)
    if resolved is not None and unexplained(sentence) is not None:
        said = f"“{pronoun}” of the source is {resolved[1]}"
        return resolved[0], [Remark(Code.RESOLVED_PRONOUN, said)]
    said = f"“{pronoun}” is explained only in an earlier sentence"
    return written, [Remark(Code.DANGLING_PRONOUN, said)]
