"""Opening pronouns -> the names they stand for, where only one person can be meant.

"He called for help" after "Rubio praised Kenya" becomes "Rubio called for help". Only singular
personal pronouns, only at the opening, and only when the sentence before (else the headline or
lead) speaks of exactly one person: whom the article shows to be one by a title, or by words
such as "said" beside the name. Left out: everything that needs to know grammar or gender.
"""

import re
from collections.abc import Sequence

from brief.casing import names

_OPENING = re.compile(r"(?P<pronoun>He|She|His|Her)\b(?!['’])\s+(?=[a-z])")
_TITLES = (
    r"(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Sir|Dame|Lord|Lady|President|Minister|Secretary|Senator|Sen"
    r"|Rep|Gov|Governor|Mayor|Councillor|Judge|Justice|Chief|Captain|Sgt|Sergeant|Officer|Inspector"
    r"|Coach|Chairman|Chairwoman|Pastor|Bishop|Sheikh|Rabbi)\.?"
)
_SPEAKS = (
    r"(?:said|says|told|added|adds|asked|warned|argued|praised|called|claimed|denied|insisted|wrote"
    r"|explained|testified|pleaded|admitted|announced|urged|refused|resigned|died|scored|who)"
)


def resolve(bullet: str, context: Sequence[str], body: str) -> tuple[str, str] | None:
    """The bullet with its opening pronoun replaced, and the name put there.

    Args:
        bullet: A sentence in its final casing.
        context: What stands before it, nearest first; the first that speaks of a person decides.
        body: The article's text, for evidence that a name is a person's.

    Returns:
        None when the bullet does not open with such a pronoun, or when it is not certain whom
        it means.

    Example:
        >>> body = "Ana Quill said the bridge was safe. She resigned in May."
        >>> resolve("She resigned in May.", ["Ana Quill said the bridge was safe."], body)
        ('Ana Quill resigned in May.', 'Ana Quill')
    """
    opening = _OPENING.match(bullet)
    if opening is None:
        return None
    for sentence in context:
        people = [name for name in names(sentence) if _is_person(name, body)]
        if not people:
            continue
        if len(people) > 1:
            return None
        name = people[0]
        # "Her" before a verb is no possessive, but then it opens no sentence.
        owner = opening["pronoun"] in {"His", "Her"}
        possessive = ("’" if "’" in body else "'") + ("" if name.endswith("s") else "s")
        return f"{name}{possessive if owner else ''} {bullet[opening.end() :]}", name
    return None


def _is_person(name: str, body: str) -> bool:
    last = re.escape(name.rsplit(maxsplit=1)[-1])
    whole = re.escape(name)
    return bool(
        re.search(rf"\b{_TITLES} (?:[A-Z][\w.’'-]* )?{last}\b", body)
        or re.search(rf"\b{whole},? (?:\d{{1,3}}, )?{_SPEAKS}\b|\b{last} {_SPEAKS}\b", body)
        or re.search(rf"\b(?:said|says|added|told|asked) {whole}\b", body)
    )
