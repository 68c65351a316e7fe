import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brief.guard.restore_case import finish, restore
from brief.text.strings import fold
from brief.text.truecasing import Casing

ARTICLE = """Harbor Bridge Reopens as Ferries Return to Lakeview

LAKEVIEW, Norland — Officers from Norland reached the harbor on Tuesday, Marta Quill said.
The aid group Open Hands, which the NATO office supports, sent Ksh.77 billion by mid-2024.
"We are not going," she said. "It's over." The officers' union and Liam O'Brien agreed.
McDonald's closed in St. Alban, and Zoë Núñez-Ruiz ate at the Café Élan near the U.S. Embassy.
They don't know whether the US or the U.K. pays €3.5m, she told us. Later, COVID-19 came.
People say Marta likes eBay. The union met at 9:30 a.m. An A-level class wrote to @quill_desk.
"""
CASING = Casing.of(ARTICLE)

CASES = [
    # numbers and their units
    ("norland sent ksh. 77 billion", "Norland sent Ksh.77 billion on Friday.", "Norland sent Ksh.77 billion."),
    ("it hired 1, 000 by mid - 2024", "It hired 1,000 guards by mid-2024.", "It hired 1,000 by mid-2024."),
    ("fees rose 3. 5 % to € 3. 5m", "Fees rose 3.5% to €3.5m.", "Fees rose 3.5% to €3.5m."),
    ("it cost $ 300 million", "It cost $300 million.", "It cost $300 million."),
    ("votes ended 6 - 4, 6 - 0", "The votes ended 6-4, 6-0 there.", "Votes ended 6-4, 6-0."),
    ("it fell by 1, 250. 75 points", "Nothing here.", "It fell by 1,250.75 points."),
    ("they met at 9 : 30 a. m.", "They met at 9:30 a.m. in town.", "They met at 9:30 a.m."),
    ("they met at 9 : 30", "They met early.", "They met at 9:30."),
    ("a 33 - year - old man fell", "A 33-year-old man fell.", "A 33-year-old man fell."),
    ("a 33 - year - old man fell", "Somebody fell.", "A 33-year-old man fell."),
    ("12 people fell in the 1990s", "In the 1990s, 12 people fell.", "12 people fell in the 1990s."),
    ("he ranked 45th in 2024 / 25", "He ranked 45th in 2024/25.", "He ranked 45th in 2024/25."),
    # acronyms, initials and abbreviations
    ("the u. s. met", "The U.S. met them.", "The U.S. met."),
    ("the mission ( mss ) met", "The Mission (MSS) met.", "The Mission (MSS) met."),
    ("j. k. moss wrote to gov. ada roe", "J. K. Moss wrote to Gov. Ada Roe.", "J. K. Moss wrote to Gov. Ada Roe."),
    ("covid - 19 came", "Then COVID-19 came.", "COVID-19 came."),
    ("an a - level class", "She taught an A-level class.", "An A-level class."),
    ("nato met us officials", "NATO met US officials.", "NATO met US officials."),
    ("nothing came from nato", "It rained.", "Nothing came from NATO."),
    # names
    ("liam o ' brien left", "Then Liam O'Brien left.", "Liam O'Brien left."),
    ("mcdonald ' s shut", "The McDonald's shut.", "McDonald's shut."),
    ("zoe nunez - ruiz ate at cafe elan", "Zoë Núñez-Ruiz ate at Café Élan.", "Zoë Núñez-Ruiz ate at Café Élan."),
    ("iphone sales rose", "They said iPhone sales rose.", "iPhone sales rose."),
    ("ebay sold at & t", "Then eBay sold AT&T.", "eBay sold AT&T."),
    ("call @ quill _ desk", "Call @quill_desk.", "Call @quill_desk."),
    ("see quill. example / news", "See quill.example/news.", "See quill.example/news."),
    ("al - amin won in cote d ' ivoire", "There al-Amin won in Côte d'Ivoire.", "Al-Amin won in Côte d'Ivoire."),
    ("marta quill won", "It rained.", "Marta Quill won."),
    # contractions, possessives and quotation marks
    ("they don ' t know it ' s over", "They don't know it's over.", "They don't know it's over."),
    ("they don ' t know it ' s over", "They don’t know it’s over.", "They don’t know it’s over."),
    ("she isn ' t in norland ' s team", "It rained.", "She isn't in Norland's team."),
    ("the officers ' pay fell", "The officers' pay fell.", "The officers' pay fell."),
    ("the officers ' pay fell", "It rained.", "The officers' pay fell."),
    ("' we are not going, ' she said", "'We are not going,' she said.", "'We are not going,' she said."),
    ('" we are not going, " she said', "“We are not going,” she said.", "“We are not going,” she said."),
    ('he said, " we are not going "', 'He said, "We are not going."', 'He said, "We are not going."'),
    ('they vowed to keep " the peace "', "They vowed “to keep the peace”.", "They vowed to keep “the peace.”"),
    ('it is over, " she said', 'So "it is over," she said.', '"It is over," she said.'),
    ('we left. it is over, " she said', 'So "it is over," she said.', "We left. it is over, she said."),
    ("in summer ' 80 they left", "They left in the summer of ’80.", "In summer ’80 they left."),
    ('" it is over', '"It is over," she said.', '"It is over."'),
    ("he don ' t said", "he do n't know , he 's out , she said .", "He don't said."),
    ('" no, " he said', "`` no , '' he said .", '"No," he said.'),
    # sentence openings, shouts and headings
    ("on tuesday officers left", "Officers left on Tuesday.", "On Tuesday officers left."),
    ("on tuesday marta left", "Marta left on Tuesday.", "On Tuesday Marta left."),
    ("in lakeview officers wait", "LAKEVIEW, Norland — Officers wait.", "In Lakeview officers wait."),
    ("in port maris they wait", "PORT MARIS (AP) — They wait.", "In Port Maris they wait."),
    ("the officers flee norland floods", "OFFICERS FLEE NORLAND FLOODS", "The officers flee Norland floods."),
    ("so rescuers wait", "RESCUERS wait.", "So rescuers wait."),
    # dashes and brackets
    ("norland — with nato — left", "Norland — with NATO — left.", "Norland — with NATO — left."),
    ("norland ( with nato ) left", "It rained.", "Norland (with NATO) left."),
    # the form of a sentence
    (", and norland left ,", "Norland left.", "And Norland left."),
    ("norland left. .", "Norland left.", "Norland left."),
    ("did norland leave?", "Did Norland leave?", "Did Norland leave?"),
    ("", "Norland left.", ""),
    ("...", "Norland left.", ""),
]  # fmt: skip


