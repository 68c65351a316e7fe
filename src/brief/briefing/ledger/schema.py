"""The ledger's SQL schema and migrations: this version opens files of any earlier version.

A migration step is never changed once it has been released; a change is a new step.

Tested in `tests/briefing/test_job.py`.
"""

import sqlite3
from collections.abc import Sequence

STEPS: tuple[str, ...] = (
    """
    CREATE TABLE sources (          -- what is known of a source from one morning to the next
        name TEXT PRIMARY KEY,
        memory TEXT NOT NULL
    );
    CREATE TABLE gathered (         -- a source that has been asked for an edition
        edition TEXT NOT NULL,
        source TEXT NOT NULL,
        place INTEGER NOT NULL,     -- in the configuration
        weight REAL NOT NULL,
        section TEXT,
        error TEXT,
        n_failures INTEGER NOT NULL,
        warnings TEXT NOT NULL,
        PRIMARY KEY (edition, source)
    );
    CREATE TABLE frozen (           -- editions for which no source is asked any more
        edition TEXT PRIMARY KEY
    );
    CREATE TABLE articles (
        id TEXT PRIMARY KEY,
        source TEXT NOT NULL,
        key TEXT NOT NULL,
        edition TEXT NOT NULL,
        state TEXT NOT NULL,
        published TEXT,
        note TEXT NOT NULL,
        headline TEXT,              -- as the source says, for an article that is never read
        url TEXT,
        content BLOB,               -- as it arrived; given up once it is cleaned
        cleaned BLOB,
        summary BLOB,
        code TEXT,                  -- why it is in no story, where it is in none
        reason TEXT
    );
    CREATE INDEX articles_of_edition ON articles (edition, state, id);
    CREATE INDEX articles_of_source ON articles (source);
    CREATE TABLE omissions (        -- inputs that never became an article
        edition TEXT NOT NULL,
        source TEXT NOT NULL,
        id TEXT NOT NULL,
        code TEXT NOT NULL,
        reason TEXT NOT NULL,
        headline TEXT,
        url TEXT
    );
    CREATE INDEX omissions_of_source ON omissions (source, code);
    CREATE INDEX omissions_of_edition ON omissions (edition);
    CREATE TABLE stories (          -- a story as each of its editions left it
        id TEXT NOT NULL,
        edition TEXT NOT NULL,
        record TEXT NOT NULL,
        PRIMARY KEY (id, edition)
    );
    CREATE TABLE editions (
        date TEXT PRIMARY KEY,
        digest TEXT NOT NULL,
        listing TEXT NOT NULL,
        to_rebuild INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE files (            -- an edition's bytes, compressed
        edition TEXT NOT NULL,
        name TEXT NOT NULL,
        content BLOB NOT NULL,
        PRIMARY KEY (edition, name)
    );
    CREATE VIRTUAL TABLE search USING fts5 (
        edition UNINDEXED, headline, bullets, tokenize = 'unicode61 remove_diacritics 2'
    );
    CREATE TABLE deliveries (
        digest TEXT NOT NULL,
        recipient TEXT NOT NULL,
        edition TEXT NOT NULL,
        state TEXT NOT NULL,
        reason TEXT NOT NULL,
        changed TEXT NOT NULL,
        PRIMARY KEY (digest, recipient)
    );
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        edition TEXT NOT NULL,
        began TEXT NOT NULL,
        ended TEXT,
        phase TEXT NOT NULL,
        seconds TEXT NOT NULL,      -- of each phase, as JSON
        outcome TEXT NOT NULL
    );
    """,
    # Remarks were `code: text` strings: one or none of an article, any number of a source.
    """
    ALTER TABLE articles RENAME COLUMN note TO remarks;
    UPDATE articles SET remarks = CASE remarks WHEN '' THEN '[]' ELSE json_array(json_object(
        'code', substr(remarks, 1, instr(remarks, ': ') - 1),
        'text', substr(remarks, instr(remarks, ': ') + 2)
    )) END;
    ALTER TABLE gathered RENAME COLUMN warnings TO remarks;
    UPDATE gathered SET remarks = (SELECT json_group_array(json_object(
        'code', substr(value, 1, instr(value, ': ') - 1),
        'text', substr(value, instr(value, ': ') + 2)
    )) FROM json_each(remarks));
    """,
)


def version_of(db: sqlite3.Connection) -> int:
    """The number of migration steps that a file has taken."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(db: sqlite3.Connection, steps: Sequence[str] = STEPS) -> None:
    """Take the steps that a file has not taken, each whole or not at all."""
    for number in range(version_of(db), len(steps)):
        after = f"PRAGMA user_version = {number + 1};"
        try:
            db.executescript(f"BEGIN IMMEDIATE; {steps[number]} {after} COMMIT;")
        except sqlite3.Error:
            db.rollback()
            # Another process may have taken the step since we looked.
            if version_of(db) <= number:
                raise
