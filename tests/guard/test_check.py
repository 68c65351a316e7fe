"""Candidate -> bullet: only what its source holds gets through, and what was done is marked."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.datatypes import Bullet, Candidate, Chunk, Code, Origin, Remark, Sentence
from brief.guard import check
from brief.text.numbers import numbers
from brief.text.strings import words
from brief.text.truecasing import Casing

SOURCE = (
    "The Osmund council will likely close the old bridge in May, while 14 ferries run every 20"
    " minutes until the autumn, the county engineer of Ebbsham said."
)
BODY = f"Ana Quill said the crew was ready.\n{SOURCE}"


def candidate(
    text: str,
    *sources: str,
    previous: str = "",
    finished: bool = True,
    alternatives: tuple[str, ...] = (),
) -> Candidate:
    """A candidate from a chunk of sentences, as they follow each other."""
    focus, at = [], 0
    for index, source in enumerate(sources or (SOURCE,)):
        focus.append(Sentence(source, at, at + len(source), index))
        at += len(source) + 1
    chunk = Chunk(tuple(focus), previous=previous)
    return Candidate(text, chunk, -0.5, finished, alternatives)


def bullet_of(given: Candidate, body: str = BODY) -> Bullet:
    bullet = check.to_bullet(given, body, Casing.of(body), language="en", compressing=True)
    assert bullet is not None
    return bullet


def codes(bullet: Bullet) -> list[Code]:
    return [remark.code for remark in bullet.remarks]


def test_a_sound_candidate_gets_its_source_s_surface() -> None:
    source = "Ana Quill, the mayor, paid Ksh.77 million to the U.S. crew by mid-2024."
    bullet = bullet_of(
        candidate("ana quill paid ksh. 77 million to the u. s. crew by mid - 2024", source)
    )
    assert bullet.text == "Ana Quill paid Ksh.77 million to the U.S. crew by mid-2024."
    assert (bullet.origin, bullet.remarks) == (Origin.MODEL, ())
    assert bullet.sources[0].text == source


def test_a_cased_candidate_keeps_its_own_surface() -> None:
    bullet = check.to_bullet(
        candidate("Ana Quill praised the crew", "Ana Quill praised the crew."),
        BODY,
        None,
        language="en",
        compressing=True,
    )
    assert bullet is not None
    assert bullet.text == "Ana Quill praised the crew."


def test_the_first_sound_wording_is_taken() -> None:
    source = "Ana Quill will likely sell the old ferry to the county of Osmund."
    bullet = bullet_of(
        candidate(
            "ana quill sold a bridge",
            source,
            alternatives=(
                "ana quill will sell the ferry to osmund.",
                "ana quill will likely sell the ferry to the county of osmund.",
                "ana quill will likely sell the old ferry to the county of osmund.",
            ),
        )
    )
    assert bullet.text == "Ana Quill will likely sell the ferry to the county of Osmund."
    assert bullet.remarks == ()


def test_a_lost_hedge_is_mended() -> None:
    source = "Tomas Reyl, who runs the ferries, will likely sell the old boat to Osmund in May."
    bullet = bullet_of(candidate("tomas reyl will sell the old boat to osmund in may.", source))
    assert bullet.text == "Tomas Reyl will likely sell the old boat to Osmund in May."
    assert codes(bullet) == [Code.MENDED]
    assert bullet.remarks[0].text.endswith("leaves out “likely”")
    assert bullet.origin is Origin.MODEL
    assert not check.is_replaced(bullet)


@pytest.mark.parametrize(
    ("wording", "why"),
    [
        ("the osmund council will close 15 old bridges", "puts in “15”"),
        ("the osmund council council will likely close", "moves “council” behind “council”"),
        ("the old bridge will likely close the council", "moves “close” behind “bridge”"),
    ],
)
def test_what_cannot_be_mended_is_replaced_by_its_shortened_source(wording: str, why: str) -> None:
    bullet = bullet_of(candidate(wording))
    assert bullet.text == (
        "The Osmund council will likely close the old bridge in May, the county engineer of Ebbsham"
        " said."
    )
    assert check.is_replaced(bullet)
    assert bullet.origin is Origin.SHORTENED
    assert why.split(maxsplit=1)[0] in bullet.remarks[0].text


def test_a_candidate_that_broke_off_is_replaced() -> None:
    source = "Ana Quill praised the crew of the ferry."
    bullet = bullet_of(
        candidate("ana quill praised the crew of the ferry.", source, finished=False)
    )
    assert bullet.remarks == (Remark(Code.REPLACED, "the model wrote a bullet that broke off"),)
    assert bullet.origin is Origin.SOURCE


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("• Ana Quill praised the crew.", "Ana Quill praised the crew."),
        ("2. Ana Quill praised the crew.", "Ana Quill praised the crew."),
        ("» Ana Quill praised the crew.", "Ana Quill praised the crew."),
        ("OSMUND — Ana Quill praised the crew.", "Ana Quill praised the crew."),
        ("Osmund (QRN) Ana Quill praised the crew.", "Ana Quill praised the crew."),
        ("(QRN)Ana Quill praised the crew.", "Ana Quill praised the crew."),
        ("But Ana Quill praised the crew.", "Ana Quill praised the crew."),
        ("However, Ana Quill praised the crew.", "Ana Quill praised the crew."),
        ("Ana Quill praises crew of ferry", "Ana Quill praises crew of ferry."),
        ("So-called bridges were praised by Quill.", "So-called bridges were praised by Quill."),
        ("A. Quill praised the whole crew.", "A. Quill praised the whole crew."),
    ],
)
def test_marks_datelines_and_conjunctions_go(source: str, text: str) -> None:
    for wording in (source.lower(), "an entirely different bullet of words"):
        assert bullet_of(candidate(wording, source)).text == text


def test_a_sentence_of_a_few_words_is_no_bullet() -> None:
    assert (
        check.to_bullet(
            candidate("the crew left.", "The crew left."),
            BODY,
            Casing.of(BODY),
            language="en",
            compressing=True,
        )
        is None
    )


def test_an_opening_pronoun_is_resolved_where_one_person_is_meant() -> None:
    source = "She praised the crew of the ferry."
    bullet = bullet_of(
        candidate("she praised the crew of the ferry.", source, previous="Ana Quill spoke at noon.")
    )
    assert bullet.text == "Ana Quill praised the crew of the ferry."
    assert codes(bullet) == [Code.RESOLVED_PRONOUN]


def test_the_model_may_put_that_name_itself_and_no_other() -> None:
    source = "She praised the crew of the ferry."
    previous = "Ana Quill spoke at noon."
    named = bullet_of(
        candidate("ana quill praised the crew of the ferry.", source, previous=previous)
    )
    assert (named.text, named.remarks) == ("Ana Quill praised the crew of the ferry.", ())
    wrong = bullet_of(candidate("osmund praised the crew of the ferry.", source, previous=previous))
    assert check.is_replaced(wrong)


def test_a_pronoun_that_stays_is_marked() -> None:
    bullet = bullet_of(
        candidate("they praised the crew of the ferry.", "They praised the crew of the ferry.")
    )
    assert check.is_dangling(bullet)
    assert "“They”" in bullet.remarks[0].text


def test_the_pronoun_of_a_second_statement_means_somebody_in_its_sentence() -> None:
    source = "A suit filed by Tomas Reyl was struck out; he is the brother of the mayor."
    bullet = bullet_of(
        candidate("he is the brother of the mayor.", source, previous="Ana Quill spoke at noon.")
    )
    assert "Quill" not in bullet.text


@pytest.mark.parametrize(
    "source",
    [
        "Will the old bridge close in May?",
        "If you use the bridge, you will pay more.",
        "“The old bridge will close in May.”",
        "The list of what the council will close in May:",
        "The bridge " + "and the old ferry of the county " * 6 + "will close.",
    ],
)
def test_poor_bullets_are_marked(source: str) -> None:
    bullet = bullet_of(candidate(source.lower(), source))
    assert check.is_poor(bullet)


def test_two_sources_when_the_second_adds() -> None:
    sources = ("Ana Quill praised the crew.", "Tomas Reyl sold the ferry to Osmund.")
    both = bullet_of(candidate(" ".join(sources).lower(), *sources))
    assert [source.text for source in both.sources] == list(sources)
    one = bullet_of(candidate("tomas reyl sold the ferry to osmund.", *sources))
    assert [source.text for source in one.sources] == [sources[1]]


def test_verbatim_is_the_focus_as_it_stands() -> None:
    bullet = check.verbatim(candidate("The crew left", "The crew left"))
    assert bullet == Bullet("The crew left", bullet.sources, 1.0, Origin.SOURCE)
    assert [source.text for source in bullet.sources] == ["The crew left"]


WORDS = (
    "the council will likely close 14 old bridges on 3 may , reyl said 20 not in osmund if".split()
)


@given(st.lists(st.sampled_from([*words(SOURCE), *WORDS]), max_size=16))
def test_no_number_comes_from_nowhere(written: list[str]) -> None:
    bullet = bullet_of(candidate(" ".join(written)))
    known = {number.value for number in numbers(SOURCE)}
    assert {number.value for number in numbers(bullet.text)} <= known


@given(st.lists(st.sampled_from([*words(SOURCE), *WORDS]), max_size=16))
def test_a_bullet_is_its_source_s_words_in_their_order(written: list[str]) -> None:
    bullet = bullet_of(candidate(" ".join(written)))
    remaining = iter(words(SOURCE.replace(" said", " says said")))
    assert all(word in remaining for word in words(bullet.text))


@given(st.text(max_size=80), st.text(min_size=1, max_size=80))
def test_any_text_makes_a_sentence_or_nothing(written: str, source: str) -> None:
    bullet = check.to_bullet(
        candidate(written, source), source, Casing.of(source), language="en", compressing=True
    )
    if bullet is not None:
        assert len(words(bullet.text)) >= check.MIN_WORDS
        assert not re.search(r"\s{2}|^\s|\s$", bullet.text)


def test_a_model_that_writes_freely_is_held_to_its_words_and_not_to_its_cuts() -> None:
    source = "Speaking before the senate in May, Ana Quill praised the crew for its work."
    freely = candidate("In May, work of the crew was praised by Ana Quill", source)
    loose = check.to_bullet(freely, source, None, language="en", compressing=False)
    strict = check.to_bullet(freely, source, None, language="en", compressing=True)
    assert loose is not None
    assert strict is not None
    assert (loose.text, loose.remarks) == (
        "In May, work of the crew was praised by Ana Quill.",
        (),
    )
    assert check.is_replaced(strict)
    invented = candidate("In June, Ana Quill praised the crew", source)
    bullet = check.to_bullet(invented, source, None, language="en", compressing=False)
    assert bullet is not None
    assert check.is_replaced(bullet)


@pytest.mark.parametrize("end", [" than what was seen on", ", ethically,", " of the"])
def test_a_sentence_that_a_link_has_broken_is_poor(end: str) -> None:
    source = f"Ana Quill wants to show another side of herself{end}"
    bullet = bullet_of(candidate(source.lower(), source))
    assert check.is_poor(bullet)
    whole = "Ana Quill wants to show another side of herself on the bridge"
    assert not check.is_poor(bullet_of(candidate(whole.lower(), whole)))


def written(text: str, source: str, language: str, previous: str = "") -> Bullet:
    """What becomes of a free-writing model's words in a language without a lexicon."""
    bullet = check.to_bullet(
        candidate(text, source, previous=previous),
        f"{previous}\n{source}",
        None,
        language=language,
        compressing=False,
    )
    assert bullet is not None
    return bullet