@pytest.mark.parametrize(("bullet", "source", "expected"), CASES)
def test_restores(bullet, source, expected):
    assert restore(bullet, [source], CASING) == expected


def test_context_gives_what_the_focus_lacks():
    sources = ["She left on Tuesday.", "Zoë Núñez-Ruiz came."]
    assert restore("zoe nunez - ruiz left", sources, Casing()) == "Zoë Núñez-Ruiz left."


def test_without_sources_and_knowledge():
    expected = "The man isn't in mid-2024 at 1,000."
    assert restore("the man isn ' t in mid - 2024 at 1, 000", [], Casing()) == expected


def test_a_lower_case_article_stays_lower_case():
    article = "the u.s. said on tuesday , marta left . norland 's men went ."
    casing = Casing.of(article)
    written = restore("marta left on tuesday, i said", [article], casing)
    assert written == "Marta left on tuesday, i said."


def test_hidden_characters_of_a_source_stay_out():
    source = "The \u202eHarbor\u200b Bridge\x07 is\u2066 op\u00aden."
    assert restore("the harbor bridge is open", [source], Casing()) == "The Harbor Bridge is open."


def test_a_cased_bullet_keeps_its_unaligned_words():
    assert restore("Norland met ACME", ["Norland met us."], Casing()) == "Norland met ACME."


