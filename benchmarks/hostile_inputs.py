"""Inputs that cleaners, splitters and decoders have stumbled over, for `same_bytes.py`.

Most are the example page, spoilt in one way each. Left out: articles that are in order.
"""

import gzip
import json
import re
from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / "examples/harbour-library.txt"


def hostile() -> dict[str, bytes]:
    """The inputs by file name."""
    page = EXAMPLE.read_text("utf-8")
    body = "\n\n".join(part for part in page.split("\n\n") if re.search(r".{130}\.$", part))
    html = "".join(f"<p>{part}</p>" for part in body.split("\n\n"))
    first = body.split(". ")[0] + "."
    row = {"id": "a", "headline": "Library stays", "text": body, "published": "2025-05-14"}
    german = "Der Rat von Pellwick hat am Dienstag mit 23 zu 11 Stimmen beschlossen, die Bücherei zwei weitere Jahre offen zu halten. Die Kosten von 380.000 Euro trägt eine Abgabe. „Das ist ein guter Tag“, sagte Dr. Hallam.\n\n"
    french = "Le conseil de Pellwick a voté mardi le maintien de la bibliothèque jusqu’en mai 2027. « C’est une bonne nouvelle », a déclaré Mme Hallam, qui a recueilli 9 400 signatures.\n\n"
    texts = {
        "page.txt": page,
        "body.txt": body,
        "empty.txt": "",
        "blank.txt": " \n\t\n\u00a0\u200b\n",
        "furniture.txt": "Home | News | Sport\nShare   Save\nAdvertisement\nMost read\nCookies\n© 2025. All rights reserved.\n",
        "one-sentence.txt": first,
        "one-word.txt": "Library",
        "capitals.txt": page.upper(),
        "lower.txt": page.lower(),
        "german.txt": german * 3,
        "french.txt": french * 3,
        "chinese.txt": "佩尔威克市议会周二以二十三票对十一票决定保留港口路图书馆两年。资金来自对邮轮乘客征收的费用。" * 4,
        "arabic.txt": "قرر مجلس المدينة يوم الثلاثاء إبقاء المكتبة مفتوحة لمدة عامين آخرين. وقالت رئيسة المجلس إن التكلفة تبلغ 380 ألفا.\n\n" * 3,
        "hebrew-mixed.txt": f"{body}\n\nמועצת העיר החליטה ביום שלישי להשאיר את הספרייה פתוחה.\n\n\u202e{first}\u202c",
        "emoji.txt": body.replace(". ", ". 👩‍👩‍👧‍👦🏳️‍🌈 ").replace("the", "the🇰🇪"),
        "combining.txt": body.replace("e", "e\u0301").replace("a", "a\u0308\u0323"),
        "zero-width.txt": body.replace(" the ", " th\u200be \u2060\ufeff").replace("n", "n\u00ad"),
        "control.txt": body.replace(" ", " \x1b[31m", 2).replace("council", "coun\x08cil\x85", 1),
        "nul.txt": body.replace(" ", "\0 ", 5),
        "huge-line.txt": body.replace("\n\n", " ") * 12,
        "no-spaces.txt": body.replace(" ", ""),
        "long-word.txt": f"{first} {'x' * 20_000} {first}",
        "long-sentence.txt": ", and ".join(part[:-1] for part in body.split("\n\n")) * 3 + ".",
        "narrow.txt": re.sub(r"(.{1,38}) ", r"\1\n", body),
        "blank-lines.txt": body.replace(". ", ".\n\n\n\n\n"),
        "indented.txt": body.replace("\n\n", "\n\n\t\t    "),
        "crlf.txt": page.replace("\n", "\r\n"),
        "cr.txt": page.replace("\n", "\r"),
        "separators.txt": page.replace("\n\n", "\u2029").replace("\n", "\u2028"),
        "quotation.txt": f"“{first} {first}”\n\n“We would have liked a telephone call,” he said. “He did,” she said.\n\n'{first}'",
        "unclosed-quote.txt": body.replace("”", ""),
        "lists.txt": "What we know:\n" + "\n".join(f"{n}. {part}" for n, part in enumerate(body.split(". "))),
        "bullets.txt": "\n".join(f"• {part}" for part in body.split("\n\n")),
        "pronouns.txt": "He said it was theirs. She had told them so. They did not. It was. " * 5,
        "numbers.txt": "Up 3.5% to $1,200.50 on Jan. 5 at 10 a.m. U.S. time vs. 3½ of No. 10. Mr. X, Ph.D., left St. Ives Inc. at 9.30pm. " * 4,
        "repeated.txt": f"{first}\n\n" * 60,
        "markdown.md": f"# Library stays\n\n*By Maren Otis*\n\n> {first}\n\n{body}\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
        "scripts.html": f"<!doctype html><html lang=en><title>Library &amp; levy</title><script>var a='<p>no</p>'</script><style>p{{}}</style><article><h1>Library stays</h1>{html}<script>alert(1)</script></article>",
        "broken.html": f"<html><body><div><p>{first}<p><b>{body}</div></i><a href='x>{first}<table><tr>",
        "nested.html": "<div>" * 3_000 + html + "</div>" * 3_000,
        "entities.html": f"<p>{first} &lt;b&gt; &pound;3 &#8220;a&#8221; &#xD800; &bogus; &amp;amp;</p>{html}",
        "no-text.html": "<html><head><title>x</title></head><body><div id=root></div></body></html>",
        "declared.html": f"<html><head><meta charset=windows-1252></head><body><article>{html}</article>",
        "table.html": f"<table><tr><td><pre>{body}</pre></td></tr></table><ul><li>{first}</ul>",
        "bom.txt": "\ufeff" + page,
        "array.json.txt": json.dumps([row, row]),
    }  # fmt: skip
    rows = [json.dumps(row), json.dumps(row), '{"id": "b", "text": 7}', "{", "[1]", "null", "", "{}", '{"id": true, "text": "x"}', '{"text": "\\ud800 half"}', '{"text": "a", "text": "b"}', '{"text": NaN}', json.dumps({"html": html, "title": ["A", "B"], "byline": 3}), json.dumps({"text": "", "article": body, "bullets": "One.\nTwo."}), "[" * 9_000, '{"txt": "x"}']  # fmt: skip
    latin = {"latin-1.txt": body.replace("£", "é").encode("latin-1", "replace")}
    return {name: text.encode() for name, text in texts.items()} | latin | {
        "windows-1252.txt": body.encode("cp1252", "replace"),
        "utf-16.txt": page.encode("utf-16"),
        "cut-utf-8.txt": page.encode()[: page.encode().index("’".encode()) + 1],
        "binary.txt": bytes(range(256)) * 40,
        "rows.jsonl": "\n".join(rows).encode() + b'\n{"text": "\xff"}\n',
        "page.txt.gz": gzip.compress(page.encode(), mtime=0),
        "damaged.txt.gz": gzip.compress(page.encode(), mtime=0)[:-40],
    }  # fmt: skip
