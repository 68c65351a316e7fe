"""Kill the briefing at any instant and run it again: nothing is lost, and nothing comes twice.

Whole runs as processes of their own, with the embedded model, over a real web server and a real
mail server on this machine; each is ended by SIGKILL at a random instant within one phase, as
the run's own log announces it. What phase a kill hit is read in the ledger afterwards.
"""

import json
import os
import random
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pytest

from brief.briefing.run_context import Phase
from tests.fakes.mail_server import Mailbox, smtp_server
from tests.fakes.sites import Answer, Site
from tests.paths import PROJECT

pytestmark = pytest.mark.slow

PHASES = get_args(Phase)
ORDERS = (
    "gather",
    "gather",
    "clean",
    "summarize",
    "summarize",
    "summarize",
    "group",
    "place",
    "write",
    "deliver",
)
"""The phases that one edition's runs are killed in, one after the other."""
MIN_KILLS = 30
MIN_KILLS_OF_A_PHASE = 2
MAX_EDITIONS = 8
"""Each is killed once for every order; four give enough, unless this machine is very slow."""

PAGES = PROJECT / "eval/data/pages"
ON = "2026-11-23"


@dataclass
class Office:
    """One briefing's folders, and the runs in it."""

    folder: Path
    seconds: dict[str, float]

    def start(self, *flags: str) -> subprocess.Popen[str]:
        environment = {
            **os.environ,
            "BRIEF_DATA_DIR": str(self.folder / "data"),
            "BRIEF_CACHE_DIR": str(self.folder / "cache"),
        }
        command = [sys.executable, "-m", "brief", "morning", "--date", ON, "--log-json", *flags]
        return subprocess.Popen(
            command, cwd=self.folder, env=environment, stderr=subprocess.PIPE, text=True
        )

    def run(self, *flags: str) -> int:
        """Run to the end; keeps how long each phase took."""
        with self.start(*flags) as process:
            for event in events(process):
                if event.get("event") == "end":
                    self.seconds[event["phase"]] = event["seconds"]
            return process.wait(timeout=120)

    def kill(self, phase: str, share: float) -> None:
        """Kill a run at a share of the time that a phase is expected to take, or at its end."""
        begun, over = (f'"phase": "{phase}", "event": "{kind}"' for kind in ("begin", "end"))
        with self.start() as process:
            log = process.stderr.fileno()
            said = ""
            while begun not in said and (more := os.read(log, 65_536)):
                said += more.decode()
            kill_at = time.monotonic() + share * self.seconds.get(phase, 0.0)
            # On a machine that is faster now, the phase is over sooner: then nothing is waited for.
            while over not in said and (left := kill_at - time.monotonic()) > 0:
                if select.select([log], [], [], left)[0]:
                    said += os.read(log, 65_536).decode() or over
            process.send_signal(signal.SIGKILL)

    def ledger(self) -> closing[sqlite3.Connection]:
        (path,) = (self.folder / "data/morning").glob("*.sqlite3")
        return closing(sqlite3.connect(path))

    def killed_in(self) -> str | None:
        """The phase that the last run was killed in; None when it had come to its end."""
        with self.ledger() as db:
            row = db.execute("SELECT phase, ended FROM runs ORDER BY id DESC LIMIT 1").fetchone()
        return row[0] if row and row[1] is None else None

    def pages(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.folder / "out").iterdir()}

    def unknown(self) -> int:
        with self.ledger() as db:
            return db.execute("SELECT count(*) FROM deliveries WHERE state <> 'sent'").fetchone()[0]


def events(process: subprocess.Popen[str]) -> Iterator[dict]:
    for line in process.stderr:
        if line.startswith("{"):
            yield json.loads(line)


