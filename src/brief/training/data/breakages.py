"""Corrupt right bullets into ones that do not read: beheaded, broken off or with words repeated.

Tested in `tests/training/data/test_corruptions.py`.
"""

from collections.abc import Mapping
from dataclasses import replace

from brief.guard.clauses import is_verb
from brief.training.data.claims import (
    AUXILIARIES,
    DATES,
    DETERMINERS,
    LEFT_OPEN,
    MARKS,
    UNITS,
    ClaimPair,
    Rng,
    contains,
    is_number,
    is_open_class,
    is_word,
    pick,
)
from brief.training.data.tenses import base_of, past_of


def head(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """A compound without its head: "hoax bomb" has become "hoax" or "bomb"."""
    t = pair.bullet
    places = [
        at
        for at in range(1, len(t))
        if is_open_class(t[at])
        and is_open_class(t[at - 1])
        and not is_verb(t[at])
        and not is_verb(t[at - 1])
        and (at + 1 == len(t) or t[at + 1] in LEFT_OPEN or t[at + 1] in MARKS or is_verb(t[at + 1]))
    ]
    if not places:
        return None
    at = pick(draw, places)
    return replace(pair, bullet=[*t[:at], *t[at + 1 :]])


def behead(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """No subject: what stands before the verb is gone."""
    t = pair.bullet
    verb = next((at for at, token in enumerate(t[:12]) if at and is_verb(token)), None)
    if verb is None or len(t) - verb < 4:
        return None
    chance = draw.random()
    if chance < 0.5:
        return replace(pair, bullet=t[verb:])
    if chance < 0.7 and t[verb] in AUXILIARIES:
        return replace(pair, bullet=t[verb + 1 :])
    if verb > 2:
        return (
            replace(pair, bullet=t[int(draw.integers(1, verb)) :])
            if t[0] not in DETERMINERS
            else (replace(pair, bullet=[t[0], *t[verb:]]))
        )
    return replace(pair, bullet=t[verb:])


def verb(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """No verb."""
    t = pair.bullet
    places = [at for at, token in enumerate(t) if at and is_verb(token)]
    if not places:
        return None
    at = places[0] if draw.random() < 0.6 else pick(draw, places)
    end = at + 1
    if draw.random() < 0.4:
        while end < len(t) - 2 and (is_verb(t[end]) or t[end] in {"not", "been", "be"}):
            end += 1
    return replace(pair, bullet=[*t[:at], *t[end:]])


def truncate(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """It breaks off inside a phrase."""
    t = pair.bullet
    ends = [
        at
        for at in range(4, len(t) - 1)
        if (
            t[at - 1] in LEFT_OPEN
            or t[at - 1] in {"'s", "said", "says"}
            or t[at - 1].endswith("'s")
            or (is_number(t[at - 1]) and t[at] in UNITS)
            or (t[at - 2] in DETERMINERS and is_open_class(t[at]) and not is_verb(t[at]))
        )
    ]
    if not ends:
        return None
    return replace(pair, bullet=t[: pick(draw, ends)])


def repeat(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """Words said twice."""
    t = pair.bullet
    if len(t) < 6:
        return None
    length = int(draw.integers(1, 5))
    start = int(draw.integers(0, len(t) - length))
    if length == 1 and not is_open_class(t[start]):
        return None
    joint = [["and"], [","], [], [pick(draw, ("of", "to", "in", "for"))]][int(draw.integers(4))]
    twice = [*t[: start + length], *joint, *t[start : start + length]]
    rest = t[start + length :] if draw.random() < 0.7 else []
    return replace(pair, bullet=[*twice, *rest])


def span(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """A stretch left out that begins or ends in the middle of a phrase."""
    t = pair.bullet
    found = []
    for start in range(1, len(t) - 1):
        for end in range(start + 1, min(start + 6, len(t))):
            open_before = t[start - 1] in LEFT_OPEN
            broken = open_before and (t[end] in LEFT_OPEN or t[end] in MARKS or is_verb(t[end]))
            inner = not open_before and t[end - 1] in LEFT_OPEN and t[start] not in LEFT_OPEN
            if broken or inner:
                found.append((start, end))
    if not found:
        return None
    start, end = pick(draw, found)
    return replace(pair, bullet=[*t[:start], *t[end:]])


def splice(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """The beginning of the bullet with the end of something else that is read."""
    t = pair.bullet
    read = [*pair.sources, pair.previous] if len(pair.previous) > 6 else list(pair.sources)
    other = pick(draw, read)
    if len(t) < 6 or len(other) < 6:
        return None
    start = int(draw.integers(2, len(t) - 2))
    ends = [
        at
        for at in range(2, len(other) - 2)
        if other[at - 1] == t[start - 1] or draw.random() < 0.1
    ]
    if not ends:
        return None
    at = pick(draw, ends)
    tail = other[at : at + int(draw.integers(3, 12))]
    tail = tail[: tail.index(".")] if "." in tail else tail
    made = [*t[:start], *tail]
    if any(contains(source, made) for source in pair.sources):
        return None
    return replace(pair, bullet=made)


def order(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """Two words that stand beside each other in each other's place."""
    t = pair.bullet
    at = int(draw.integers(0, max(1, len(t) - 1)))
    if at + 1 >= len(t) or not is_word(t[at]) or not is_word(t[at + 1]) or t[at] == t[at + 1]:
        return None
    if t[at].endswith("ly") or t[at + 1].endswith("ly") or {t[at], t[at + 1]} & DATES:
        return None
    return replace(pair, bullet=[*t[:at], t[at + 1], t[at], *t[at + 2 :]])


_OTHER_FORMS: Mapping[str, tuple[str, ...]] = {
    "is": ("are", "be", "been"), "are": ("is", "be"), "was": ("were", "be", "is being"),
    "were": ("was", "been"), "has": ("have", "having"), "have": ("has",), "had": ("having",),
    "will": ("would have", "is"), "a": ("",), "the": ("",), "to": ("", "for", "of"),
    "of": ("", "for", "to"), "in": ("",), "for": ("", "of"), "by": ("", "of"), "with": ("", "by"),
    "that": ("which of",), "been": ("be", ""), "be": ("", "been", "is"), "who": ("", "which"),
}  # fmt: skip


def inflect(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """A word in a form, or a preposition, that does not fit."""
    t = pair.bullet
    found: list[tuple[int, str]] = []
    for at, token in enumerate(t):
        found += [(at, form) for form in _OTHER_FORMS.get(token, ())]
        if at and t[at - 1] in {"to", "will", "would", "could"} and token.isalpha():
            found.append((at, past_of(token)))
        if token.endswith("ed") and len(token) > 5:
            found.append((at, f"{token[:-2]}ing" if draw.random() < 0.6 else base_of(token)))
    if not found:
        return None
    at, form = pick(draw, found)
    return replace(pair, bullet=[*t[:at], *form.split(), *t[at + 1 :]])


def insert(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """Words of the source where they do not belong."""
    t = pair.bullet
    source = pick(draw, pair.sources)
    if len(source) < 8 or len(t) < 5:
        return None
    length = int(draw.integers(1, 5))
    start = int(draw.integers(0, len(source) - length - 1))
    put = source[start : start + length]
    if not any(map(is_open_class, put)) or "." in put:
        return None
    at = int(draw.integers(1, len(t)))
    made = [*t[:at], *put, *t[at:]]
    if any(contains(one, made) for one in pair.sources):
        return None
    return replace(pair, bullet=made)
