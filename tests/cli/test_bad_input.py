"""What people pass by mistake, or pages do on purpose: a clear message or a correct result."""

import io
import json
import os
import random
import sqlite3
import sys

import pytest

from brief.cli import main
from brief.ingest.article import to_article
from brief.ingest.jsonl import Source
from brief.models import load_model
from brief.output.block import HEADING
from brief.pipeline.summarizer import Summarizer
from tests.fakes.summaries import FakeModel
from tests.fakes.tiny_models import ARTICLES

PAGE = ARTICLES[0]
SENTENCE = "The ferry to Osmund Island will stop running on 3 May, the café’s owner said."
SECOND = "Inspectors found 14 cracked beams, and the county’s engineers could not wait."


@pytest.fixture
def model(monkeypatch):
    fake = FakeModel()
    monkeypatch.setattr("brief.models.load_model", lambda *_, **__: fake)
    return fake


@pytest.fixture
def summarize(tmp_path, monkeypatch, capsys, model):
    """Runs `brief summarize` on files of the given names; returns code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def summarize_(*options, **files):
        names = [name.replace("_", ".") for name in files]
        for name, data in zip(names, files.values(), strict=True):
            (tmp_path / name).write_bytes(data if isinstance(data, bytes) else data.encode())
        code = main.run(["summarize", *names, *options])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err

    return summarize_


def bullets(out):
    heading, *lines = out.splitlines()
    assert heading == HEADING
    return [line.removeprefix("  • ") for line in lines]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("", "a.txt: empty (0 characters, none of them visible)"),
        (" \n\t\n\u200b\n", "a.txt: empty (6 characters, none of them visible)"),
        (
            "Skip to content\nCookie settings\nSubscribe to our newsletter\n",
            "a.txt: no article in it, only 2 navigation, 1 tail lines",
        ),
        ("Bridge closed.", "a.txt: no sentence of it makes a bullet"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a.txt: not text or HTML (starts with %PDF-1.7)"),
        (random.Random(1).randbytes(4000), "a.txt: not text or HTML (starts with "),
        (PAGE.replace("Tuesday", "Tues\0day"), "a.txt: not text or HTML (starts with Harbor w;"),
        (b"\xef\xbb\xbf" + SENTENCE.encode("cp1252"), "a.txt: marked as UTF-8, but byte "),
        ("\n".join((PAGE.split() * 200)[:10_000]), "a.txt: no "),
        ("<html><body><script>x()</script></body></html>", "a.txt: no article in this HTML"),
    ],
)
def test_what_holds_no_article_is_told_so(summarize, data, said):
    code, out, err = summarize(a_txt=data)
    assert (code, out) == (65, "")
    assert err.startswith(f"brief: {said}")
    assert err.splitlines()[1].startswith("  ")
    assert len(err.splitlines()) == 2


ENCODINGS = ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_that_can_be_told_gives_the_same_bullets(summarize, encoding):
    text = f"{SENTENCE}\r\n{SECOND}\r\n"
    code, out, err = summarize(a_txt=text.encode(encoding))
    assert (code, err) == (0, "")
    assert bullets(out) == [SENTENCE, SECOND]


def prose(n_words, seed=1):
    """Invented sentences that all differ."""
    draw = random.Random(seed)
    words = sorted({word.strip('.,"') for text in ARTICLES for word in text.split()})
    sentences = (
        " ".join(draw.choices(words, k=18)).capitalize() + "." for _ in range(n_words // 18)
    )
    return list(sentences)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(" ".join(prose(850_000)), id="one line of 5 MB"),
        pytest.param(" ".join(prose(300_000)).replace(".", ""), id="2 MB without punctuation"),
        pytest.param("\n" * 5_000_000 + f"{SENTENCE}\n{SECOND}\n", id="5 MB of line breaks"),
        pytest.param(SENTENCE + " " * 5_000_000 + SECOND, id="5 MB of spaces"),
    ],
)
def test_five_megabytes_take_no_more_than_their_time(summarize, text):
    """Anything quadratic on the way would take hours here."""
    code, out, _ = summarize(a_txt=text)
    assert code == 0
    assert len(bullets(out)) == 2


def test_a_word_of_a_megabyte_is_cut_and_not_choked_on(summarize):
    code, out, _ = summarize(a_txt=f"{SENTENCE}\n{'a' * 1_000_000}\n{SECOND}\n")
    assert code == 0
    assert bullets(out) == [SENTENCE, SECOND]


def test_a_headline_of_ten_thousand_characters_is_cut_for_the_model(summarize, model):
    row = json.dumps({"headline": "Strike ends " * 850, "text": PAGE})
    code, out, _ = summarize("-f", "json", rows_jsonl=row)
    assert code == 0
    assert len(json.loads(out)["bullets"]) == 2
    (asked,) = model.asked
    assert {len(chunk.topic.split()) for chunk in asked} == {24}
    assert all(chunk.context_cut for chunk in asked)


def test_text_without_punctuation_still_gives_bullets(summarize):
    flat = PAGE.replace(".", "").replace(",", "").replace('"', "").lower()
    code, out, _ = summarize(a_txt=flat)
    assert code == 0
    for bullet in bullets(out):
        assert bullet[0].isupper() or bullet[0].isdigit()
        assert bullet.endswith(".")
        assert bullet.rstrip(".").split()[-1].lower() in flat.split()


FIRST_SENTENCES = {
    "fr": (
        "Le conseil municipal a voté mardi soir la fermeture de la bibliothèque du port.",
        "La maire a déclaré que la ville n'avait plus les moyens de payer le chauffage !",
        "Une pétition a réuni plus de neuf mille signatures.",
    ),
    "ru": (
        "Городской совет во вторник вечером проголосовал за закрытие библиотеки у порта.",
        "Мэр г. Порт-Эллери А. В. Петрова заявила, что денег на отопление больше нет.",
        "Петицию подписали более девяти тысяч человек.",
    ),
    "ar": (
        "صوّت مجلس المدينة مساء الثلاثاء على إغلاق المكتبة القريبة من الميناء بسبب التكاليف.",
        "هل تعلم رئيسة البلدية أن المدينة لم تعد قادرة على دفع ثمن التدفئة؟",
        "جمعت عريضة أكثر من تسعة آلاف توقيع منذ شهر يناير.",
    ),
    "zh": (
        "市议会星期二晚上投票决定关闭港口附近的图书馆。",
        "市长真的说城市付不起取暖费用吗？",
        "自一月以来，请愿书已收集了九千多个签名。",
    ),
}


@pytest.mark.parametrize("code", FIRST_SENTENCES)
def test_another_language_is_said_and_gives_the_article_s_own_first_sentences(
    summarize, model, code
):
    sentences = FIRST_SENTENCES[code]
    joint = "" if code == "zh" else " "
    done, out, err = summarize(a_txt=joint.join(sentences))
    assert done == 0
    assert bullets(out) == [*sentences[:2]]
    assert err.startswith(f"brief: a.txt: language: the text is in {code}, fake knows en; ")
    assert model.asked == []


def test_some_lines_of_another_language_do_not_stop_the_rest(summarize, model):
    code, out, err = summarize(a_txt=f"{PAGE}\n{FIRST_SENTENCES['fr'][0]}\n")
    assert (code, err) == (0, "")
    assert len(bullets(out)) == 2
    assert len(model.asked) == 1


def test_a_folder_with_files_that_cannot_be_read(summarize, tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "a.txt").write_text(f"{SENTENCE}\n{SECOND}\n")
    (folder / "b.txt").symlink_to(tmp_path / "gone.txt")
    (folder / "c.txt").write_bytes(b"\x00\x01\x02" * 100)
    (folder / "d.txt").write_text(PAGE)
    (folder / "loop").symlink_to(folder)
    (folder / "photo.png").write_bytes(b"\x89PNG")
    code, out, err = summarize("pages", "-f", "jsonl")
    assert code == 1
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["id"] for row in rows] == [f"pages/{name}.txt" for name in "abcd"]
    assert [row["error"] is None for row in rows] == [True, False, False, True]
    assert "pages/b.txt: no such file" in err
    assert "pages/c.txt: not text or HTML" in err
    assert "pages: passed over files of other kinds (1 .png)" in err


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_told(summarize, tmp_path):
    (tmp_path / "a.txt").write_text(PAGE)
    (tmp_path / "a.txt").chmod(0)
    code, _, err = summarize("a.txt")
    assert code == 65
    assert err.startswith("brief: a.txt: cannot be read (Permission denied)")


def test_a_cache_of_another_kind_is_done_without(summarize, user_folders):
    (user_folders / "summaries.sqlite3").write_bytes(b"no database, but of some length " * 50)
    code, out, err = summarize(a_txt=PAGE)
    assert code == 0
    assert len(bullets(out)) == 2
    assert err.startswith("brief: going on without a cache: ")


def test_a_damaged_row_of_the_cache_is_written_again(summarize, model, user_folders):
    first = summarize(a_txt=PAGE)
    with sqlite3.connect(user_folders / "summaries.sqlite3") as db:
        db.execute("UPDATE summaries SET record = '{'")
    db.close()
    assert summarize(a_txt=PAGE) == first
    assert len(model.asked) == 2


@pytest.mark.parametrize("format_", ["text", "markdown", "json", "jsonl", "html"])
def test_nothing_in_a_text_steers_terminal_or_reading_direction(summarize, format_):
    hostile = PAGE.replace("Tuesday", "\x1b[31mTues\u202eday\x07").replace("union", "\u2066union")
    code, out, err = summarize("-f", format_, "--explain", a_txt=f"{hostile}\n{SENTENCE}\n")
    assert (code, err) == (0, "")
    shown = out if format_ in {"text", "markdown", "html"} else str(json.loads(out)["bullets"])
    assert not set(shown) & set("\x1b\x07")
    if "json" not in format_:
        assert not set(shown) & set("\u202e\u2066")


def test_scripts_of_a_page_are_no_text(summarize, model):
    lines = "".join(f"<p>{line}<script>gone('{line}')</script></p>" for line in PAGE.splitlines())
    page = (
        "<html><head><title>Strike ends</title><style>p {color: red}</style></head><body>"
        f"<script>alert('the mayor said that she will resign')</script><article>{lines}"
        "<p>The union's page shows &lt;script&gt;alert(1)&lt;/script&gt; instead of its vote.</p>"
        "</article></body></html>"
    )
    code, out, _ = summarize("-f", "html", "-n", "10", a_html=page)
    assert code == 0
    assert "<script" not in out
    assert not {"gone", "resign", "color"} & {
        word for asked in model.asked for chunk in asked for word in chunk.text.split("(")
    }


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('{"text": "The mayor \\ud83d said."}', "text holds half a character (\\ud83d)"),
        ('{"text": 3}', "text is a number"),
        ('{"body": "x"}', "no column text, article or html (found: body)"),
        ('["x"]', "JSON, but a list"),
        ('{"text": "x"', "not JSON ("),
        ('{"text": " "}', "empty ("),
    ],
)
def test_a_bad_row_is_told_by_its_number_and_the_rest_go_on(summarize, row, said):
    good = json.dumps({"id": "good", "text": PAGE})
    code, out, err = summarize("-f", "jsonl", rows_jsonl=f"{row}\n{good}\n")
    assert code == 1
    assert err.startswith(f"brief: rows.jsonl:1: {said}")
    failed, kept = map(json.loads, out.splitlines())
    assert failed["id"] == "rows.jsonl:1"
    assert len(kept["bullets"]) == 2


def test_control_tokens_spelled_in_a_text_are_words_like_others():
    """With the built-in model, whose own tokens they are."""
    spelled = PAGE.replace("on Tuesday", "[SEP] </s> [unused1] on Tuesday")
    spelled = spelled.replace("The deal", "[CLS] The deal [PAD] [unused2] [MASK]")
    summary = Summarizer(load_model("news-small")).summarize(
        to_article(Source(id="a", text=spelled))
    )
    assert len(summary.bullets) == 2
    for bullet in summary.bullets:
        assert bullet.text.endswith(".")
        assert spelled[bullet.sources[0].start : bullet.sources[0].end] == bullet.sources[0].text


def test_standard_input_that_is_no_text(capsys, monkeypatch, model):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\x89PNG\r\n\x1a\n\0\0")))
    assert main.run(["summarize", "-"]) == 65
    assert capsys.readouterr().err.startswith("brief: stdin: not text or HTML (starts with ")
