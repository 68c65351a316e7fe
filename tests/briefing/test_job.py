import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from brief.briefing import job
from brief.briefing.briefing_types import ArticleState
from brief.briefing.config import Mail
from brief.briefing.ledger import articles as ledger_articles
from brief.briefing.ledger import editions, runs
from brief.briefing.ledger.database import Ledger, locked
from brief.briefing.render.edition_json import from_json
from brief.errors import BriefError, BusyError, InputError, StorageError
from brief.ingest.web.response import Fetched
from tests.fakes.mail_server import smtp_server
from tests.fakes.morning import BRIDGE, LIBRARY, MARKET, MORNING, NEXT, ON, Clock, Office, write


@pytest.fixture
def articles(tmp_path) -> Path:
    return write(tmp_path / "articles", bridge=BRIDGE, library=LIBRARY)


@pytest.fixture
def office(tmp_path, articles) -> Office:
    return Office(tmp_path / "office", articles)


def outcomes(office: Office, on: date = ON) -> dict[str, str]:
    record = json.loads(office.page(on, "json"))
    return {one["id"]: one["code"] for one in record["outcomes"]}


def test_an_edition_tells_of_every_article(office):
    result = job.run(office.plan(), office.context)
    assert result == job.Result(was_finished=False, problems=())
    assert sorted(office.pages()) == [
        f"{ON}.html",
        f"{ON}.json",
        f"{ON}.md",
        "feed.xml",
        "index.html",
    ]
    record = json.loads(office.page(kind="json"))
    assert record["date"] == ON.isoformat()
    assert {story["headline"] for story in record["stories"]} == {
        "Harbor bridge to close for repairs",
        "Pellwick keeps its library",
    }
    assert [event.phase for event in office.events if event.kind == "begin"] == [
        "gather",
        "clean",
        "summarize",
        "group",
        "place",
        "write",
        "deliver",
    ]
    rows = office.ledger.read("SELECT DISTINCT state FROM articles")
    assert [row[0] for row in rows] == [ArticleState.DELIVERED]


def test_a_finished_edition_is_the_same_bytes_without_a_model(office, articles):
    job.run(office.plan(), office.context)
    before, n_asked = office.pages(), len(office.model.asked)
    for path in office.morning.output.iterdir():
        path.unlink()
    write(articles, market=MARKET)
    assert job.run(office.plan(), office.context).was_finished
    assert office.pages() == before
    assert len(office.model.asked) == n_asked


def test_a_file_that_is_there_is_left_alone(office):
    job.run(office.plan(), office.context)
    page = office.morning.output / f"{ON}.md"
    os.utime(page, (1, 1))
    job.run(office.plan(), office.context)
    assert page.stat().st_mtime == 1


def test_a_later_article_goes_to_the_next_edition_and_nothing_is_told_twice(office, articles):
    job.run(office.plan(), office.context)
    write(articles, market=MARKET)
    job.run(office.plan(NEXT), office.context)
    page = office.page(NEXT)
    assert "Fish market" in page
    assert "library" not in page


def test_two_machines_make_the_same_edition(tmp_path, articles):
    one, other = (Office(tmp_path / name, articles) for name in ("one", "other"))
    other.clock = Clock(MORNING + timedelta(hours=9))
    for office in (one, other):
        job.run(office.plan(), office.context)
    assert one.pages() == other.pages()


def test_rebuild_makes_it_again_with_what_came_since(office, articles):
    job.run(office.plan(), office.context)
    before = office.pages()
    job.run(office.plan(rebuild=True), office.context)
    assert office.pages() == before
    write(articles, market=MARKET)
    job.run(office.plan(rebuild=True), office.context)
    assert "Fish market" in office.page()
    assert office.page().count("### Harbor bridge") == 1
    assert len(editions.listings(office.ledger)) == 1


def test_a_rebuild_that_fails_keeps_the_finished_edition(office, articles):
    job.run(office.plan(), office.context)
    before = office.pages()
    office.model.answers = None  # breaks the model
    with pytest.raises(AttributeError):
        job.run(office.plan(rebuild=True), office.context)
    assert office.pages() == before
    assert editions.files(office.ledger, ON)[f"{ON}.md"].encode() == before[f"{ON}.md"]


def test_a_day_without_news_has_a_page(tmp_path):
    (tmp_path / "empty").mkdir()
    office = Office(tmp_path / "office", tmp_path / "empty")
    assert job.run(office.plan(), office.context).problems == ()
    assert "no news" in office.page().lower()


def test_what_is_in_no_story_has_its_reason(office, articles):
    write(articles, empty="", menu="Home\nContact\nCookies\n")
    (articles / "binary.txt").write_bytes(b"%PDF-1.7\x00\xff\xfe\x00")
    job.run(office.plan(), office.context)
    assert outcomes(office) == {
        "binary.txt": "unreadable",
        "empty.txt": "empty",
        "menu.txt": "empty",
    }