GERMAN = (
    "Der Stadtrat von Osmund hat beschlossen, die alte Brücke im Mai zu sperren, sagte Anna"
    " Quill am Montag vor 1.200 Gästen."
)
FRENCH = (
    "Le conseil municipal d'Osmund a décidé de fermer le vieux pont en mai, a déclaré Anne Quill"
    " lundi devant 1 200 habitants."
)
SWAHILI = (
    "Baraza la mji wa Osmund limeamua kufunga daraja la zamani mwezi Mei, alisema Anna Kamau"
    " mbele ya wakazi 1,200."
)


@pytest.mark.parametrize(
    ("language", "source", "wording"),
    [
        # The two that English rules spoiled: another tense, and the source word for word.
        ("de", GERMAN, "Der Stadtrat von Osmund beschloss, die alte Brücke im Mai zu sperren."),
        (
            "de",
            GERMAN,
            "Der Stadtrat von Osmund hat beschlossen, die alte Brücke im Mai zu sperren.",
        ),
        ("de", GERMAN, "Anna Quill sagte, der Stadtrat hat die Brücke im Mai gesperrt."),
        ("fr", FRENCH, "Le conseil municipal d'Osmund décide de fermer le vieux pont en mai."),
        ("fr", FRENCH, "Le conseil décide, devant 1200 habitants, de fermer le pont."),
        ("sw", SWAHILI, "Baraza la mji wa Osmund liliamua kufunga daraja la zamani Mei."),
        ("sw", SWAHILI, "Anna Kamau amesema baraza la mji limefunga daraja la zamani."),
    ],
)
def test_a_sentence_shortened_in_another_language_passes(
    language: str, source: str, wording: str
) -> None:
    bullet = written(wording, source, language)
    assert bullet.text == wording
    assert bullet.origin is Origin.MODEL
    assert bullet.remarks == ()


