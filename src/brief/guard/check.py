"""Candidate -> bullet, or nothing: only what its source holds gets through.

A candidate that says a number, name, quotation or content word that stands neither in its
sources nor in its context, that has lost or moved words that it needs, or that broke off, is
mended with its source's own words; where that cannot be, its source sentence takes its place,
shortened where that is safe. Both are marked. Casing and surface forms come last. Left out: how
support is told (`support.py`), which cuts are sound (`cuts/`), how casing is restored
(`restore_case.py`), and which bullets are picked (`selection.py`).
"""

import re
from collections.abc import Sequence

from brief.datatypes import Bullet, Candidate, Code, Origin, Remark, Sentence
from brief.guard import (
    clauses,
    compression,
    coreference,
    restore_case,
    shorten,
    support,
)
from brief.text import strings
from brief.text.truecasing import Casing

MIN_WORDS = 5
"""Fewer words hold no claim ("a spokesman has said")."""

MAX_SOURCE_WORDS = 24
"""A source sentence longer than this is shortened where a clause ends; bullets of news sites
have 12 to 22 words."""

MAX_WORDS = 40
"""A longer bullet is no bullet, though it is whole and true."""

MIN_NEW_STEMS = 2
"""A second sentence counts as source when it alone holds that many of a bullet's content words."""

_GLYPH = re.compile(r"^(?:[•●▪◦‣∙·*>–—-]\s*|\(?(?:\d{1,2}|[a-z])[.)]\s+(?=\S)|\[[A-Z][a-z]+\]\s+)+")
"""What marks an item of a list, or a photograph's caption."""
_PLACE = r"[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,3}(?:, [A-Z][\w.]*(?: [A-Z][\w.]*)?)?"
_DATELINE = re.compile(
    rf"^(?:{_PLACE}\s+)?\([A-Z][\w ./-]{{1,24}}\)\s*(?:[–—-]+\s*)?(?=[\"“‘'A-Z])"
    r"|^[A-Z]{3,}[A-Z .,'’-]*(?:, [A-Z][\w. ]{1,20})?\s*(?:[–—]|--|\s-\s)\s*(?=[\"“‘'A-Z])"
)
"""Where an agency's report was filed, before its first sentence."""
_BROKEN_OFF = re.compile(
    r"(?:[,;–—-]|\b(?:a|an|the|of|to|in|on|at|by|for|with|from|and|or|but|as|than|that|who|which))\s*$"
)
"""How a paragraph ends that a link or a picture has broken in two."""
_CONJUNCTION = re.compile(r"^(?:And|But|So|Yet|Or|However|Meanwhile)\b,? (?=[\w\"“‘'$£€])")


def to_bullet(
    candidate: Candidate, body: str, casing: Casing | None, *, compressing: bool
) -> Bullet | None:
    """The bullet that a reader may see.

    Args:
        candidate: What a model wrote.
        body: The article's text, which shows which names are people's.
        casing: How the article writes its words, to restore them after a model that writes
            lower case; None after one that does not.
        compressing: The model can only leave words out, so that each cut is looked at; one
            that writes freely is held to its words and numbers alone.

    Returns:
        The bullet with its sources and support; None when neither the candidate nor its
        source sentence makes one.
    """
    sources = _sources(candidate)
    spoken = [stripped(source.text) for source in sources]
    context = [part for part in (candidate.chunk.previous, candidate.chunk.topic) if part]
    remarks: list[Remark] = []
    origin = Origin.MODEL
    wordings = [candidate.text, *candidate.alternatives] if candidate.finished else []
    faults: list[str] = []
    for wording in wordings:
        found = _fault(wording, spoken, context, body, compressing=compressing)
        if found is None:
            written = wording
            if casing is not None:
                written = restore_case.restore(wording, [*spoken, *context], casing)
            break
        faults.append(found)
    else:
        sources, spoken = sources[:1], spoken[:1]
        cuts = wordings if compressing else []
        mended = next(filter(None, (_mended(wording, spoken[0]) for wording in cuts)), None)
        written = mended or shorten.shorten(spoken[0], MAX_SOURCE_WORDS)
        if mended is None:
            origin = Origin.SOURCE if written == spoken[0] else Origin.SHORTENED
        code = Code.REPLACED if mended is None else Code.MENDED
        remarks.append(Remark(code, f"the model wrote {[*faults, 'a bullet that broke off'][0]}"))
    written = restore_case.finish(_CONJUNCTION.sub("", restore_case.finish(written)))
    if len(strings.words(written)) < MIN_WORDS:
        return None
    written, said = _standing_alone(written, spoken[0], context, body)
    remarks += said
    weakness = clauses.weakness(written)
    if sources[0].text.rstrip().endswith(":"):
        weakness = "announces what follows it"
    elif _BROKEN_OFF.search(sources[0].text):
        weakness = "breaks off on the page"
    if weakness is None and len(written.split()) > MAX_WORDS:
        weakness = f"is longer than {MAX_WORDS} words"
    if weakness is not None:
        remarks.append(Remark(Code.POOR, f"the sentence {weakness}"))
    score = support.support_score(written, [source.text for source in sources] + context)
    return Bullet(written, sources, score, origin, tuple(remarks))


