"""Candidate -> bullet, or nothing: only what its source holds gets through.

A candidate that says a number, name, quotation or content word that stands neither in its
sources nor in its context, that repeats itself or that broke off, is replaced by its source
sentence, shortened where that is safe, and marked so. Casing and surface forms come last. Left out:
how support is told (`support.py`), how casing is restored (`surface.py`), and which bullets
are picked (`selection.py`).
"""

import re
from collections.abc import Sequence

from brief import pronouns, seams, selection, support, surface, text
from brief.casing import Casing
from brief.news import Bullet, Candidate, Sentence

MIN_WORDS = 4
"""Fewer words hold no claim ("a spokesman said")."""

MAX_SOURCE_WORDS = 24
"""A source sentence longer than this is shortened where a clause ends; bullets of news sites
have 12 to 22 words."""

MIN_SHORTENED_WORDS = 10

MIN_NEW_STEMS = 2
"""A second sentence counts as source when it alone holds that many of a bullet's content words."""

REPLACED = "replaced"
DANGLING = "dangling_pronoun"
RESOLVED = "resolved_pronoun"

_GLYPH = re.compile(r"^(?:[•●▪◦‣∙·*>–—-]|\(?[0-9a-z]{1,2}[.)])\s+")
_CONJUNCTION = re.compile(r"^(?:And|But|So|Yet|Or),? (?=\w)")
_REPEATED = re.compile(r"\b(\w+(?: \w+){1,5}) \1\b")
_SAFE_CUT = re.compile(
    r"(?:;|,? [—–-])\s+|,\s+(?=(?:and|but|while|which|who|whose|where|when|after|before|as|once"
    r"|although|though|because|since|with|including|led by)\b)"
)


def to_bullet(candidate: Candidate, body: str, casing: Casing | None) -> Bullet | None:
    """The bullet that a reader may see.

    Args:
        candidate: What a model wrote.
        body: The article's text, which shows which names are people's.
        casing: How the article writes its words, to restore them after a model that writes
            lower case; None after one that does not.

    Returns:
        The bullet with its sources and support; None when neither the candidate nor its
        source sentence makes one.
    """
    sources = _sources(candidate)
    context = [part for part in (candidate.chunk.previous, candidate.chunk.topic) if part]
    fault = _fault(candidate, sources, context)
    warnings: tuple[str, ...] = ()
    if fault is not None:
        sources = sources[:1]
        warnings = (f"{REPLACED}: the model wrote {fault}",)
        written = surface.finish(_shortened(_GLYPH.sub("", sources[0].text)))
    elif casing is not None:
        spoken = [source.text for source in sources]
        written = surface.restore(candidate.text, [*spoken, *context], casing)
    else:
        written = surface.finish(candidate.text)
    written = surface.finish(_CONJUNCTION.sub("", written))
    if len(text.words(written)) < MIN_WORDS:
        return None
    if text.is_dangling(written):
        resolved = pronouns.resolve(written, context, body)
        opening = written.split()[0].strip("\"“‘'")
        if resolved is None:
            warnings += (f"{DANGLING}: “{opening}” is explained only in an earlier sentence",)
        else:
            written, name = resolved
            warnings += (f"{RESOLVED}: “{opening}” of the source is {name}",)
    score = support.support_score(written, [source.text for source in sources] + context)
    return Bullet(written, sources, score, warnings)


def verbatim(candidate: Candidate) -> Bullet:
    """A source sentence as it stands, for models that only choose."""
    return Bullet(candidate.text, candidate.chunk.focus, support=1.0)


def is_replaced(bullet: Bullet) -> bool:
    """Whether the bullet is its source sentence, because the model's own words failed."""
    return any(warning.startswith(REPLACED) for warning in bullet.warnings)


def is_dangling(bullet: Bullet) -> bool:
    """Whether the bullet opens with a pronoun that an earlier sentence explains."""
    return any(warning.startswith(DANGLING) for warning in bullet.warnings)


def _fault(candidate: Candidate, sources: Sequence[Sentence], context: Sequence[str]) -> str | None:
    """What is wrong with a candidate, for the reader of a warning; None when nothing is."""
    if not candidate.finished:
        return "a bullet that broke off"
    repeated = _REPEATED.search(candidate.text.lower())
    if repeated:
        return f"“{repeated[1]}” twice"
    spoken = [source.text for source in sources]
    found = support.unsupported(candidate.text, spoken, context)
    if found:
        return f"the unsupported {found[0].kind} “{found[0].text}”"
    seam = seams.unsound(candidate.text, spoken, context)
    return None if seam is None else f"a bullet that {seam}"


def _sources(candidate: Candidate) -> tuple[Sentence, ...]:
    """The sentences of the focus that a candidate reports: the best, and a second that adds."""
    focus = candidate.chunk.focus
    if len(focus) == 1:
        return focus
    said = selection.content(candidate.text)
    stems = {sentence: selection.content(sentence.text) & said for sentence in focus}
    best = max(focus, key=lambda sentence: (len(stems[sentence]), -sentence.index))
    second = max(focus, key=lambda sentence: (len(stems[sentence] - stems[best]), -sentence.index))
    if len(stems[second] - stems[best]) < MIN_NEW_STEMS:
        return (best,)
    return tuple(sorted((best, second), key=lambda sentence: sentence.index))


def _shortened(sentence: str) -> str:
    """A long sentence up to the last clause end that leaves a whole statement.

    Only where what follows is an addition (`, while …`, `; …`, ` — …`): the words that stay
    are the source's own and in its order.
    """
    if len(sentence.split()) <= MAX_SOURCE_WORDS:
        return sentence
    heads = [sentence[: match.start()] for match in _SAFE_CUT.finditer(sentence)]
    whole = [head for head in heads if len(head.split()) >= MIN_SHORTENED_WORDS and _closed(head)]
    short = [head for head in whole if len(head.split()) <= MAX_SOURCE_WORDS]
    return short[-1] if short else next(iter(whole), sentence)


def _closed(head: str) -> bool:
    """Whether no quotation or bracket is left open."""
    return all(head.count(a) == head.count(b) for a, b in ("“”", "()")) and head.count('"') % 2 == 0