@pytest.mark.parametrize(
    ("language", "source", "wording", "found"),
    [
        ("de", GERMAN, "Der Stadtrat hat vor 12.000 Gästen die Brücke gesperrt.", "12.000"),
        ("de", GERMAN, "Der Stadtrat von Esmund hat die alte Brücke gesperrt.", "esmund"),
        ("de", GERMAN, "Anna Quall sagte am Montag, die Brücke ist zu.", "quall"),
        ("de", GERMAN, "Der Stadtrat hat abgelehnt, die alte Brücke zu sperren.", "abgelehnt"),
        ("de", GERMAN, "Der Stadtrat sagte „wir sperren die Brücke“ am Montag.", "wir sperren"),
        ("fr", FRENCH, "Le conseil a décidé de fermer deux ponts en mai.", "deux"),
        ("fr", FRENCH, "Le conseil municipal d'Asmund a décidé de fermer le pont.", "asmund"),
        ("fr", FRENCH, "Anne Quill a déclaré lundi devant 200 habitants.", "200"),
        ("sw", SWAHILI, "Baraza la mji limeamua kufunga madaraja 14 ya zamani.", "14"),
        ("sw", SWAHILI, "Baraza la mji wa Nakuru limeamua kufunga daraja.", "nakuru"),
    ],
)
def test_what_is_invented_in_another_language_is_replaced(
    language: str, source: str, wording: str, found: str
) -> None:
    bullet = written(wording, source, language)
    assert bullet.text == source
    assert [remark.code for remark in bullet.remarks] == [Code.REPLACED]
    assert found in bullet.remarks[0].text


