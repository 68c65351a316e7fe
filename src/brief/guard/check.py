"""Turn a model's candidate into a bullet, if its source sentences support it.

A candidate fails if it has a number, name, quotation or content word that is neither in its
sources nor in its context, if it lost or moved words that it needs, or if it broke off. It is then
mended with its source's own words or, if that is impossible, replaced by its source sentence,
shortened where that is safe; a remark says so. Casing and surface forms are restored last. Cuts,
pronouns and whole sentences are checked only in a language with a lexicon (`checks`). See
`support.py` for how support is found, `compression.py` for which cuts are sound and
`restore_case.py` for casing.
"""

import re
from collections.abc import Sequence
from functools import cache

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
from brief.text.lexicon import any_of, english, lexicon_for
from brief.text.truecasing import Casing

MIN_WORDS = 5
"""A bullet with fewer words makes no claim ("a spokesman has said")."""

MAX_SOURCE_WORDS = 24
"""A source sentence longer than this is shortened where a clause ends; bullets of news sites
have 12 to 22 words."""

MAX_WORDS = 40
"""A longer bullet is a poor one, even if it is complete and true."""

MIN_NEW_STEMS = 2
"""A second sentence is a source when it adds at least this many of a bullet's content words."""

_GLYPH = re.compile(r"^(?:[•●▪◦‣∙·*>–—-]\s*|\(?(?:\d{1,2}|[a-z])[.)]\s+(?=\S)|\[[A-Z][a-z]+\]\s+)+")
"""The mark of a list item or of a photograph's caption, before a sentence."""
_PLACE = r"[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,3}(?:, [A-Z][\w.]*(?: [A-Z][\w.]*)?)?"
_DATELINE = re.compile(
    rf"^(?:{_PLACE}\s+)?\([A-Z][\w ./-]{{1,24}}\)\s*(?:[–—-]+\s*)?(?=[\"“‘'A-Z])"
    r"|^[A-Z]{3,}[A-Z .,'’-]*(?:, [A-Z][\w. ]{1,20})?\s*(?:[–—]|--|\s-\s)\s*(?=[\"“‘'A-Z])"
)
"""A dateline: the place or agency before the first sentence of a report."""


@cache
def _broken_off() -> re.Pattern[str]:
    """The ends of a paragraph that a link or a picture has split in two."""
    return re.compile(rf"(?:[,;–—-]|\b{any_of(english().unfinished)})\s*$")


@cache
def _conjunction() -> re.Pattern[str]:
    """Opening words that only connect a bullet to the sentence before it."""
    opening = any_of(frozenset(map(str.title, english().connectives)))
    return re.compile(rf"^{opening}\b,? (?=[\w\"“‘'$£€])")


def checks(language: str | None, *, compressing: bool) -> tuple[str, ...]:
    """The names of the checks that `to_bullet` applies to a model's words.

    Args:
        language: ISO 639-1 code of the article; None where it is not known.
        compressing: As for `to_bullet`.

    Returns:
        Names in the order of the checks.

    Example:
        >>> checks("sw", compressing=True)
        ('numbers', 'quotations', 'names', 'words')
    """
    found = ("numbers", "quotations", "names", "words")
    if lexicon_for(language) is None:
        return found
    cuts = ("cuts",) if compressing else ()
    return (*cuts, *found, "negations", "pronouns", "sentences")


