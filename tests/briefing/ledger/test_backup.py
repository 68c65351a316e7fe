import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from brief.briefing import job
from brief.briefing.ledger import articles, database, editions, schema
from brief.briefing.ledger import backup as ledger_backup
from brief.briefing.ledger.database import Ledger
from brief.briefing.ledger.schema import STEPS, version_of
from brief.datatypes import Code, Remark
from brief.errors import StorageError
from tests.fakes.morning import BRIDGE, LIBRARY, MARKET, NEXT, ON, Office, write


@pytest.fixture
def office(tmp_path) -> Office:
    office = Office(tmp_path / "office", write(tmp_path / "articles", a=BRIDGE, b=LIBRARY))
    job.run(office.plan(), office.context)
    return office


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return list(db.iterdump())


def test_a_backup_is_the_ledger_and_restores_it(office, tmp_path):
    backup = tmp_path / "backup.sqlite3"
    ledger_backup.back_up(office.ledger, backup)
    before = dump(office.ledger.path)
    assert dump(backup) == before
    write(tmp_path / "articles", c=MARKET)
    job.run(office.plan(NEXT), office.context)
    office.ledger.close()
    ledger_backup.restore(backup, office.ledger.path)
    assert dump(office.ledger.path) == before
    # The ledger that stood there is kept.
    assert len(dump(office.ledger.path.with_suffix(".before-restore"))) > len(before)
    again = Ledger(office.ledger.path)
    assert editions.files(again, ON)
    assert not editions.has_edition(again, NEXT)
    again.close()


def test_restore_works_where_there_is_no_ledger_yet(office, tmp_path):
    ledger_backup.back_up(office.ledger, tmp_path / "backup")
    ledger_backup.restore(tmp_path / "backup", tmp_path / "new/ledger.sqlite3")
    assert dump(tmp_path / "new/ledger.sqlite3") == dump(office.ledger.path)


def test_what_is_no_backup_is_refused_and_changes_nothing(office, tmp_path):
    before = dump(office.ledger.path)
    damaged = tmp_path / "damaged"
    ledger_backup.back_up(office.ledger, damaged)
    data = damaged.read_bytes()
    damaged.write_bytes(data[:20_000] + b"\xff" * 8_000 + data[28_000:])
    (tmp_path / "text").write_text("not a database, but long enough to be taken for one" * 99)
    with closing(sqlite3.connect(tmp_path / "other")) as db:
        db.execute("CREATE TABLE other (a)")
    ledger_backup.back_up(office.ledger, tmp_path / "later")
    with closing(sqlite3.connect(tmp_path / "later")) as db:
        db.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    for name in ("damaged", "text", "other", "later", "missing"):
        with pytest.raises(StorageError, match=name):
            ledger_backup.restore(tmp_path / name, office.ledger.path)
        assert dump(office.ledger.path) == before


def test_a_backup_that_cannot_be_written(office, tmp_path):
    with pytest.raises(StorageError, match="cannot be written"):
        ledger_backup.back_up(office.ledger, tmp_path / "no/such/folder/backup")


def test_prune_forgets_texts_and_not_what_was_read(office, tmp_path):
    later = ON + timedelta(days=40)
    assert ledger_backup.prune(office.ledger, later, 30) == (2, 1)
    rows = office.ledger.read("SELECT cleaned, summary FROM articles")
    assert [tuple(row) for row in rows] == [(None, None)] * 2
    # Not news again, and the edition is as it was.
    before = office.pages()
    job.run(office.plan(), office.context)
    assert office.pages() == before
    job.run(office.plan(later), office.context)
    assert "bridge" not in office.page(later)
    with pytest.raises(StorageError, match="pruned"):
        job.run(office.plan(rebuild=True), office.context)


def test_prune_leaves_what_is_young_or_not_in_an_edition_yet(office):
    assert ledger_backup.prune(office.ledger, ON + timedelta(days=20), 30) == (0, 0)
    office.ledger.db.execute("DELETE FROM editions")
    assert ledger_backup.prune(office.ledger, ON + timedelta(days=40), 30)[0] == 0


