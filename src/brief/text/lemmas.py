"""English inflection: words to what they are forms of, for comparing a bullet with its source.

Left out: derivation (`Kenya`, `Kenyan`) and synonyms.
"""

from collections.abc import Mapping

from brief.text.strings import STOPWORDS, stem

_FORMS = (
    "be am is are was were been being; have has had having; do does did done; go goes "
    "went gone; say said; make made; take took taken; come came; see saw seen; get got "
    "gotten; give gave given; find found; think thought; tell told; become became; leave "
    "left; feel felt; bring brought; begin began begun; keep kept; hold held; write wrote "
    "written; stand stood; hear heard; mean meant; meet met; run ran; pay paid; sit sat; "
    "speak spoke spoken; lie lay lain; lead led; grow grew grown; lose lost; fall fell "
    "fallen; send sent; build built; understand understood; draw drew drawn; break broke "
    "broken; spend spent; rise rose risen; drive drove driven; buy bought; wear wore "
    "worn; choose chose chosen; seek sought; throw threw thrown; catch caught; deal "
    "dealt; win won; fight fought; teach taught; sell sold; shoot shot; steal stole "
    "stolen; strike struck stricken; fly flew flown; know knew known; show shown; eat ate "
    "eaten; flee fled; hide hid hidden; shake shook shaken; sing sang sung; sink sank "
    "sunk; swim swam swum; wake woke woken; freeze froze frozen; bear bore born borne; "
    "swear swore sworn; tear tore torn; forget forgot forgotten; forgive forgave "
    "forgiven; ride rode ridden; ring rang rung; drink drank drunk; bite bit bitten; blow "
    "blew blown; feed fed; bind bound; lend lent; slide slid; spin spun; stick stuck; "
    "sweep swept; man men; woman women; child children; person people; foot feet; die "
    "died dying death dead; life lives"
)
_IRREGULAR: Mapping[str, str] = {
    form: forms.split()[0] for forms in _FORMS.split("; ") for form in forms.split()
}
"""Irregular forms -> their base, for what no stemmer joins."""


def lemma(word: str) -> str:
    """A key that the inflected forms of a folded word share.

    Example:
        >>> lemma("went") == lemma("going"), lemma("women") == lemma("woman")
        (True, True)
    """
    return stem(_IRREGULAR.get(word, word))


def is_content(word: str) -> bool:
    """Whether a folded word says something by itself: no function word, number or letter."""
    return len(word) > 1 and not word[0].isdigit() and word not in STOPWORDS