def to_bullet(
    candidate: Candidate,
    body: str,
    casing: Casing | None,
    *,
    language: str | None,
    compressing: bool,
) -> Bullet | None:
    """Check a candidate, and make a bullet of it or of its source sentence.

    Args:
        candidate: What a model wrote.
        body: The article's text, which shows which names are people's.
        casing: How the article writes its words, to restore them after a model that writes
            lower case; None after one that does not.
        language: ISO 639-1 code of the article; None where it is not known.
        compressing: The model can only leave words out, so that each cut is checked where the
            language has a lexicon; for a model that writes freely, only its words and numbers
            are checked.

    Returns:
        The bullet with its sources and support; None when neither the candidate nor its
        source sentence makes one.
    """
    known = lexicon_for(language) is not None
    sources = _sources(candidate, language or "")
    spoken = [stripped(source.text) for source in sources]
    context = [part for part in (candidate.chunk.previous, candidate.chunk.topic) if part]
    remarks: list[Remark] = []
    origin = Origin.MODEL
    wordings = [candidate.text, *candidate.alternatives] if candidate.finished else []
    faults: list[str] = []
    for wording in wordings:
        found = _fault(wording, spoken, context, body, language=language, compressing=compressing)
        if found is None:
            written = wording
            if casing is not None:
                written = restore_case.restore(wording, [*spoken, *context], casing)
            break
        faults.append(found)
    else:
        sources, spoken = sources[:1], spoken[:1]
        cuts = wordings if compressing and known else []
        mended = next(filter(None, (_mended(wording, spoken[0]) for wording in cuts)), None)
        written = mended or (shorten.shorten(spoken[0], MAX_SOURCE_WORDS) if known else spoken[0])
        if mended is None:
            origin = Origin.SOURCE if written == spoken[0] else Origin.SHORTENED
        code = Code.REPLACED if mended is None else Code.MENDED
        remarks.append(Remark(code, f"the model wrote {[*faults, 'a bullet that broke off'][0]}"))
    written = restore_case.finish(written)
    if known:
        written = restore_case.finish(_conjunction().sub("", written))
    if len(strings.words(written)) < MIN_WORDS:
        return None
    if known:
        written, said = coreference.stand_alone(written, spoken[0], context, body)
        remarks += said
    weakness = _weakness(written, sources[0].text, known=known)
    if weakness is not None:
        remarks.append(Remark(Code.POOR, f"the sentence {weakness}"))
    score = support.support_score(written, [source.text for source in sources] + context)
    return Bullet(written, sources, score, origin, tuple(remarks))


def stripped(sentence: str) -> str:
    """A sentence without a list mark or dateline at its start."""
    return _DATELINE.sub("", _GLYPH.sub("", " ".join(sentence.split())))


def verbatim(candidate: Candidate) -> Bullet:
    """An unchanged source sentence as a bullet, for models that only select sentences."""
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
    wording: str,
    spoken: Sequence[str],
    context: Sequence[str],
    body: str,
    *,
    language: str | None,
    compressing: bool,
) -> str | None:
    """Why a model's wording cannot be a bullet, as a remark words it; None if it can."""
    judges_cuts = compressing and lexicon_for(language) is not None
    cut = _cut(wording, spoken, context, body) if judges_cuts else None
    return cut or _strange(wording, spoken, context, language)


def _cut(wording: str, spoken: Sequence[str], context: Sequence[str], body: str) -> str | None:
    """The first unsound cut; None when all are sound."""
    seam = compression.unsound(wording, spoken)
    if seam is not None and len(spoken) == 1:
        # The model may have replaced the pronoun at the start of its sentence by the name.
        named = coreference.resolve(spoken[0], context, body)
        if named is not None and compression.unsound(wording, [named[0]]) is None:
            seam = None
    return None if seam is None else f"a bullet that {seam}"


def _strange(
    wording: str, spoken: Sequence[str], context: Sequence[str], language: str | None
) -> str | None:
    """The first claim that the sources do not support; None when they support all."""
    if strings.words(wording) == strings.words(" ".join(spoken)):
        return None
    for found in support.unsupported(wording, spoken, context, language):
        return f"the unsupported {found.kind} “{found.text}”"
    return None


def _weakness(written: str, source: str, *, known: bool) -> str | None:
    """Why a bullet is poor; its words are checked only in a language with a lexicon."""
    if source.rstrip().endswith(":"):
        return "announces what follows it"
    if known and _broken_off().search(source):
        return "breaks off on the page"
    weakness = clauses.weakness(written) if known else None
    if weakness is None and len(written.split()) > MAX_WORDS:
        weakness = f"is longer than {MAX_WORDS} words"
    return weakness


def _mended(wording: str, sentence: str) -> str | None:
    """The sentence with the sound cuts of a wording, if the result can be a bullet."""
    mended = shorten.mend(wording, sentence)
    if mended is None or compression.unsound(mended, [sentence]) is not None:
        return None
    is_shorter = len(mended.split()) < len(sentence.split())
    return mended if is_shorter and len(mended.split()) <= MAX_SOURCE_WORDS else None


def _sources(candidate: Candidate, language: str) -> tuple[Sentence, ...]:
    """The focus sentences that a candidate reports: the best match, and one that adds words."""
    focus = candidate.chunk.focus
    if len(focus) == 1:
        return focus
    said = strings.content(candidate.text, language)
    stems = {sentence: strings.content(sentence.text, language) & said for sentence in focus}
    best = max(focus, key=lambda sentence: (len(stems[sentence]), -sentence.index))
    second = max(focus, key=lambda sentence: (len(stems[sentence] - stems[best]), -sentence.index))
    if len(stems[second] - stems[best]) < MIN_NEW_STEMS:
        return (best,)
    return tuple(sorted((best, second), key=lambda sentence: sentence.index))