STEP = "ALTER TABLE runs ADD COLUMN host TEXT NOT NULL DEFAULT '';"


def test_a_ledger_of_an_earlier_version_is_brought_up_and_backed_up(office, monkeypatch):
    path = office.ledger.path
    before = dump(path)
    office.ledger.close()
    monkeypatch.setattr(database, "STEPS", (*STEPS, STEP))
    monkeypatch.setattr(schema.migrate, "__defaults__", ((*STEPS, STEP),))
    again = Ledger(path)
    assert again.read("SELECT host FROM runs")[0]["host"] == ""
    assert version_of(again.db) == len(STEPS) + 1
    assert editions.files(again, ON)
    again.close()
    assert dump(path.with_suffix(f".schema{len(STEPS)}.backup")) == before


def test_remarks_of_the_first_version_are_typed(tmp_path):
    path = tmp_path / "ledger.sqlite3"
    notes = ("", "feed_text: the page: gone", "future_date: its source dates it; feed_text: gone")
    with closing(sqlite3.connect(path)) as db:
        schema.migrate(db, STEPS[:1])
        for number, note in enumerate(notes):
            db.execute(
                "INSERT INTO articles (id, source, key, edition, state, note)"
                " VALUES (?, 's', ?, '2026-11-23', 'fetched', ?)",
                (str(number), str(number), note),
            )
        for name, warnings in (("s", '["other_files: s: 2 .pdf"]'), ("t", "[]")):
            db.execute(
                "INSERT INTO gathered VALUES ('2026-11-23', ?, 0, 1.0, NULL, NULL, 0, ?)",
                (name, warnings),
            )
        db.commit()
    ledger = Ledger(path)
    assert [articles.row(ledger, str(number)).remarks for number in range(3)] == [
        (),
        (Remark(Code.FEED_TEXT, "the page: gone"),),
        (Remark(Code.FUTURE_DATE, "its source dates it; feed_text: gone"),),
    ]
    kept = [row["remarks"] for row in ledger.read("SELECT remarks FROM gathered ORDER BY source")]
    assert list(map(json.loads, kept)) == [[{"code": "other_files", "text": "s: 2 .pdf"}], []]
    ledger.close()


def test_a_step_that_fails_leaves_the_ledger_as_it_was(office):
    before = dump(office.ledger.path)
    with pytest.raises(sqlite3.Error):
        schema.migrate(office.ledger.db, (*STEPS, f"{STEP} CREATE TABLE runs (a);"))
    assert dump(office.ledger.path) == before


def test_a_ledger_of_a_later_version_is_refused(office):
    office.ledger.db.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    office.ledger.close()
    with pytest.raises(StorageError, match="of a later brief") as caught:
        Ledger(office.ledger.path)
    assert "upgrade" in caught.value.remedy


def test_a_damaged_ledger_names_the_remedy(tmp_path):
    path = tmp_path / "ledger.sqlite3"
    path.write_bytes(b"no database at all, and not empty either" * 50)
    with pytest.raises(StorageError, match="not a database") as caught:
        Ledger(path)
    assert "restore" in caught.value.remedy


def test_two_may_open_a_new_ledger_at_once(tmp_path):
    first = Ledger(tmp_path / "ledger.sqlite3")
    second = Ledger(tmp_path / "ledger.sqlite3")
    with first.writing() as db:
        db.execute("INSERT INTO frozen VALUES (?)", (ON.isoformat(),))
    assert articles.is_frozen(second, ON)
    first.close()
    second.close()


def test_the_ledger_keeps_no_reference_bullets(tmp_path):
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps({"text": BRIDGE, "bullets": ["the publisher's own words"]}))
    office = Office(tmp_path / "office", rows)
    job.run(office.plan(), office.context)
    assert "publisher" not in "".join(map(str, office.ledger.read("SELECT * FROM files")))
    assert all("publisher" not in text for text in editions.files(office.ledger, ON).values())
