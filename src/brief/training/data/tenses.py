"""Past tenses and base forms of the English verbs of news.

Tested in `tests/training/data/test_corruptions.py`.
"""

from brief.text.lexicon import english

_OTHERS = frozenset("be man woman child person foot life die bear".split())
"""Nouns, and verbs whose second form is no past tense."""
_PAST: dict[str, str] = {}
for _form, _base in english().irregular.items():
    if _form != _base and _base not in _OTHERS:
        _PAST.setdefault(_base, _form)
_PAST |= {"be": "was", "have": "had", "do": "did", "go": "went"}
BASES = {past: base for base, past in _PAST.items()}
_UNCHANGED = frozenset("cut put set hit let cost quit spread shut hurt burst".split())
_CONSONANT_DOUBLED = frozenset(
    "ban stop plan step drop rob grab strip scrap admit commit permit".split()
)


def past_of(verb: str) -> str:
    """The past tense of a base form.

    Example:
        >>> past_of("carry"), past_of("close"), past_of("take")
        ('carried', 'closed', 'took')
    """
    if verb in _PAST or verb in _UNCHANGED:
        return _PAST.get(verb, verb)
    if verb in _CONSONANT_DOUBLED:
        return f"{verb}{verb[-1]}ed"
    if verb.endswith("e"):
        return f"{verb}d"
    if verb.endswith("y") and verb[-2:-1] not in tuple("aeou"):
        return f"{verb[:-1]}ied"
    return f"{verb}ed"


def base_of(past: str) -> str:
    """The base form of a past tense that ends in -ed.

    Example:
        >>> base_of("carried"), base_of("closed"), base_of("walked")
        ('carry', 'close', 'walk')
    """
    stem = past[:-2]
    if stem.endswith("i"):
        return f"{stem[:-1]}y"
    if stem[-1:] in {"s", "c", "v", "g", "u", "z"} and not stem.endswith("ss"):
        return past[:-1]
    if stem[-2:-1] == stem[-1:] and stem[-1] not in "sl":
        return stem[:-1]
    return stem
