import gzip
import io
import json
import sys

from brief.cli.main import run

ROWS = [
    {"id": "a", "source": "The council closed the library.", "bullet": "Council closed library."},
    {
        "id": "b",
        "source": "The council closed the library.",
        "bullet": "Council closed 14 schools.",
    },
    {"id": "c", "source": "", "bullet": "Council closed library."},
]


def lines(rows, *more: str) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows) + "".join(more)


def told(capsys) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_row_has_an_answer_in_order(tmp_path, capsys):
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(gzip.compress(lines(ROWS, "{not json\n").encode()))
    assert run(["check", str(path)]) == 1
    first, second, third, fourth = told(capsys)
    assert (first["schema"], first["id"], first["supported"]) == ("brief.check/1", "a", True)
    assert first["sources"] == [{"sentence": ROWS[0]["source"], "start": 0, "end": 31}]
    assert second["supported"] is False
    assert second["reasons"][0]["code"] == "number"
    assert (third["supported"], fourth["supported"]) == (None, None)
    assert third["error"]["problem"] == f"{path}:3: the source is empty"
    assert fourth["id"] == f"{path}:4"


def test_exit_codes(tmp_path, capsys):
    path = tmp_path / "rows.jsonl"
    for rows, code in ((ROWS[:1], 0), (ROWS[1:2], 1), (ROWS[2:], 65), (ROWS[::2], 1), ([], 0)):
        path.write_text(lines(rows), encoding="utf-8")
        assert run(["check", str(path)]) == code
    assert run(["check", str(tmp_path / "none.jsonl")]) == 65
    assert "no such file" in capsys.readouterr().err
    assert run(["check", str(path), "--model", "no-such-model"]) == 2


def test_text_is_for_people(tmp_path, capsys, monkeypatch):
    stdin = io.TextIOWrapper(io.BytesIO(lines(ROWS).encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert run(["check", "-", "-f", "text"]) == 1
    shown = capsys.readouterr()
    assert "a: supported\n" in shown.out
    assert "b: not supported\n  number: not in its sources: “14”\n" in shown.out
    assert "  fewer_checks: the model has no checker" in shown.out
    assert "  • The council closed the library.\n" in shown.out
    assert "stdin:3: the source is empty" in shown.err


def test_a_damaged_file_is_told_after_its_rows(tmp_path, capsys):
    path = tmp_path / "rows.jsonl.gz"
    whole = gzip.compress(lines(ROWS[:1] * 3000).encode(), compresslevel=0)
    path.write_bytes(whole[: len(whole) // 2])
    assert run(["check", str(path)]) == 1
    rows = told(capsys)
    assert rows[0]["supported"] is True
    assert "damaged gzip" in rows[-1]["error"]["problem"]