def test_since_leaves_out_what_is_older(tmp_path):
    rows = tmp_path / "rows.jsonl"
    dated = {"old": "2026-11-19", "new": "2026-11-22T20:00:00+00:00"}
    texts = {"old": BRIDGE, "new": LIBRARY}
    rows.write_text(
        "".join(
            json.dumps({"id": name, "published": dated.get(name), "text": text}) + "\n"
            for name, text in {**texts, "undated": MARKET}.items()
        )
    )
    office = Office(tmp_path / "office", rows)
    job.run(office.plan(since=datetime(2026, 11, 21, tzinfo=UTC)), office.context)
    assert outcomes(office) == {"old": "old"}


def test_an_article_without_a_date_counts_as_of_the_editions_day(office):
    job.run(office.plan(), office.context)
    assert "published today" in office.page()


class Killed(BaseException):
    """What nothing in the job may catch and go on from."""


@contextmanager
def killed_at(n: int, *, after: bool):
    """The n-th transaction is the last thing that happens; `after` it, or before it is kept."""
    writing, left = Ledger.writing, [n]

    @contextmanager
    def counted(ledger):
        if left[0] < 0:
            raise Killed
        with writing(ledger) as db:
            left[0] -= 1
            yield db
            if left[0] < 0 and not after:
                raise Killed
        if left[0] < 0:
            raise Killed

    Ledger.writing = counted
    try:
        yield
    finally:
        Ledger.writing = writing


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_transaction_it_ends_in_the_same_bytes(tmp_path, articles, after):
    write(articles, empty="", market=MARKET)
    undisturbed = Office(tmp_path / "undisturbed", articles)
    job.run(undisturbed.plan(), undisturbed.context)
    phases = set()
    for n in range(1000):
        office = Office(tmp_path / f"killed-{n}", articles)
        try:
            with killed_at(n, after=after):
                job.run(office.plan(), office.context)
        except Killed:
            phases |= {run.phase for run in runs.last_runs(office.ledger, 1)}
            job.run(office.plan(), office.context)
            assert office.pages() == undisturbed.pages(), n
            office.ledger.close()
        else:
            break
    assert n >= 20
    assert phases >= {"gather", "clean", "summarize", "place", "deliver"}


def test_what_was_summarized_before_a_kill_is_not_summarized_again(office, articles):
    with pytest.raises(Killed), killed_at(9, after=True):
        job.run(office.plan(), office.context)
    done = ledger_articles.ids(office.ledger, ON, ArticleState.SUMMARIZED)
    n_asked = len(office.model.asked)
    job.run(office.plan(), office.context)
    assert len(done) > 0
    assert len(office.model.asked) == n_asked + 2 - len(done)


def test_inputs_are_frozen_once_they_are_gathered(office, articles):
    with pytest.raises(Killed), killed_at(5, after=True):
        job.run(office.plan(), office.context)
    assert ledger_articles.is_frozen(office.ledger, ON)
    write(articles, market=MARKET)
    job.run(office.plan(), office.context)
    assert "Fish market" not in office.page()
    job.run(office.plan(NEXT), office.context)
    assert "Fish market" in office.page(NEXT)


def test_near_the_deadline_lead_sentences_take_the_models_place(office):
    plan = office.plan(deadline=MORNING + timedelta(seconds=5))
    job.run(plan, office.context)
    assert office.model.asked == []
    record = json.loads(office.page(kind="json"))
    assert record["colophon"]["n_by_lead"] == 2
    assert "deadline" in office.page()
    job.run(office.plan(rebuild=True), office.context)
    assert json.loads(office.page(kind="json"))["colophon"]["n_by_lead"] == 0


def test_a_distant_deadline_changes_nothing(tmp_path, articles):
    one, other = (Office(tmp_path / name, articles) for name in ("one", "other"))
    job.run(one.plan(), one.context)
    job.run(other.plan(deadline=MORNING + timedelta(hours=3)), other.context)
    assert one.pages() == other.pages()


def test_sources_get_half_of_the_time_that_is_left(office):
    asked = []
    office.client = asked.append
    office.clock = Clock(tick=timedelta(0))
    job.run(office.plan(deadline=MORNING + timedelta(minutes=10)), office.context)
    assert asked == [300.0]


