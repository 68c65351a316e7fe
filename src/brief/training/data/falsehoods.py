"""Corrupt right bullets into fluent false ones: a wrong actor, a dropped limit, a plan as done.

Each function returns None where it finds nothing to change.

Source:
    Kryściński et al. (2020), "Evaluating the factual consistency of abstractive text
    summarization", section 3.1 (rule-based transformations).

Tested in `tests/training/data/test_corruptions.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from brief.guard.clauses import is_verb
from brief.text.lexicon import english
from brief.training.data.claims import (
    AUXILIARIES,
    DATES,
    DETERMINERS,
    LEFT_OPEN,
    PREPOSITIONS,
    ClaimPair,
    Rng,
    bare,
    is_number,
    is_open_class,
    is_word,
    name_runs,
    nouns,
    pick,
)
from brief.training.data.tenses import BASES, base_of, past_of

_SAYING = frozenset(
    "said says say told claimed claims added according reported reports alleged believes argued"
    " warned insisted suggested announced denied admitted thinks believed".split()
)
_DENIALS: Mapping[str, str] = {
    "isn't": "is", "aren't": "are", "wasn't": "was", "weren't": "were", "hasn't": "has",
    "haven't": "have", "hadn't": "had", "won't": "will", "wouldn't": "would", "can't": "can",
    "cannot": "can", "couldn't": "could", "shouldn't": "should", "doesn't": "does",
    "don't": "do", "didn't": "did",
}  # fmt: skip
_HEDGES: Mapping[tuple[str, ...], tuple[tuple[str, ...], ...]] = {
    tuple(hedge.split()): tuple(tuple(one.split()) for one in plain.split("|"))
    for hedge, plain in {
        "may have been": "was", "might have been": "was", "could have been": "was",
        "may have": "has|had", "might have": "has|had", "could have": "has|had",
        "would have": "has|had", "should have": "has|had",
        "may be": "is|are", "might be": "is|are", "could be": "is|will be", "should be": "is|are",
        "would be": "is|will be", "can be": "is|are", "appeared to be": "was", "appears to be": "is",
        "seems to be": "is", "seemed to be": "was", "believed to be": "", "thought to be": "",
        "said to be": "", "expected to be": "", "alleged to have": "", "reported to be": "",
        "appears to": "will", "appear to": "", "appeared to": "", "seems to": "will",
        "could": "will|can", "may": "will|can", "might": "will|can", "would": "will", "can": "will",
        "should": "will|must", "alleged": "", "allegedly": "", "reportedly": "", "suspected": "",
        "possible": "", "possibly": "", "probably": "", "likely": "", "potentially": "",
        "potential": "", "perhaps": "", "apparently": "", "apparent": "", "attempted": "",
        "nearly": "", "almost": "", "about": "", "around": "", "roughly": "", "approximately": "",
        "up to": "", "at least": "", "more than": "", "less than": "", "fewer than": "", "over": "",
        "under": "", "as many as": "", "only": "", "just": "", "mostly": "", "partly": "",
        "partially": "", "some": "|all", "some of": "|all", "many": "all|", "most": "all|",
        "one of": "", "part of": "", "not": "", "never": "", "no longer": "still|", "no": "the|a",
        "without": "with", "former": "", "ex": "", "acting": "", "deputy": "", "assistant": "",
        "vice": "", "would-be": "", "so-called": "", "proposed": "", "planned": "", "unless": "if",
        "failed to": "", "refused to": "", "declined to": "", "denied": "confirmed|admitted",
        "rejected": "approved|accepted", "rejecting": "approving", "rejects": "approves",
        "denies": "admits", "denying": "admitting", "tried to": "", "trying to": "",
        "accused of": "convicted of|guilty of", "charged with": "convicted of|guilty of",
        "suspected of": "guilty of|convicted of", "attempting to": "", "unlikely": "likely",
        "opposed": "backed", "opposes": "supports", "fake": "", "hoax": "", "fictional": "",
        "calls for": "", "called for": "", "threatened to": "", "urged": "forced",
        "wants": "has", "among": "", "if": "", "yet to": "", "asked to": "", "allowed to": "",
        "hopes to": "will", "hoping to": "", "considering": "", "could face": "faces",
    }.items()
}  # fmt: skip
"""What limits or denies a statement -> what stands there when it is gone."""

_BEFORE_MONTH = frozenset("in on of since from until last to".split())
_BEFORE_NUMBER = frozenset("about over under around up more less".split())
"""Words that limit a number, and are something else before another word."""

_ADDED_BEFORE_NOUN = "alleged suspected former possible potential proposed fake acting".split()
_ADDED_AFTER_AUXILIARY = (
    "not never allegedly reportedly probably almost nearly not no longer".split()
)
_ADDED_BEFORE_NUMBER = ("up to", "nearly", "almost", "at least", "fewer than", "more than")

_ATTRIBUTIONS = (
    "police said", "officials said", "according to police", "prosecutors said", "he said",
    "according to a report", "she said", "critics said", "a spokesman said", "according to the bbc",
    "prosecutors allege", "campaigners claim", "authorities believe", "reports say", "he claimed",
    "a lawyer said", "experts said", "the company said",
)  # fmt: skip
_OPENING_ATTRIBUTIONS = (
    "police said", "officials said that", "prosecutors allege that", "critics say", "experts say",
    "she said", "he claimed that", "campaigners claim", "a spokesman said", "reports say that",
)  # fmt: skip
_PLANS: Mapping[tuple[str, ...], bool] = {
    tuple(plan.split()): is_passive
    for plan, is_passive in {
        "will be": True, "is to be": True, "are to be": True, "is due to be": True,
        "are due to be": True, "is set to be": True, "are set to be": True, "is expected to be": True,
        "are expected to be": True, "is likely to be": True, "will": False, "plans to": False,
        "plan to": False, "planned to": False, "vowed to": False, "wants to": False, "want to": False,
        "hopes to": False, "hope to": False, "intends to": False, "promised to": False,
        "agreed to": False, "is to": False, "are to": False, "is due to": False, "is set to": False,
        "are set to": False, "is expected to": False, "are expected to": False, "pledged to": False,
        "is planning to": False, "are planning to": False, "decided to": False, "aims to": False,
        "has vowed to": False, "has pledged to": False, "has promised to": False, "threatened to": False,
        "has agreed to": False, "is preparing to": False, "is trying to": False, "tried to": False,
        "was trying to": False, "could": False, "offered to": False, "is likely to": False,
        "are likely to": False, "would": False, "is ready to": False, "wanted to": False,
    }.items()
}  # fmt: skip
"""What announces something -> whether a participle follows."""

_ANTONYMS: Mapping[str, str] = {
    one: other
    for pair in (
        "before after|more less|up down|rose fell|increase decrease|increased decreased|won lost"
        "|win lose|support oppose|supported opposed|accepted rejected|higher lower|rise fall"
        "|most least|gained lost|highest lowest|largest smallest|older younger|first last"
        "|increasing decreasing|allow ban|allowed banned|allows bans|start end|started ended"
        "|begin end|began ended|opened closed|arrested released|buy sell|bought sold|above below"
        "|with without|against for|men women|man woman|boys girls|father mother|son daughter"
        "|husband wife|brother sister|his her|north south|east west|northern southern|early late"
        "|earlier later|better worse|best worst|positive negative|guilty innocent|victory defeat"
        "|beat lost to|join leave|joined left|raise cut|raised cut|top bottom|safe unsafe|now then"
        "|since until|from to|increases decreases|rising falling|many few|agreed refused"
        "|success failure|legal illegal|likely unlikely|able unable|inside outside|old new"
        "|morning evening|public private|home away|minutes hours|days weeks|weeks months"
        "|months years|hours days|million billion|killed injured|dead injured|injuring killing"
    ).split("|")
    for one, other in (pair.split(maxsplit=1), pair.split(maxsplit=1)[::-1])
}  # fmt: skip
_JOINTS = frozenset("and after as while when amid following since".split())
_SUBJECTS = frozenset("he she it they the a his her their its".split())


def name(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """Another name of the same article."""
    runs = name_runs(pair.bullet, pair.is_name)
    if not runs:
        return None
    start, end = pick(draw, runs)
    run = pair.bullet[start:end]
    near = _near_names(pair)
    others = near if near and draw.random() < 0.8 else pair.names
    others = [other for other in others if not set(other) & set(bare(run))]
    if not others:
        return None
    other = pick(draw, others)
    own = [other[0]] if len(run) == 1 and len(other) > 1 and draw.random() < 0.3 else list(other)
    if run[-1].endswith("'s"):
        own[-1] += "'s"
    return replace(pair, bullet=[*pair.bullet[:start], *own, *pair.bullet[end:]])


def _near_names(pair: ClaimPair) -> list[tuple[str, ...]]:
    read = [*pair.sources, pair.previous, pair.topic]
    return [bare(text[start:end]) for text in read for start, end in name_runs(text, pair.is_name)]


def actor(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """Two names of the bullet in each other's place."""
    runs = name_runs(pair.bullet, pair.is_name)
    if len(runs) < 2:
        return None
    first, second = sorted(draw.choice(len(runs), 2, replace=False).tolist())
    (a, b), (c, d) = runs[first], runs[second]
    t = pair.bullet
    one, other = list(bare(t[a:b])), list(bare(t[c:d]))
    if set(one) & set(other):
        return None
    if b + 1 == c and t[b] in {"and", ",", "or"}:
        return None
    if t[b - 1].endswith("'s"):
        other[-1] += "'s"
    if t[d - 1].endswith("'s"):
        one[-1] += "'s"
    return replace(pair, bullet=[*t[:a], *other, *t[b:c], *one, *t[d:]])