@contextmanager
def briefing(folder: Path, site: Site, articles: Path) -> Iterator[tuple[Office, Mailbox]]:
    with smtp_server() as box:
        folder.mkdir()
        (folder / "brief.toml").write_text(
            f"""
            [morning]
            output = "out"
            tz = "Africa/Nairobi"
            [[morning.sources]]
            name = "folder"
            path = "{articles}"
            [[morning.sources]]
            name = "radio"
            url = "{site.url("/feed.xml")}"
            allow_private = true
            [[morning.sources]]
            name = "gone"
            url = "{site.url("/gone.xml")}"
            allow_private = true
            [morning.mail]
            to = ["me@example.org"]
            from = "brief@example.org"
            host = "127.0.0.1"
            port = {box.port}
            security = "none"
            """
        )
        yield Office(folder, {}), box


@pytest.fixture
def articles(tmp_path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for path in sorted(PAGES.glob("*.txt"))[:8]:
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "empty.txt").touch()
    return folder


@pytest.fixture
def radio(site) -> Site:
    """A feed of four articles, on a server that takes its time over each page."""
    items = []
    for number, path in enumerate(sorted(PAGES.glob("*.txt"))[8:12]):
        lines = path.read_text("utf-8").splitlines()
        body = "".join(f"<p>{line}</p>" for line in lines[1:] if len(line) > 60)
        page = f"<!DOCTYPE html><title>{lines[0]}</title><article><h1>{lines[0]}</h1>{body}"
        answer = Answer(body=page.encode())

        def slowly(headers, answer=answer) -> Answer:
            time.sleep(0.05)
            return answer

        site.answers[f"/{number}"] = slowly
        items.append(
            f"<item><title>{lines[0]}</title><link>{site.url(f'/{number}')}</link>"
            f"<pubDate>Sun, 22 Nov 2026 1{number}:00:00 GMT</pubDate></item>"
        )
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel>{"".join(items)}</channel></rss>'
    site.answers["/feed.xml"] = Answer(
        headers={"Content-Type": "application/rss+xml", "ETag": '"one"'}, body=feed.encode()
    )
    return site


def test_killed_at_any_instant_it_ends_in_the_same_edition(tmp_path, radio, articles, capsys):
    with briefing(tmp_path / "undisturbed", radio, articles) as (undisturbed, box):
        # A source is missing, and that is told by the exit code.
        assert undisturbed.run() == 1
        assert len(box.taken) == 1
    expected = undisturbed.pages()
    assert {f"{ON}.html", f"{ON}.json", f"{ON}.md", "feed.xml", "index.html"} == expected.keys()

    rng = random.Random(23)
    hits: Counter[str] = Counter()
    for number in range(MAX_EDITIONS):
        if hits.total() >= MIN_KILLS and min(hits[p] for p in PHASES) >= MIN_KILLS_OF_A_PHASE:
            break
        with briefing(tmp_path / f"killed-{number}", radio, articles) as (office, box):
            office.seconds = undisturbed.seconds
            for phase in ORDERS:
                office.kill(phase, rng.random() * 0.8)
                if (hit := office.killed_in()) is not None:
                    hits[hit] += 1
            # The mail that a kill left unknown is not sent again by itself.
            n_taken = len(box.taken)
            office.run()
            assert len(box.taken) <= 1
            assert office.unknown() == 0 or len(box.taken) == n_taken
            if not box.taken:
                office.run("--resend")
            assert len(box.taken) == 1
            for name, content in office.pages().items():
                assert content.decode() == expected[name].decode(), name
            assert office.pages().keys() == expected.keys()
            with closing(sqlite3.connect(office.folder / "cache/summaries.sqlite3")) as db:
                # A summary that is written again takes a new row number.
                last, n_rows = db.execute("SELECT max(rowid), count(*) FROM summaries").fetchone()
            assert last == n_rows == 12
        with capsys.disabled():
            sys.stdout.write(f"\nkills so far: {hits.total()} {dict(sorted(hits.items()))}\n")
    assert hits.total() >= MIN_KILLS
    assert all(hits[phase] >= MIN_KILLS_OF_A_PHASE for phase in PHASES), hits
