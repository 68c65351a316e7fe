"""Regular expressions for captions, credits, embedded posts and one-line menus.

Unlike the phrases of `phrases.py`, they depend on signs and position in the line more than on
words. Each expression is bounded. See `line_rules.py` for what a match means.

Tested in `tests/ingest/cleaning/test_clean.py`.
"""

import re

from brief.ingest.cleaning.phrases import opening

CAPTION = opening(
    r"\(?(?:photos?|images?|pictures?|pics?|photographs?|screen\s?(?:shot|grab)|illustration|"
    r"graphic|video|file)(?:\s+(?:credits?|by|courtesy|source|illustration)){0,2}\s?[:/]",
    r"\(?credits?\s?:|\(?captions?\s?[:)]|(?:image|photo|picture)\s+(?:caption|source|credit)s?\b|pictured\b",
    r"file\s+(?:photo|image|picture|pic)\b|(?-i:Copyright\s+[A-Z])|courtesy\s+(?:of\s+)?(?-i:[A-Z])",
)

CREDIT_BY = opening(
    r"\(?(?:photos?|photographs?|illustration|image|picture)\s+(?:by|courtesy|via)\s"
)

CREDIT_AT_END = re.compile(
    r"[(\[|][^()\[\]|]{0,60}\b(?i:photos?|images?|pictures?|file|illustration|courtesy|supplied|"
    r"handout|screengrab|screenshot)\b[^()\[\]|]{0,80}[)\]]?(?:\s?more\s?>)?\s{0,3}$|"
    r"\b(?:(?i:file\s+(?:photo|image|picture|pic))|"
    r"(?i:photo|image|picture|photograph|illustration)s?\s?(?:by|:|/|credit|courtesy)\s?[^.!?]{2,60}|"
    r"via\s+[A-Z][\w&]{0,30}(?:\s[A-Z][\w&]{0,30})?|"
    r"/\s?[A-Z][\w&]{1,30}(?:\s[A-Z][\w&]{1,30})?)\s?[.)\]]?\s{0,3}$|"
    r"\b[A-Z][\w&]{1,30}(?:/[A-Z]\w{1,30}){0,2}\s+(?:Images|Photos?)(?:/\w{1,30}|\s[A-Z]\w{1,30})?"
    r"\s?[.)]?\s{0,3}$|\((?i:credit|source)\b|(?:[.!?]|\bFile)\s?\|\s?[A-Z][\w&’' ]{1,40}$",
)

CAPTION_NOUN = opening(
    r"(?:(?:an?|the|this|these)\s)?(?:\w{1,20}[- ]){0,3}(?:photo|photograph|image|picture|portrait|"
    r"screenshot|screen\s?grab|illustration|collage|composite|montage|handout|snapshot|infographic)s?"
    r"\s+(?:of|shows?|showing|taken|provided|from|released|depict\w{0,4})\b",
)

VERB_OF_NEWS = re.compile(
    r"\b(?:was|were|is|are|has|had|have|went|emerged|circulat\w{1,4}|posted|appeared|sparked|"
    r"surfaced|shared|drew|caused|prompted|published|said|says|showed|suggests?|will|would|led|made)\b"
)

SIDES = re.compile(
    r"\((?:\w{1,20}\s){0,2}(?:left|right|centre|center|above|below|top|bottom|pictured|middle)\)|"
    r",\s(?:left|right|centre|center|second from (?:left|right))\s?,",
    re.IGNORECASE,
)

MARKER = opening(
    r"\[\s?(?:img|images?|photos?|pic(?:ture)?s?|video|play|audio|caption|embed\w{0,4}|map|graphic|"
    r"gallery|slideshow|[\w%.-]{1,60}\.(?:png|jpe?g|gif|svg|webp))\b[^\]]{0,200}\]",
    r"\[(?-i:[a-z])[\w-]{2,40}\](?=\w)",
    r"(?:\[[^\[\]]{1,300}\]\W{0,3}){1,8}$|\{\{.{1,200}\}\}$|<<.{1,300}>>$",
)
"""Text left over from a picture, a player or a form when a page is copied or dumped as text."""

GALLERY = re.compile(
    r"\b(?i:hide|show)\s+(?i:caption)\s+\d{1,3}\s+of\s+\d{1,3}\b|"
    r"^\s{0,3}(?:Photos?:\s){1,2}(.{5,100}?)\s(?:Photos?:\s){1,2}\1(?!\w)|"
    r"\bJUST WATCHED\b.{0,300}\bReplay\b"
)
"""A gallery or a player with all its captions in one line, however long."""

TICKER = re.compile(r"(?:#\d{1,2}\s[^#]{1,250}){3}")
"""Numbered titles in one line."""

BARS = re.compile(r"\s{0,3}[|•·✦›│]\s{1,3}")
"""Separators between the entries of a one-line menu."""

BARS_OR_DASHES = re.compile(r"\s{0,3}[|•·✦›│]\s{1,3}|\s[–—]\s")
"""Separators between buttons; titles contain dashes too."""

LINK_ARROW = re.compile(r".\s?(?:>>|»|→|➔|⟶)\s{0,3}$")

LINK_AT_END = re.compile(r"\b[a-z]{1,12}(?:\.[a-z]{2,12}){1,2}/\w{6,40}\s{0,3}$")

POST_SIGNATURE = re.compile(
    r"\s?(?:[-–—]\s?)?[^@]{0,80}\(@\w{1,30}\)\s?\S{0,12}\s?\d{0,2},?\s?\d{0,4}\s{0,3}$"
)