def test_when_no_source_can_be_had_the_next_run_asks_again(tmp_path):
    office = Office(tmp_path / "office", write(tmp_path / "gone", bridge=BRIDGE))
    (tmp_path / "gone").rename(tmp_path / "aside")
    for _ in range(2):
        with pytest.raises(InputError, match="not one of 1 sources could be had"):
            job.run(office.plan(), office.context)
    assert not office.morning.output.exists()
    # Near its deadline the page is there, whatever it holds.
    late = Office(tmp_path / "late")
    late.morning = replace(late.morning, sources=office.morning.sources)
    assert job.run(late.plan(deadline=MORNING), late.context).problems
    assert "no news" in late.page().lower()
    (tmp_path / "aside").rename(tmp_path / "gone")
    assert job.run(office.plan(), office.context).problems == ()
    assert "Harbor bridge" in office.page()


def test_a_source_that_fails_on_several_mornings_is_named(office, tmp_path):
    gone = write(tmp_path / "gone")
    more = Office(tmp_path / "other", gone).morning.sources
    office.morning = replace(office.morning, sources=office.morning.sources + more)
    gone.rmdir()
    (first,) = job.run(office.plan(), office.context).problems
    # The same morning counts once, however often it is made again.
    job.run(office.plan(rebuild=True), office.context)
    (second,) = job.run(office.plan(NEXT), office.context).problems
    assert "mornings in a row" not in first
    assert "2 mornings in a row" in second
    assert "2 mornings in a row" in office.page(NEXT)
    assert runs.failing_sources(office.ledger) == [(more[0].name, 2)]


def test_a_pictures_credit_comes_from_the_feed_onto_the_page(tmp_path):
    feed = f"""<rss xmlns:media="http://search.yahoo.com/mrss/"><channel><item>
    <title>Harbor bridge to close</title><guid>1</guid>
    <description>{BRIDGE.partition(chr(10))[2]}</description>
    <media:credit>Photo: Ann &amp;lt;i&amp;gt;*Lee*&amp;lt;/i&amp;gt; \u202e/ Agency</media:credit>
    </item></channel></rss>"""

    class Client:
        n_at_once = 1

        def fetch(self, url, **more):
            return Fetched(url, feed.encode(), "application/rss+xml", "utf-8")

    office = Office(tmp_path / "office", "https://bay.example/feed")
    office.client = lambda _: Client()
    job.run(office.plan(), office.context)
    (story,) = from_json(office.page(kind="json")).stories
    assert story.reports[0].picture_credit == "Ann <i>*Lee*</i> \u202e/ Agency"
    assert '<span class="about">Picture: Ann &lt;i&gt;*Lee*&lt;/i&gt; / Agency</span>' in (
        office.page(kind="html")
    )
    assert "Picture: Ann \\<i\\>\\*Lee\\*\\</i\\> / Agency" in office.page()


def test_one_run_at_a_time(office):
    with locked(office.ledger.path), pytest.raises(BusyError, match="another run"):
        job.run(office.plan(), office.context)
    job.run(office.plan(), office.context)


