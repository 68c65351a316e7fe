import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.errors import InputError
from brief.ingest.charset import _CHARSETS, _MEANT, decode

WESTERN = "The mayor’s café reopened – “at last”, said Zoë Müller. It cost €2,000."
RUSSIAN = "Мэр открыл новую больницу в понедельник, сообщили власти города."
POLISH = "Władze miasta ogłosiły, że most zostanie zamknięty już w środę."
CZECH = "Město uzavře most už příští středu, řekl v pondělí náměstek primátora."
JAPANESE = "市長は月曜日に新しい病院を開いた。"

printable = st.text(st.characters(exclude_categories=["Cs", "Cc"]))


def refused(data: bytes, charset: str | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        decode(data, name="a.txt", charset=charset)
    return caught.value


@given(printable)
def test_utf8_reads_back(text):
    # A leading mark is a mark, whoever wrote it.
    assert decode(text.encode(), name="a") == text.removeprefix("\ufeff")


@given(printable, st.sampled_from(["utf-8-sig", "utf-16", "utf-32"]))
def test_marked_text_reads_back_without_its_mark(text, codec):
    assert decode(text.encode(codec), name="a") == text


@pytest.mark.parametrize(
    ("mark", "codec"),
    [(codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF32_BE, "utf-32-be")],
)
def test_big_endian_marks(mark, codec):
    assert decode(mark + RUSSIAN.encode(codec), name="a") == RUSSIAN


@given(st.binary(max_size=200), st.sampled_from([None, "utf-8", "latin-1", "nonsense"]))
def test_any_bytes_give_their_text_or_a_refusal(data, charset):
    try:
        text = decode(data, name="a", charset=charset)
    except InputError:
        return
    text.encode()
    assert "\x00" not in text
    # A replacement character was in the input, in UTF-8 or UTF-16, or is not in the output.
    assert "\ufffd" not in text or b"\xbf\xbd" in data or b"\xfd" in data


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [WESTERN, RUSSIAN, "One line.\r\nAnother line.\r\n"])
@pytest.mark.parametrize("charset", [None, "utf-8"])
def test_utf16_without_mark_is_known_by_its_zero_bytes(codec, text, charset):
    assert decode(text.encode(codec), name="a", charset=charset) == text


def test_western_windows_text_is_told_without_a_declaration():
    assert decode(WESTERN.encode("cp1252"), name="a") == WESTERN


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (POLISH, "cp1250"),
        (CZECH, "cp1250"),
        (JAPANESE, "cp932"),
        (JAPANESE, "euc_jp"),
        (WESTERN.replace("€", ""), "mac-roman"),
    ],
)
def test_other_code_pages_are_refused_undeclared_and_read_declared(text, codec):
    error = refused(text.encode(codec))
    assert "its encoding cannot be told; it is not utf-8 (byte " in error.problem
    assert "iconv" in error.remedy
    assert decode(text.encode(codec), name="a", charset=codec) == text


def test_code_page_of_dos_is_refused():
    assert "cannot be told" in refused("The café in the château.".encode("cp437")).problem


@pytest.mark.parametrize(
    "tag",
    [
        '<meta charset="windows-1251">',
        "<META http-equiv='Content-Type' content='text/html; charset=windows-1251'>",
        "<meta charset = windows-1251 >",
    ],
)
def test_page_declares_its_charset(tag):
    page = f"<html><head>{tag}<title>{RUSSIAN}</title></head>"
    assert decode(page.encode("cp1251"), name="a") == page


def test_xml_prolog_declares_its_charset():
    page = f'<?xml version="1.0" encoding="koi8-r"?><html><p>{RUSSIAN}</p></html>'
    assert decode(page.encode("koi8-r"), name="a") == page


def test_server_is_asked_before_the_page():
    page = f'<meta charset="koi8-r"><p>{RUSSIAN}</p>'
    assert decode(page.encode("cp1251"), name="a", charset="windows-1251") == page


def test_wrong_declaration_yields_to_the_page_s_own():
    page = f'<meta charset="windows-1251"><p>{RUSSIAN}</p>'
    assert decode(page.encode("cp1251"), name="a", charset="utf-8") == page


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1251", "us-ascii"])
def test_well_formed_utf8_beats_a_declaration(charset):
    assert decode(WESTERN.encode(), name="a", charset=charset) == WESTERN


def test_declared_latin_1_is_windows_1252_as_on_the_web():
    assert decode(WESTERN.encode("cp1252"), name="a", charset="ISO-8859-1") == WESTERN


def test_page_that_says_utf16_in_ascii_is_not():
    page = '<meta charset="utf-16"><p>A caf\xe9.</p>'
    assert decode(page.encode("cp1252"), name="a") == page


def test_iso_2022_jp_is_well_formed_ascii_but_declared():
    data = JAPANESE.encode("iso2022_jp")
    assert decode(data, name="a", charset="iso-2022-jp") == JAPANESE


def test_utf16_declared_by_the_server():
    assert decode(JAPANESE.encode("utf-16-le"), name="a", charset="utf-16") == JAPANESE


@pytest.mark.parametrize("charset", ["unicode_escape", "idna", "utf-7", "rot13", "zip", "x\x00y"])
def test_codecs_that_no_page_uses_are_passed_over(charset):
    text = r"A caf\u00e9 +AOk- in Zürich"
    assert decode(text.encode("cp1252"), name="a", charset=charset) == text


def test_every_allowed_codec_exists_under_its_canonical_name():
    assert {codecs.lookup(name).name for name in _CHARSETS} == _CHARSETS
    assert {*_MEANT.values()} <= _CHARSETS
    assert {codecs.lookup(name).name for name in _MEANT} == {*_MEANT}


def test_pdf_is_refused_as_documented():
    error = refused(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj")
    assert str(error) == (
        "a.txt: not text or HTML (starts with %PDF-1.7)\n"
        "  convert it to text first, for example with pdftotext"
    )


@pytest.mark.parametrize(
    ("data", "shown", "remedy"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00", r"PK\x03\x04\x14\x00", "docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"\xd0\xcf\x11\xe0", "plain text"),
        (b"\x1f\x8b\x08\x00", r"\x1f\x8b\x08\x00", ".gz"),
        (b"\x89PNG\r\n\x1a\n", r"\x89PNG\r\n\x1a\n", "images"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", r"\xff\xd8\xff\xe0", "images"),
        (b"{\\rtf1\\ansi", r"{\\rtf1", "plain text"),
    ],
)
def test_binary_files_are_named_by_their_first_bytes(data, shown, remedy):
    error = refused(data)
    assert f"not text or HTML (starts with {shown}" in error.problem
    assert remedy in error.remedy


@pytest.mark.parametrize(
    "data",
    [b"\x7fELF\x02\x01\x01\x00" * 9, b"abc\x00def", bytes(range(32)) * 4, b"\x00" * 64],
)
def test_control_codes_are_no_text(data):
    assert "not text or HTML (starts with " in refused(data).problem


def test_a_few_control_codes_are_passed_on():
    text = "A line from an old terminal.\x1a" + " And more of it." * 20
    assert decode(text.encode(), name="a") == text


def test_damage_behind_a_mark_is_named():
    error = refused(codecs.BOM_UTF8 + b"abc\xff")
    assert error.problem == "a.txt: marked as UTF-8, but byte 3 after the mark is wrong"
    assert "cut short" in refused(codecs.BOM_UTF16_LE + b"abc").remedy


def test_replacement_character_of_the_input_itself_stays():
    assert decode("half \ufffd lost".encode(), name="a") == "half \ufffd lost"


def test_empty_is_empty():
    assert decode(b"", name="a") == ""
