"""`brief morning`, `brief init` and `brief doctor` from the command line, as a user has them."""

import json
import re
from pathlib import Path

import pytest

from brief.briefing.ledger.database import locked
from brief.cli.main import run
from brief.cli.morning_context import to_ledger_path, to_morning
from tests.fakes.mail_server import smtp_server
from tests.fakes.morning import BRIDGE, LIBRARY, MARKET, write
from tests.fakes.sites import Answer

DATE = ("--date", "2026-11-23")
FAST = ("--model", "lead")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    write(tmp_path / "articles", bridge=BRIDGE, library=LIBRARY)
    return tmp_path


def morning(*args: str) -> int:
    return run(["morning", *args])


def make(*args: str) -> int:
    return morning("--source", "articles", "--output", "out", *DATE, *FAST, *args)


def test_it_runs_without_a_configuration_and_run_goes_without_saying(folder, capsys):
    assert make() == 0
    assert sorted(path.name for path in (folder / "out").iterdir()) == [
        "2026-11-23.html",
        "2026-11-23.json",
        "2026-11-23.md",
        "feed.xml",
        "index.html",
    ]
    captured = capsys.readouterr()
    assert captured.out == ""
    # One line a phase where stderr is no terminal.
    assert [line.split(":")[1].strip() for line in captured.err.splitlines()] == [
        "gather",
        "clean",
        "summarize",
        "group",
        "place",
        "write",
        "deliver",
    ]
    before = (folder / "out/2026-11-23.html").read_bytes()
    assert morning("run", "--source", "articles", "-o", "out", *DATE, *FAST) == 0
    assert (folder / "out/2026-11-23.html").read_bytes() == before
    assert "--rebuild makes it again" in capsys.readouterr().err


def test_another_folder_is_another_briefing(folder):
    assert make() == 0
    write(folder / "other", market=MARKET)
    assert morning("--source", "other", "--output", "out2", *DATE, *FAST, "--quiet") == 0
    page = (folder / "out2/2026-11-23.md").read_text()
    assert "Fish market" in page
    assert "bridge" not in page


def test_the_real_model_writes_the_bullets(folder):
    assert morning("--source", "articles", "--output", "out", *DATE, "--quiet") == 0
    record = json.loads((folder / "out/2026-11-23.json").read_text())
    assert record["colophon"]["model"] == "news-small"
    assert all(story["bullets"] for story in record["stories"])


def test_brief_toml_drives_it(folder):
    (folder / "brief.toml").write_text(
        '[summarize]\nmodel = "lead"\n[morning]\ntitle = "Town news"\noutput = "pages"\n'
        'tz = "Africa/Nairobi"\n[[morning.sources]]\nname = "town"\npath = "articles"\n'
    )
    assert morning() == 0
    (page,) = (folder / "pages").glob("*.md")
    assert page.read_text().startswith("# Town news")
    assert "(town, article 1" in page.read_text()


def test_a_key_that_nobody_knows_is_refused_before_anything_is_read(folder, capsys):
    (folder / "brief.toml").write_text("[morning]\noutptu = 1\n")
    assert morning() == 2
    assert "did you mean output?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--date", "23.11.2026"), "not a date"),
        (("--tz", "Nairobi"), "no such time zone"),
        (("--deadline", "7"), "not a time of day"),
        (("--since", "long ago"), "not a date"),
        (("--bullets", "0"), "bullets must be"),
        (("--dedline", "07:00"), "No such option"),
        (("--backlog", "0"), "backlog"),
    ],
)
def test_bad_flags_are_usage_errors(args, said, capsys):
    assert make(*args) == 2
    assert said in capsys.readouterr().err


def test_without_a_source_it_says_how_to_name_one(capsys):
    assert morning(*DATE) == 2
    assert "brief init" in capsys.readouterr().err


def test_a_source_that_does_not_exist_is_told_at_once(capsys):
    assert morning("--source", "artcles", *DATE) == 2
    assert "artcles" in capsys.readouterr().err


def test_print_and_dry_run(folder, capsys):
    assert make("--dry-run", "--quiet") == 0
    page = capsys.readouterr().out
    assert "Harbor bridge to close for repairs" in page
    assert not (folder / "out").exists()
    assert make("--print", "--quiet") == 0
    assert capsys.readouterr().out == page