def test_a_name_is_not_put_together_from_two_in_another_language() -> None:
    source = "Am Montag hat Anna Quill mit Maria Weber die alte Brücke gesperrt."
    bullet = written("Anna Weber hat die alte Brücke am Montag gesperrt.", source, "de")
    assert bullet.text == source
    assert "anna weber" in bullet.remarks[0].text


def test_english_rules_judge_no_other_language() -> None:
    source = "She kommt nach Osmund, und er sagte, die Brücke ist zu."
    bullet = written(source, source, "de", previous="Anna Quill sagte nein.")
    assert bullet.text == source
    assert bullet.remarks == ()


def test_without_a_lexicon_a_compressing_model_is_held_to_its_words_alone() -> None:
    given = candidate("Der Stadtrat von Osmund hat die alte Brücke im Mai.", GERMAN)
    for language, is_replaced in (("de", False), ("en", True)):
        bullet = check.to_bullet(given, GERMAN, None, language=language, compressing=True)
        assert bullet is not None
        assert check.is_replaced(bullet) is is_replaced


def test_the_checks_are_named() -> None:
    everywhere = {"numbers", "quotations", "names", "words"}
    assert set(check.checks("de", compressing=True)) == everywhere
    assert set(check.checks(None, compressing=True)) == everywhere
    loose = check.checks("en", compressing=False)
    assert set(loose) == everywhere | {"negations", "pronouns", "sentences"}
    assert set(check.checks("en", compressing=True)) == {*loose, "cuts"}
