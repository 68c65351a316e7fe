"""Which language a body is in: said when it can be told, and None when it would be a guess."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.ingest.language import MAX_CHARS, detect
from tests.fakes.tiny_models import ARTICLES

OTHERS = {
    "fr": "Le conseil municipal a voté mardi soir la fermeture de la bibliothèque du port.",
    "de": "Der Stadtrat hat am Dienstagabend beschlossen, die Bücherei am Hafen zu schließen.",
    "es": "El ayuntamiento votó el martes por la noche el cierre de la biblioteca del puerto.",
    "nl": "De gemeenteraad heeft dinsdagavond besloten om de bibliotheek in de haven te sluiten.",
    "sw": "Baraza la mji liliamua Jumanne jioni kufunga maktaba ya bandari kwa sababu ya gharama.",
    "ru": "Городской совет во вторник вечером проголосовал за закрытие библиотеки у порта.",
    "ar": "صوّت مجلس المدينة مساء الثلاثاء على إغلاق المكتبة القريبة من الميناء بسبب التكاليف.",
    "zh": "市议会星期二晚上投票决定关闭港口附近的图书馆，因为城市付不起取暖费用，市民表示反对。",
    "hi": "नगर परिषद ने मंगलवार शाम को बंदरगाह के पास के पुस्तकालय को बंद करने का फैसला किया।",
}


@pytest.mark.parametrize("article", ARTICLES)
def test_english_news_is_english(article):
    assert detect(article) == "en"
    assert all(detect(line) == "en" for line in article.splitlines())


@pytest.mark.parametrize(("code", "said"), OTHERS.items())
def test_another_language_is_named(code, said):
    assert detect(said) == code


@pytest.mark.parametrize("body", ["", "Ferry 12", "14 : 3\n2 : 2\n1 : 0", "... --- ..."])
def test_too_few_letters_are_no_evidence(body):
    assert detect(body) is None


def test_the_beginning_decides():
    assert detect(f"{OTHERS['fr']} " * 60 + ARTICLES[0] * 20) == "fr"
    padded = (ARTICLES[0] * 20)[:MAX_CHARS] + OTHERS["fr"] * 100
    assert detect(padded) == "en"


@given(st.text())
def test_any_text_has_a_code_or_none(body):
    found = detect(body)
    assert found is None or (len(found) == 2 and found.isalpha())


def test_plain_english_costs_no_import():
    program = (
        "import sys; from brief.ingest.language import detect;"
        f" detect({ARTICLES[0]!r}); print('py3langid' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    assert run.stdout == "False\n"