def test_log_json_is_one_object_a_line(capsys):
    assert make("--log-json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    ended = {row["phase"]: row["seconds"] for row in rows if row["event"] == "end"}
    assert list(ended) == ["gather", "clean", "summarize", "group", "place", "write", "deliver"]
    assert {"time", "phase", "event"} <= rows[0].keys()


def test_not_before_is_for_cron(folder, monkeypatch):
    from datetime import UTC, datetime

    import brief.cli.morning as module

    now = datetime(2026, 11, 23, 3, 29, tzinfo=UTC)
    monkeypatch.setattr(module, "clock", lambda: now)
    args = ("--not-before", "06:30", "--tz", "Africa/Nairobi")
    assert make(*args) == 0
    assert not (folder / "out").exists()
    monkeypatch.setattr(module, "clock", lambda: now.replace(minute=30))
    assert make(*args) == 0
    assert (folder / "out").exists()


def test_since_in_days_and_a_deadline_that_is_past(folder):
    rows = folder / "rows.jsonl"
    rows.write_text(
        "".join(
            json.dumps({"id": str(n), "text": BRIDGE, "published": f"2026-11-{n}T12:00:00Z"}) + "\n"
            for n in (19, 22)
        )
    )
    assert (
        morning("-s", "rows.jsonl", "-o", "out", *DATE, *FAST, "--since", "2d", "--tz", "UTC") == 0
    )
    record = json.loads((folder / "out/2026-11-23.json").read_text())
    assert [(one["id"], one["code"]) for one in record["outcomes"]] == [("19", "old")]


def test_another_run_at_work_is_told_apart(capsys, folder):
    assert make("--quiet") == 0
    with locked(to_ledger_path(to_morning(Path("out"), None))):
        assert make() == 75
    assert "another run" in capsys.readouterr().err


def test_status_tells_of_runs_and_of_what_failed(folder, capsys, monkeypatch):
    with smtp_server() as box:
        box.faults = ["451 later", "drop"]
        (folder / "brief.toml").write_text(
            '[summarize]\nmodel = "lead"\n[morning]\noutput = "out"\ntz = "Africa/Nairobi"\n'
            'at = "06:30"\n[[morning.sources]]\nname = "town"\npath = "articles"\n'
            '[[morning.sources]]\nname = "gone"\npath = "nowhere"\n[morning.mail]\n'
            'to = ["me@example.org"]\nfrom = "b@example.org"\nhost = "127.0.0.1"\n'
            f'port = {box.port}\nsecurity = "none"\n'
        )
        assert morning("status") == 0
        assert "no run yet" in capsys.readouterr().out
        assert morning(*DATE) == 1
        assert "gone could not be had" in capsys.readouterr().err
        assert morning("status") == 0
        text = capsys.readouterr().out
        assert "edition 2026-11-23" in text
        assert "06:30 EAT, if it is scheduled" in text
        assert "gone: 1 morning in a row" in text
        assert "me@example.org: failed" in text
        assert morning(*DATE) == 1
        assert morning("status") == 0
        assert "me@example.org: not known" in capsys.readouterr().out
        assert morning(*DATE, "--resend") == 0
        assert morning("status") == 0
        assert "me@example.org" not in capsys.readouterr().out


def test_the_owner_hears_of_a_run_that_fails(folder, capsys):
    with smtp_server() as box:
        (folder / "brief.toml").write_text(
            '[summarize]\nmodel = "lead"\n[morning]\noutput = "out"\n'
            '[[morning.sources]]\nname = "gone"\npath = "nowhere"\n[morning.mail]\n'
            'to = ["me@example.org"]\nfrom = "b@example.org"\nhost = "127.0.0.1"\n'
            f'port = {box.port}\nsecurity = "none"\nnotify = "owner@example.org"\n'
        )
        assert morning(*DATE) == 65
        ((to, message),) = box.taken
    assert to == "owner@example.org"
    assert "nowhere" in message.get_content()
    assert morning(*DATE) == 65
    assert "the owner could not be told" in capsys.readouterr().err


def test_search_prune_backup_and_restore(folder, capsys):
    assert make("--quiet") == 0
    assert morning("search", "library", "-o", "out") == 0
    assert "2026-11-23  Pellwick keeps its library" in capsys.readouterr().out
    assert morning("search", "unicorn", "-o", "out") == 1
    assert morning("backup", "copy.sqlite3", "-o", "out") == 0
    assert morning("prune", "--keep-days", "3", "-o", "out") == 2
    assert morning("prune", "-o", "out") == 0
    assert morning("restore", "copy.sqlite3", "-o", "out") == 0
    assert morning("restore", "copy.sqlite", "-o", "out") == 65
    assert morning("search", "library", "-o", "out") == 0


def test_schedule_prints_or_installs(folder, capsys, monkeypatch):
    assert morning("schedule", "--at", "06:30", "--tz", "Africa/Nairobi") == 0
    text = capsys.readouterr().out
    assert "OnCalendar=*-*-* 06:30:00 Africa/Nairobi" in text
    assert "--not-before 06:30" in text
    assert morning("schedule") == 2
    assert "--at" in capsys.readouterr().err
    monkeypatch.setenv("PATH", str(folder))
    assert morning("schedule", "--at", "06:30", "--install") == 0
    assert (folder / "config/systemd/user/brief-morning.timer").is_file()


def test_feeds_are_exported_as_opml(folder, capsys):
    (folder / "brief.toml").write_text(
        '[morning]\n[[morning.sources]]\nname = "radio"\nurl = "https://example.org/rss"\n'
        'section = "World"\n[[morning.sources]]\npath = "articles"\n'
    )
    assert morning("feeds", "feeds.opml") == 0
    text = (folder / "feeds.opml").read_text()
    assert "https://example.org/rss" in text
    assert "World" in text
    assert "articles" not in text


def test_init_writes_a_configuration_that_works(folder, capsys):
    assert run(["init", "new"]) == 0
    assert run(["init", "new"]) == 2
    assert "exists already" in capsys.readouterr().err
    from brief.briefing.config import load_morning
    from brief.settings import load_settings

    (folder / "brief.toml").write_bytes((folder / "new/brief.toml").read_bytes())
    assert load_settings({}).model == "news-small"
    loaded = load_morning()
    assert [source.kind for source in loaded.sources] == ["folder", "url", "url", "url", "url"]
    assert loaded.at is not None
    # What is commented out is right, too.
    text = (folder / "brief.toml").read_text()
    settings = re.sub(r"^# (?=\w+ = |\[)", "", text, flags=re.MULTILINE)
    (folder / "brief.toml").write_text(settings)
    assert load_morning().mail is not None


def feed_of(url: str) -> Answer:
    item = f"<item><title>A</title><link>{url}</link><description>{BRIDGE}</description></item>"
    body = f'<?xml version="1.0"?><rss version="2.0"><channel>{item}</channel></rss>'
    return Answer(headers={"Content-Type": "application/rss+xml"}, body=body.encode())


def doctored(folder: Path, site, port: int, feed: str = "/feed.xml", **changes: str) -> None:
    lines = {"model": "lead", "output": "out", "allow_private": "true", "security": "none"}
    lines |= changes
    (folder / "brief.toml").write_text(
        f'[summarize]\nmodel = "{lines["model"]}"\n[morning]\ntz = "Africa/Nairobi"\n'
        f'output = "{lines["output"]}"\n[[morning.sources]]\nname = "radio"\n'
        f'url = "{site.url(feed)}"\nallow_private = {lines["allow_private"]}\n'
        '[morning.mail]\nto = ["me@example.org"]\nfrom = "b@example.org"\nhost = "127.0.0.1"\n'
        f'port = {port}\nsecurity = "{lines["security"]}"\n'
    )


def test_doctor_finds_nothing_wrong_where_nothing_is(folder, site, capsys):
    site.answers["/feed.xml"] = feed_of(site.url("/1"))
    site.answers["/1"] = Answer()
    with smtp_server() as box:
        doctored(folder, site, box.port)
        assert run(["doctor"]) == 0
        assert box.taken == []
    text = capsys.readouterr().out
    assert "PROBLEM" not in text
    assert [line.split(":")[0].split()[-1] for line in text.splitlines()] == [
        "configuration",
        "zone",
        "model",
        "ledger",
        "output",
        "radio",
        "mail",
    ]
    assert not (folder / "out").exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model": "news-smal"}, "PROBLEM model: "),
        ({"output": "brief.toml"}, "PROBLEM output: "),
        ({"feed": "/nothing"}, "PROBLEM radio: "),
        ({"allow_private": "false"}, "allow_private = true"),
        ({"security": "tls"}, "PROBLEM mail: "),
    ],
)
def test_doctor_names_what_is_wrong_and_goes_on(folder, site, capsys, changes, said):
    site.answers["/feed.xml"] = feed_of(site.url("/1"))
    site.answers["/1"] = Answer()
    with smtp_server() as box:
        doctored(folder, site, box.port, **changes)
        assert run(["doctor"]) == 1
    text = capsys.readouterr().out
    assert said in text
    assert text.count("PROBLEM") == 1
    assert "mail" in text.splitlines()[-1]


def test_doctor_tells_of_a_configuration_that_cannot_be_read(folder, capsys):
    (folder / "brief.toml").write_text("[morning\n")
    assert run(["doctor"]) == 1
    assert "PROBLEM configuration: " in capsys.readouterr().out
