from datetime import time
from pathlib import Path

import pytest

from brief.briefing.config import Mail, Morning, ReaderPreferences, load_morning
from brief.briefing.sources.expand import SourceConfig
from brief.briefing.timezones import Zone
from brief.errors import UsageError
from brief.settings import load_settings

MAIL = '[morning.mail]\nto = ["me@example.org"]\nfrom = "brief@example.org"\nhost = "mail.example.org"\n'


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def load(text: str) -> Morning:
    Path("brief.toml").write_text(text, encoding="utf-8")
    return load_morning()


def refused(text: str) -> UsageError:
    with pytest.raises(UsageError) as caught:
        load(text)
    return caught.value


def test_without_a_file_all_is_default():
    assert load_morning() == Morning()


def test_an_empty_table_is_the_default_too():
    assert load("[morning]\n") == Morning()


def test_everything_is_read(folder):
    morning = load(
        """
        [summarize]
        bullets = 3
        [morning]
        title = "News"
        output = "out"
        tz = "Africa/Nairobi"
        at = "06:30"
        deadline = "07:00"
        topics = ["housing"]
        muted = ["golf"]
        section = "World"
        minutes = 5
        base_url = "https://example.org/news"
        [[morning.sources]]
        path = "articles"
        weight = 2
        section = "Local"
        [[morning.sources]]
        name = "radio"
        url = "https://example.org/rss"
        max_new = 20
        full_text = false
        [[morning.sources]]
        path = "feeds.opml"
        allow_private = true
        [morning.mail]
        to = ["me@example.org"]
        from = "brief@example.org"
        host = "mail.example.org"
        security = "tls"
        user = "brief"
        password_file = "secret"
        notify = "owner@example.org"
        """
    )
    assert load_settings({}).bullets == 3
    assert morning == Morning(
        title="News",
        output=folder / "out",
        zone=Zone("Africa/Nairobi"),
        at=time(6, 30),
        deadline=time(7),
        taste=ReaderPreferences(
            topics=("housing",), muted=("golf",), section="World", max_minutes=5
        ),
        base_url="https://example.org/news/",
        sources=(
            SourceConfig(
                name="articles",
                kind="folder",
                location=str(folder / "articles"),
                weight=2,
                section="Local",
            ),
            SourceConfig(
                name="radio",
                kind="url",
                location="https://example.org/rss",
                max_new=20,
                full_text=False,
            ),
            SourceConfig(
                name="feeds.opml",
                kind="opml",
                location=str(folder / "feeds.opml"),
                allow_private=True,
            ),
        ),
        mail=Mail(
            to=("me@example.org",),
            sender="brief@example.org",
            host="mail.example.org",
            port=465,
            security="tls",
            user="brief",
            password_file=folder / "secret",
            notify="owner@example.org",
        ),
    )


def test_paths_are_relative_to_the_file_not_to_where_the_job_runs(folder, monkeypatch):
    (folder / "etc").mkdir()
    (folder / "etc/brief.toml").write_text('[morning]\n[[morning.sources]]\npath = "a"\n')
    monkeypatch.setenv("BRIEF_CONFIG", str(folder / "etc/brief.toml"))
    assert load_morning().sources[0].location == str(folder / "etc/a")


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("[morning]\ntopcis = []\n", "did you mean topics?"),
        ('[morning]\n[[morning.sources]]\npath = "a"\nwieght = 1\n', "did you mean weight?"),
        (MAIL + "hots = 1\n", "did you mean host?"),
        ("[mornings]\n", "did you mean morning?"),
    ],
)
def test_an_unknown_key_names_the_nearest(text, nearest):
    assert nearest in refused(text).remedy


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[morning]\ntz = "Mars/Olympus"\n', "[morning]: Mars/Olympus: no such time zone"),
        ('[morning]\nat = "25:00"\n', "not a time of day"),
        ("[morning]\nbacklog = 0\n", "a whole number from 1 to"),
        ("[morning]\nbacklog = true\n", "a whole number"),
        ('[morning]\ntopics = "housing"\n', "a list of texts"),
        ("[morning]\nkeep_days = 3\n", "from 14"),
        ("[morning]\nsources = 3\n", "[[morning.sources]]"),
        ("[morning]\n[[morning.sources]]\n", "either a path or a url"),
        ('[morning]\n[[morning.sources]]\npath = "a"\nurl = "http://a"\n', "either a path or"),
        ('[morning]\n[[morning.sources]]\nurl = "ftp://a"\n', "an http or https URL"),
        ('[morning]\n[[morning.sources]]\npath = "a"\nkind = "rss"\n', "one of folder"),
        ('[morning]\n[[morning.sources]]\npath = "a"\n' * 2, "TOML"),
        (
            '[morning]\n[[morning.sources]]\npath = "a"\n[[morning.sources]]\npath = "a"\n',
            "two sources are named a",
        ),
        ('[morning.mail]\nhost = "a"\n', "to is missing"),
        (MAIL + 'notify = "me"\n', "an address"),
        (MAIL.replace("me@example.org", "me@example.org\\nBcc: you@example.org"), "addresses"),
        ("morning = 3\n", "must be a table"),
    ],
)
def test_a_bad_value_is_refused_with_what_is_allowed(text, said):
    assert said in str(refused(text))


def test_the_password_comes_from_the_environment_or_a_file(folder, monkeypatch):
    mail = Mail(to=(), sender="", host="h", port=25, user="u", password_file=folder / "secret")
    with pytest.raises(UsageError, match="cannot be read"):
        mail.password()
    (folder / "secret").write_text("from file\nnot this\n")
    assert mail.password() == "from file"
    monkeypatch.setenv("BRIEF_SMTP_PASSWORD", "from environment")
    assert mail.password() == "from environment"
    monkeypatch.delenv("BRIEF_SMTP_PASSWORD")
    with pytest.raises(UsageError, match="no password for u at h"):
        Mail(to=(), sender="", host="h", port=25, user="u").password()
