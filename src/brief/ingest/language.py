"""Which language a body is written in.

py3langid, asked only when the text is not plainly English: its import is a tenth of a whole run on one
article..
"""

from brief.text import strings
from brief.text.lexicon import english

MAX_CHARS = 4_000
"""Enough for certainty, few enough to cost nothing on a long page."""

MIN_LETTERS = 20
"""Below that, a guess would be one."""

MIN_ENGLISH_SHARE = 0.3
"""Function words are 40 to 50 % of English running text; no other language in Latin script
reaches 20 % by chance."""


def detect(body: str) -> str | None:
    """ISO 639-1 code of the language of a text; None when it holds too few letters.

    Example:
        >>> detect("The council said on Monday that it would not close the library.")
        'en'
    """
    sample = body[:MAX_CHARS]
    words = strings.words(sample)
    if sum(map(len, words)) < MIN_LETTERS:
        return None
    if sum(word in english().stopwords for word in words) >= MIN_ENGLISH_SHARE * len(words):
        return "en"
    import py3langid

    return str(py3langid.classify(sample)[0])