def noun(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """A noun after an article or a preposition, and another such noun of what is read."""
    t = pair.bullet
    places = [at for at in nouns(t) if not pair.is_name(t[at])]
    if not places:
        return None
    at = pick(draw, places)
    others = [
        source[n]
        for source in [*pair.sources, pair.previous]
        for n in nouns(source)
        if source[n] != t[at] and source[n][-1:] == t[at][-1:] and not pair.is_name(source[n])
    ]
    if not others:
        return None
    return replace(pair, bullet=[*t[:at], pick(draw, others), *t[at + 1 :]])


def double_name(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """A name of the bullet in a second place: "Celtic scored Celtic's opener"."""
    runs = name_runs(pair.bullet, pair.is_name)
    t = pair.bullet
    if not runs:
        return None
    run = list(bare(t[slice(*pick(draw, runs))]))
    spots = [
        (n, n + 1)
        for n in range(len(t))
        if t[n] in {"its", "his", "her", "their", "he", "she", "it", "they", "him", "them"}
    ] + [(start, end) for start, end in runs if not set(bare(t[start:end])) & set(run)]
    spots += [(n, n + 2) for n in range(len(t) - 1) if t[n] in DETERMINERS and n + 1 in nouns(t)]
    if not spots:
        return None
    start, end = pick(draw, spots)
    if t[start] in {"its", "his", "her", "their"} or t[end - 1].endswith("'s"):
        run[-1] += "'s"
    return replace(pair, bullet=[*t[:start], *run, *t[end:]])


def number(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """A number that counts something else, of what is read or (seldom) of nothing."""
    t = pair.bullet
    places = [at for at, token in enumerate(t) if is_number(token)]
    if not places:
        return None
    at = pick(draw, places)
    if len(places) > 1 and draw.random() < 0.25:
        other_at = pick(draw, [n for n in places if n != at])
        if t[at] != t[other_at]:
            swapped = list(t)
            swapped[at], swapped[other_at] = t[other_at], t[at]
            return replace(pair, bullet=swapped)
    read = [token for text in [*pair.sources, pair.previous, pair.topic] for token in text]
    chance = draw.random()
    others = [x for x in (read if chance < 0.75 else pair.numbers) if is_number(x) and x != t[at]]
    if not others and t[at][0].isdigit() and t[at].isdigit():
        others = [str(max(2, int(t[at]) + int(draw.integers(-9, 10)))), f"{t[at]}0"]
        others = [x for x in others if x != t[at]]
    if not others:
        return None
    return replace(pair, bullet=[*t[:at], pick(draw, others), *t[at + 1 :]])


def _hedges(t: Sequence[str]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Where limits and denials stand, and what may stand there instead."""
    found: list[tuple[int, int, tuple[str, ...]]] = []
    for at, token in enumerate(t):
        if token in _DENIALS:
            found.append((at, at + 1, (_DENIALS[token],)))
        for length in (3, 2, 1):
            plain = _HEDGES.get(tuple(t[at : at + length]), ())
            if plain:
                if not _is_month(t, at) and _limits(t, at, at + length):
                    found += [(at, at + length, one) for one in plain]
                break
    return found


def _is_month(t: Sequence[str], at: int) -> bool:
    """Whether a word is May."""
    before, after = (t[at - 1] if at else ""), (t[at + 1] if at + 1 < len(t) else "")
    return t[at] == "may" and (before in _BEFORE_MONTH or after[:1].isdigit())


def _limits(t: Sequence[str], at: int, end: int) -> bool:
    """Whether words limit something, and are not prepositions or comparisons."""
    return t[at] not in _BEFORE_NUMBER or (end < len(t) and is_number(t[end]))


def hedge(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """A limit, hedge or denial gone from the bullet."""
    found = _hedges(pair.bullet)
    if not found:
        return None
    start, end, plain = pick(draw, found)
    return replace(pair, bullet=[*pair.bullet[:start], *plain, *pair.bullet[end:]])


def _additions(t: Sequence[str]) -> list[tuple[int, list[str]]]:
    """Where a word may be put in that changes what is said."""
    found: list[tuple[int, list[str]]] = []
    for at, token in enumerate(t):
        after = t[at + 1] if at + 1 < len(t) else "."
        if token in {"the", "a", "his", "her", "its", "their"} and is_open_class(after):
            found.append((at + 1, _ADDED_BEFORE_NOUN))
        if token in AUXILIARIES and is_word(after) and after != "not":
            found.append((at + 1, _ADDED_AFTER_AUXILIARY))
        if token[0].isdigit() and (at == 0 or t[at - 1] not in DATES | {"in", "aged", "of"}):
            found.append((at, list(_ADDED_BEFORE_NUMBER)))
    return found


def hedge_source(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """A limit, hedge or denial in the source that the bullet lacks."""
    places = []
    for number, source in enumerate(pair.sources):
        bullet = pair.bullet
        shared = {pair_ for n in range(len(bullet) - 1) for pair_ in [(bullet[n], bullet[n + 1])]}
        for at, words in _additions(source):
            before, after = (source[at - 1] if at else ""), source[at] if at < len(source) else ""
            if (before, after) in shared or (at == 0 and bullet[0] == after):
                places.append((number, at, words))
    if not places:
        return None
    number, at, words = pick(draw, places)
    put = pick(draw, words).split()
    sources = list(pair.sources)
    sources[number] = [*sources[number][:at], *put, *sources[number][at:]]
    return replace(pair, sources=tuple(sources))


def hedge_put(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """A limit or denial in the bullet that the source lacks."""
    places = _additions(pair.bullet)
    if not places:
        return None
    at, words = pick(draw, places)
    return replace(pair, bullet=[*pair.bullet[:at], *pick(draw, words).split(), *pair.bullet[at:]])


def attribution(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """A claim told as a fact: who said it is gone."""
    del draw
    t = pair.bullet
    for at in range(len(t) - 1, max(2, len(t) - 10), -1):
        said = any(token in _SAYING for token in t[at:])
        if t[at] == "," and said and at > 4 and "and" not in t[at:]:
            return replace(pair, bullet=t[:at])
    for at, token in enumerate(t[:8]):
        if token in _SAYING and token != "according":
            rest = t[at + 1 :]
            rest = rest[1:] if rest[:1] == ["that"] else rest
            if len(rest) > 4 and rest[0] not in PREPOSITIONS and any(map(is_verb, rest)):
                return replace(pair, bullet=rest)
            return None
    return None


def attribution_source(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """A claim told as a fact: the source names who said it."""
    if len(pair.sources) > 1 or any(token in _SAYING for token in pair.sources[0]):
        return None
    source = pair.sources[0]
    ended = source[-1:] == ["."]
    bare = source[:-1] if ended else source
    stop = ["."] if ended else []
    if draw.random() < 0.5:
        said = [*bare, ",", *pick(draw, _ATTRIBUTIONS).split(), *stop]
    else:
        said = [*pick(draw, _OPENING_ATTRIBUTIONS).split(), *bare, *stop]
    return replace(pair, sources=(said,))


def limit(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """The bullet without the clause that limits it."""
    t = pair.bullet
    places = [
        at
        for at, token in enumerate(t)
        if token in {"until", "unless", "if", "except", "without", "provided"}
        or (token in {"before", "since", "because", "after"} and _denies(t[:at]))
    ]
    places = [at for at in places if at > 4 and at < len(t) - 1]
    if places:
        at = pick(draw, places)
        kept = t[: at - 1] if t[at - 1] in {",", "only", "not", "even"} else t[:at]
        return replace(pair, bullet=kept)
    if t[0] in {"if", "unless", "until", "without"} and "," in t[2:-4]:
        return replace(pair, bullet=t[t.index(",") + 1 :])
    return None


def _denies(t: Sequence[str]) -> bool:
    return any(token in {"not", "no", "never"} or token.endswith("n't") for token in t)


def plan(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """A plan told as done."""
    t = pair.bullet
    found = []
    for at in range(len(t)):
        for length in (4, 3, 2, 1):
            key = tuple(t[at : at + length])
            if len(key) == length and key in _PLANS and at + length < len(t):
                found.append((at, at + length, _PLANS[key]))
                break
    if not found:
        return None
    start, end, is_passive = pick(draw, found)
    verb = t[end]
    if is_passive:
        plural = t[start] == "are" or (start and t[start - 1].endswith("s"))
        done = pick(draw, (["were"], ["have", "been"]) if plural else (["was"], ["has", "been"]))
        return replace(pair, bullet=[*t[:start], *done, *t[end:]])
    if not verb.isalpha() or verb in english().stopwords - {"be", "have", "do"}:
        return None
    return replace(pair, bullet=[*t[:start], past_of(verb), *t[end + 1 :]])


def done(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """What was done told as a plan."""
    t = pair.bullet
    found = []
    for at in range(1, len(t) - 1):
        if t[at] in BASES and t[at - 1] not in AUXILIARIES:
            found.append((at, at + 1, ["will", BASES[t[at]]]))
        if t[at] in {"was", "were"} and t[at + 1].endswith("ed"):
            found.append((at, at + 1, ["will", "be"]))
        if t[at] in {"has", "have"} and t[at + 1].endswith("ed") and t[at + 1] != "been":
            found.append(
                (at, at + 2, ["plans" if t[at] == "has" else "plan", "to", base_of(t[at + 1])])
            )
        if t[at] in {"has", "have"} and t[at + 1] == "been":
            found.append((at, at + 2, ["will", "be"]))
    if not found:
        return None
    start, end, put = pick(draw, found)
    return replace(pair, bullet=[*t[:start], *put, *t[end:]])


def because(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """A cause that nobody named, or a cause that has become something else."""
    t = pair.bullet
    found = [joint for at in range(3, len(t) - 3) for joint in _joints(t, at)]
    if found:
        start, end, put = pick(draw, found)
        return replace(pair, bullet=[*t[:start], *pick(draw, put).split(), *t[end:]])
    cause = pair.previous[:-1] if pair.previous[-1:] == ["."] else pair.previous
    is_named = any("because" in source for source in pair.sources) or len(pair.sources) > 1
    if is_named or len(t) > 15 or not 4 < len(cause) < 16 or not any(map(is_verb, cause)):
        return None
    return replace(pair, bullet=[*t, "because", *cause])


def _joints(t: Sequence[str], at: int) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """What joins two statements at a place, and what may stand there instead."""
    after = t[at + 1]
    if t[at] in _JOINTS and after in _SUBJECTS and t[at - 1] != ",":
        if any(map(is_verb, t[at + 1 : at + 7])):
            yield at, at + 1, ("because",)
        elif t[at] in {"after", "amid", "following", "since"}:
            yield at, at + 1, ("because of",)
    if t[at] == "," and after in {"who", "which"}:
        yield at, at + 2, ("because it" if after == "which" else "because he",)
    if t[at] == "because":
        yield at, at + 1, ("although", "before", "and", "after")
    if t[at : at + 2] in (["due", "to"], ["because", "of"]):
        yield at, at + 2, ("before", "despite", "after")


def antonym(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """The opposite of a word."""
    t = pair.bullet
    places = [at for at, token in enumerate(t) if token in _ANTONYMS]
    if not places:
        return None
    at = pick(draw, places)
    return replace(pair, bullet=[*t[:at], *_ANTONYMS[t[at]].split(), *t[at + 1 :]])


def phrases(t: Sequence[str]) -> list[tuple[int, int]]:
    """Prepositional phrases, from a preposition to the next joint."""
    found = []
    for start, token in enumerate(t):
        if token not in PREPOSITIONS or token == "of" or start == 0:
            continue
        end = start + 1
        while end < len(t) and t[end] in DETERMINERS:
            end += 1
        while end < len(t) and (
            is_open_class(t[end]) or t[end][0].isdigit() or t[end] in {"of", "the"}
        ):
            if is_verb(t[end]):
                break
            end += 1
        if end - start > 1 and t[end - 1] not in LEFT_OPEN and not set(t[start:end]) & DATES:
            found.append((start, end))
    return found


def move(pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """A phrase in another's place."""
    t = pair.bullet
    found = phrases(t)
    if len(found) < 2:
        return None
    first, second = sorted(draw.choice(len(found), 2, replace=False).tolist())
    (a, b), (c, d) = found[first], found[second]
    if b > c or t[a] == t[c] or c - b < 1:
        return None
    # The words after the prepositions change places: both phrases stay well formed.
    return replace(pair, bullet=[*t[: a + 1], *t[c + 1 : d], *t[b : c + 1], *t[a + 1 : b], *t[d:]])