def stripped(sentence: str) -> str:
    """A sentence without the mark of a list or the dateline that it begins with."""
    return _DATELINE.sub("", _GLYPH.sub("", " ".join(sentence.split())))


def verbatim(candidate: Candidate) -> Bullet:
    """A source sentence as it stands, for models that only choose."""
    return Bullet(candidate.text, candidate.chunk.focus, support=1.0, origin=Origin.SOURCE)


def is_replaced(bullet: Bullet) -> bool:
    """Whether the bullet is its source sentence, because the model's own words failed."""
    return _has(bullet, Code.REPLACED)


def is_dangling(bullet: Bullet) -> bool:
    """Whether the bullet has a pronoun that an earlier sentence explains."""
    return _has(bullet, Code.DANGLING_PRONOUN)


def is_poor(bullet: Bullet) -> bool:
    """Whether the bullet is a question, an address to the reader, a fragment or the like."""
    return _has(bullet, Code.POOR)


def _has(bullet: Bullet, code: Code) -> bool:
    return any(remark.code is code for remark in bullet.remarks)


def _fault(
    wording: str, spoken: Sequence[str], context: Sequence[str], body: str, *, compressing: bool
) -> str | None:
    """Why a model's wording is no bullet, as a remark says it; None when it is one."""
    cut = _cut(wording, spoken, context, body) if compressing else None
    return cut or _strange(wording, spoken, context)


def _cut(wording: str, spoken: Sequence[str], context: Sequence[str], body: str) -> str | None:
    """An unsound cut; None when all are sound."""
    seam = compression.unsound(wording, spoken)
    if seam is not None and len(spoken) == 1:
        # The model may have put the name for the pronoun that its sentence opens with.
        named = coreference.resolve(spoken[0], context, body)
        if named is not None and compression.unsound(wording, [named[0]]) is None:
            seam = None
    return None if seam is None else f"a bullet that {seam}"


def _strange(wording: str, spoken: Sequence[str], context: Sequence[str]) -> str | None:
    """What its sources do not say; None when they say it all."""
    if strings.words(wording) == strings.words(" ".join(spoken)):
        return None
    for found in support.unsupported(wording, spoken, context):
        return f"the unsupported {found.kind} “{found.text}”"
    return None


def _mended(wording: str, sentence: str) -> str | None:
    """The sentence with a wording's sound cuts, when those make a bullet of it."""
    mended = shorten.mend(wording, sentence)
    if mended is None or compression.unsound(mended, [sentence]) is not None:
        return None
    is_shorter = len(mended.split()) < len(sentence.split())
    return mended if is_shorter and len(mended.split()) <= MAX_SOURCE_WORDS else None


def _standing_alone(
    written: str, sentence: str, context: Sequence[str], body: str
) -> tuple[str, list[Remark]]:
    """A bullet whose pronouns are names where that is certain, and what is to be said of it."""
    pronoun = coreference.unexplained(written)
    if pronoun is None:
        return written, []
    # The context explains what opens the sentence, not what stands somewhere in it.
    resolved = coreference.resolve(written, context, body)
    if resolved is not None and coreference.unexplained(sentence) is not None:
        said = f"“{pronoun}” of the source is {resolved[1]}"
        return resolved[0], [Remark(Code.RESOLVED_PRONOUN, said)]
    said = f"“{pronoun}” is explained only in an earlier sentence"
    return written, [Remark(Code.DANGLING_PRONOUN, said)]


def _sources(candidate: Candidate) -> tuple[Sentence, ...]:
    """The sentences of the focus that a candidate reports: the best, and a second that adds."""
    focus = candidate.chunk.focus
    if len(focus) == 1:
        return focus
    said = strings.content(candidate.text)
    stems = {sentence: strings.content(sentence.text) & said for sentence in focus}
    best = max(focus, key=lambda sentence: (len(stems[sentence]), -sentence.index))
    second = max(focus, key=lambda sentence: (len(stems[sentence] - stems[best]), -sentence.index))
    if len(stems[second] - stems[best]) < MIN_NEW_STEMS:
        return (best,)
    return tuple(sorted((best, second), key=lambda sentence: sentence.index))