WORDS = st.sampled_from(
    "Norland's the U.S. 1,000 mid-2024 Café O'Brien (MSS) “We said, it is €3.5m don’t ” \" ' - — "
    "COVID-19 NATO he . , : ? 33-year-old Ksh.77 iPhone @quill 'no' a.m. / ‘ ’80 & % ... x".split(
        " "
    )
)
TEXTS = st.lists(WORDS, max_size=16).map(" ".join)


def letters(s):
    return [c for c in fold(s) if c.isalnum()]


def as_wordpieces(s):
    """The spacing of detokenized WordPieces, roughly: marks apart, no space before a stop."""
    apart = "".join(c if c.isalnum() or c == " " else f" {c} " for c in fold(s))
    return " ".join(apart.split()).replace(" ,", ",").replace(" .", ".")


@settings(max_examples=300, deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_no_letter_or_digit_is_added_lost_or_moved(bullet, focus, context):
    casing = Casing.of(f"{focus}\n{context}")
    restored = restore(as_wordpieces(bullet), [focus, context], casing)
    assert letters(restored) == letters(bullet)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_finish_is_idempotent_and_keeps_words(bullet):
    finished = finish(bullet)
    assert letters(finished) == letters(bullet)
    assert finish(finished) == finished


@settings(max_examples=300, deadline=None)
@given(TEXTS, TEXTS)
def test_a_bullet_ends_like_a_sentence(bullet, source):
    restored = restore(bullet, [source], Casing.of(source))
    assert not restored or restored.rstrip("\"”’'»)]").endswith((".", "!", "?", "…"))
    assert " ," not in restored
    assert not restored or not restored[0].isspace()


RIGHT = [
    "Kenya has sent over 400 officers, with a target of 1,000 by mid-2024.",
    "“We don’t know,” said Liam O'Brien of the U.S. Embassy — it’s closed.",
    "The 33-year-old (from Port Maris) paid €3.5m, or 2.5%, at 9:30 a.m. in ’80.",
    "Is the officers' pay at McDonald's too low?",
    "iPhone sales rose 3.5% in Côte d'Ivoire, the A-level student wrote at quill.example/news!",
    'He called it "a very, very good day."',
]


@pytest.mark.parametrize("sentence", RIGHT)
def test_what_is_right_comes_back(sentence):
    casing = Casing.of(sentence)
    assert restore(as_wordpieces(sentence), [sentence], casing) == sentence
    assert restore(sentence, [sentence], casing) == sentence
    assert finish(sentence) == sentence


@pytest.mark.parametrize(
    ("bullet", "expected"),
    [
        ("norland left", "Norland left."),
        ("  • norland left ;", "Norland left."),
        ("Norland , with NATO , left .", "Norland, with NATO, left."),
        ("Norland left..", "Norland left."),
        ("Norland left,.", "Norland left."),
        ("Did it leave?.", "Did it leave?"),
        ("“norland left”", "“Norland left.”"),
        ("Norland left “the field", "Norland left “the field.”"),
        ("Norland left the field”.", "“Norland left the field”."),
        ('He said "it is over”', 'He said "it is over."'),
        ('It is over," she said.', '"It is over," she said.'),
        ('She said "no" it is over" then.', 'She said "no" it is over then.'),
        ('"" it is "over"', 'It is "over."'),
        ("Norland left (by sea)", "Norland left (by sea)."),
        ("eBay sells it", "eBay sells it."),
        ("quill.example is down", "quill.example is down."),
        ("élan won", "Élan won."),
        ("ßig", "ßig."),
        ("€5 was paid", "€5 was paid."),
        ("they met at 9 a.m.", "They met at 9 a.m."),
        ("wait...", "Wait..."),
        ("—", ""),
    ],
)
def test_finish(bullet, expected):
    assert finish(bullet) == expected