def test_the_lock_does_not_outlive_who_held_it(office, tmp_path):
    code = (
        "import os, signal, sys; from pathlib import Path; from brief.briefing.ledger.database import locked\n"
        "with locked(Path(sys.argv[1])): os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code, office.ledger.path], check=False)
    assert done.returncode == -9
    job.run(office.plan(), office.context)


def test_the_ledger_tells_of_runs(office):
    with pytest.raises(Killed), killed_at(5, after=True):
        job.run(office.plan(), office.context)
    office.ledger.db.execute("UPDATE runs SET ended = NULL, outcome = ''")  # as a real kill has it
    job.run(office.plan(), office.context)
    done, killed = runs.last_runs(office.ledger, 5)
    assert (killed.outcome, killed.phase) == ("killed", "clean")
    assert (done.outcome, done.phase) == ("done", "deliver")
    assert set(done.seconds) >= {"gather", "clean", "summarize", "group", "place", "write"}


def test_a_full_disk_is_told_and_the_next_run_writes(office):
    out = office.morning.output
    out.mkdir()
    (out / f".{ON}.html.part").symlink_to("/dev/full")
    with pytest.raises(StorageError, match="No space left") as caught:
        job.run(office.plan(), office.context)
    assert "the next run writes it" in caught.value.remedy
    n_asked = len(office.model.asked)
    job.run(office.plan(), office.context)
    assert f"{ON}.html" in office.pages()
    assert len(office.model.asked) == n_asked


def test_a_folder_that_cannot_be_written(office):
    office.morning.output.write_text("a file")
    with pytest.raises(StorageError, match="cannot be written"):
        job.run(office.plan(), office.context)


def test_a_full_disk_under_the_ledger_loses_nothing(office, articles):
    write(articles, **{f"more{n}": BRIDGE.replace("14", str(n)) * 30 for n in range(20)})
    pages = office.ledger.db.execute("PRAGMA page_count").fetchone()[0]
    office.ledger.db.execute(f"PRAGMA max_page_count={pages + 12}")
    with pytest.raises(StorageError, match="full") as caught:
        job.run(office.plan(), office.context)
    assert "what was done so far is kept" in caught.value.remedy
    office.ledger.db.execute("PRAGMA max_page_count=1000000")
    job.run(office.plan(), office.context)
    fresh = Office(office.folder / "fresh", articles)
    job.run(fresh.plan(), fresh.context)
    assert office.pages() == fresh.pages()


def test_a_ledger_on_a_read_only_disk(office):
    office.ledger.db.execute("PRAGMA query_only=1")
    with pytest.raises(StorageError, match="readonly") as caught:
        job.run(office.plan(), office.context)
    assert "BRIEF_DATA_DIR" in caught.value.remedy


@pytest.mark.parametrize("change", [date(2026, 3, 29), date(2026, 10, 25)])
def test_the_clock_change_makes_neither_a_second_edition_nor_none(tmp_path, articles, change):
    from brief.briefing.timezones import Zone

    office = Office(tmp_path / "office", articles)
    office.morning = replace(office.morning, zone=Zone("Europe/Berlin"))
    for n in (-1, 0, 1):
        write(articles, **{f"day{n + 1}": BRIDGE.replace("3 May", f"{n + 5} May")})
        job.run(office.plan(change + timedelta(days=n)), office.context)
    assert [json.loads(row)["date"] for row in editions.listings(office.ledger)] == [
        (change + timedelta(days=n)).isoformat() for n in (1, 0, -1)
    ]


def with_mail(office: Office, port: int, **changes) -> None:
    mail = Mail(
        to=("me@example.org",),
        sender="brief@example.org",
        host="127.0.0.1",
        port=port,
        security="none",
        notify="owner@example.org",
    )
    office.morning = replace(office.morning, mail=replace(mail, **changes))


def test_an_edition_is_mailed_once(office):
    with smtp_server() as box:
        with_mail(office, box.port)
        for _ in range(2):
            assert job.run(office.plan(), office.context).problems == ()
    assert len(box.taken) == 1
    _, message = box.taken[0]
    assert message["Message-ID"] == f"<{editions.digest(office.ledger, ON)}@example.org>"
    assert "Harbor bridge" in message.get_body(("plain",)).get_content()


def test_a_rebuilt_edition_is_mailed_when_it_is_another(office, articles):
    with smtp_server() as box:
        with_mail(office, box.port)
        job.run(office.plan(), office.context)
        job.run(office.plan(rebuild=True), office.context)
        assert len(box.taken) == 1
        write(articles, market=MARKET)
        job.run(office.plan(rebuild=True), office.context)
        assert len({name for _, name in box.ids}) == len(box.taken) == 2


def test_a_mail_server_that_is_away_does_not_keep_the_page(office):
    with smtp_server() as gone:
        pass
    with_mail(office, gone.port)
    (problem,) = job.run(office.plan(), office.context).problems
    assert "cannot be reached" in problem
    assert f"{ON}.html" in office.pages()
    with smtp_server() as box:
        with_mail(office, box.port)
        assert job.run(office.plan(), office.context).problems == ()
        assert len(box.taken) == 1


def test_the_owner_hears_what_went_wrong(office):
    with smtp_server() as box:
        with_mail(office, box.port)
        job.tell_owner(office.plan(), office.context, ["the radio could not be had"])
        to, message = box.taken[0]
    assert to == "owner@example.org"
    assert "the radio could not be had" in message.get_content()


def test_a_preview_keeps_nothing(office):
    assert "Harbor bridge" in job.preview(office.plan(), office.context)
    assert not office.morning.output.exists()
    assert not ledger_articles.asked(office.ledger, ON)
    job.run(office.plan(), office.context)
    assert "Harbor bridge" in job.preview(office.plan(), office.context)


def test_search_finds_stories_of_past_editions(office, articles):
    job.run(office.plan(), office.context)
    write(articles, market=MARKET)
    job.run(office.plan(NEXT), office.context)
    assert [row[:2] for row in editions.search(office.ledger, "fish", 5)] == [
        (NEXT.isoformat(), "Fish market moves indoors")
    ]
    ((_, headline, excerpt),) = editions.search(office.ledger, "library 23 11", 5)
    assert headline == "Pellwick keeps its library"
    assert "[library]" in excerpt
    for harmless in ('"', "NEAR(", "a* OR -b", "headline:fish", ""):
        assert editions.search(office.ledger, harmless, 5) == []
    job.run(office.plan(rebuild=True), office.context)
    assert len(editions.search(office.ledger, "bridge", 5)) == 1


def test_a_bug_is_not_taken_for_a_bad_article(office):
    office.model.answers = None
    with pytest.raises(AttributeError):
        job.run(office.plan(), office.context)
    assert runs.last_runs(office.ledger, 1)[0].outcome == "AttributeError"
    assert not issubclass(AttributeError, BriefError)
