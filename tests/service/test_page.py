"""The page in a real browser: what a person does with it, and what a hostile article cannot.

Chromium is Debian's; without it the tests are skipped, and CI installs it for a step of its own.
"""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from tests.fakes.service_page import MODELS, FakeService, Reply, serving, stream, summary_object
from tests.fakes.summaries import PAGE

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: apt-get install chromium"),
]

SUMMARY = summary_object(PAGE, 2)
EDITION = {
    "schema": "brief.edition/2",
    "date": "2026-11-23",
    "title": "Morning",
    "minutes": 1,
    "stories": [
        {
            "headline": "Bridge <b>closes</b>",
            "section": "Transport",
            "reasons": ["2 sources", "since yesterday"],
            "bullets": [
                {
                    "text": "Ferries run every 20 minutes.",
                    "sources": [],
                    "support": 1.0,
                    "origin": "model",
                    "remarks": [{"code": "mended", "text": "the model wrote 20"}],
                    "article": "a",
                    "disagrees": ["b"],
                },
                {
                    "text": "It closes on 3 May.",
                    "sources": [],
                    "support": 1.0,
                    "origin": "source",
                    "remarks": [{"code": "replaced", "text": "the model wrote something else"}],
                    "article": "b",
                },
            ],
            "articles": [
                {
                    "id": "a",
                    "headline": "Ferries",
                    "source": "Mail",
                    "url": "https://mail.example/1",
                },
                {
                    "id": "b",
                    "headline": "Trap",
                    "source": "Evil",
                    "url": "javascript:alert(1)",
                    "copy_of": "a",
                },
            ],
        }
    ],
    "outcomes": [
        {"id": "empty.txt", "source": "inbox", "code": "empty", "reason": "no article body"}
    ],
    "colophon": {
        "sources_reached": ["Mail", "inbox"],
        "sources_failed": [{"source": "Tide", "reason": "timed out", "mornings": 3}],
        "n_in": 3,
        "n_placed": 2,
        "n_by_lead": 0,
        "model": "news-small",
        "signature": "0123",
        "version": "0.1.0",
    },
}


def remark(code: str, text: str) -> dict[str, str]:
    return {"code": code, "text": text}


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def running_service() -> Iterator[FakeService]:
    with serving() as service:
        yield service


@pytest.fixture
def service(running_service) -> FakeService:
    running_service.reset()
    running_service.replies["/v1/summarize"] = stream(SUMMARY)
    return running_service


@pytest.fixture
def open_page(browser, service):
    """Opens the page; afterwards no script has failed and nothing was asked of anybody else."""
    contexts, faults = [], []

    def open_(hash_: str = "", **options):
        context = browser.new_context(**{"viewport": DESK, "reduced_motion": "reduce", **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)  # a machine may be busy
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if "Policy" in line.text else None)
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((service.url, "blob:"))
                else faults.append(request.url)
            ),
        )
        page.goto(service.url + hash_)
        page.locator("#model option").first.wait_for(state="attached")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert faults == []


def summarize(page, text: str = PAGE) -> None:
    page.get_by_label("Article text").fill(text)
    page.get_by_role("button", name="Summarize").click()
    page.locator("#bullet-list > li").first.wait_for()


def marked(page) -> list[str]:
    return page.locator("#article mark.lit").all_inner_texts()


def bullet(page, number: int):
    return page.locator("#bullet-list > li").nth(number - 1)


# --- from a paste to bullets ---------------------------------------------------------------------


def test_paste_gives_bullets(open_page, service):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", PAGE)
    page.get_by_label("Article text").press("Control+V")
    page.get_by_label("Bullets").fill("3")
    page.get_by_label("Length").select_option("short")
    page.get_by_label("Model").select_option("lead")
    page.get_by_role("button", name="Summarize").click()
    page.locator("#bullet-list > li").first.wait_for()
    assert service.asked == [
        {"text": PAGE, "bullets": 3, "length": "short", "model": "lead", "include_text": True}
    ]
    assert page.locator(".bullet").all_inner_texts() == [row["text"] for row in SUMMARY["bullets"]]
    assert page.get_by_role("heading", level=2).first.inner_text() == SUMMARY["headline"]


def test_settings_begin_as_the_server_says(open_page, service):
    changed = MODELS | {"default": "lead", "bullets": 5, "length": "long"}
    service.replies["/v1/models"] = Reply(body=changed)
    page = open_page()
    assert page.get_by_label("Bullets").input_value() == "5"
    assert page.get_by_label("Length").input_value() == "long"
    assert page.get_by_label("Model").input_value() == "lead"


def test_each_phase_is_told_as_it_begins(open_page, service):
    held = threading.Event()
    service.replies["/v1/summarize"] = stream(SUMMARY, held=held)
    page = open_page()
    page.get_by_label("Article text").fill(PAGE)
    page.get_by_role("button", name="Summarize").click()
    page.locator("[role=status]", has_text="Writing the bullets…").wait_for(state="attached")
    assert page.locator("#phases [aria-current=step]").inner_text() == "Writing the bullets"
    assert page.locator("#phases .done").count() == 3
    held.set()
    page.locator("#bullet-list > li").first.wait_for()
    assert page.locator("#progress").is_hidden()


def test_cancel_leaves_the_text(open_page, service):
    held = threading.Event()
    service.replies["/v1/summarize"] = stream(SUMMARY, held=held)
    page = open_page()
    page.get_by_label("Article text").fill(PAGE)
    page.get_by_role("button", name="Summarize").click()
    page.get_by_role("button", name="Cancel").click()
    held.set()
    assert page.locator("#progress").is_hidden()
    assert page.get_by_label("Article text").input_value() == PAGE
    assert page.locator("#result").is_hidden()
    assert page.get_by_role("button", name="Summarize").is_enabled()


def test_summarized_text_can_be_edited_and_sent_again(open_page, service):
    page = open_page()
    summarize(page)
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Article text").fill("Another.")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="New article").click()
    assert [asked["text"] for asked in service.asked] == [PAGE, "Another."]
    assert page.get_by_label("Article text").input_value() == ""


def test_works_under_a_proxys_prefix(open_page, service):
    page = open_page("prefix/")
    summarize(page)
    assert len(service.asked) == 1


@pytest.fixture
def real_url(tmp_path) -> Iterator[str]:
    """Where the real service answers, with an edition and a model that needs no weights."""
    (tmp_path / "2026-11-23.json").write_text(json.dumps(EDITION))
    command = f"{sys.executable} -m brief serve --port 0 --threads 1 --no-cache --model lead"
    with subprocess.Popen(
        [*command.split(), "--editions", str(tmp_path)], stderr=subprocess.PIPE, text=True
    ) as process:
        for line in process.stderr:
            event = json.loads(line)
            if event["event"] == "listening":
                break
        drain = threading.Thread(target=process.stderr.read)
        drain.start()
        yield event["url"]
        process.terminate()
        drain.join()


def test_the_real_service_and_its_page_understand_each_other(browser, real_url):
    page = browser.new_page()
    page.goto(real_url)
    page.locator("#model option").first.wait_for(state="attached")
    summarize(page)
    assert page.locator(".bullet").all_inner_texts() == [row["text"] for row in SUMMARY["bullets"]]
    bullet(page, 2).hover()
    assert marked(page) == [SUMMARY["bullets"][1]["sources"][0]["sentence"]]
    page.get_by_role("link", name="Editions").click()
    page.locator(".story").wait_for()
    page.close()


# --- a bullet and its source ---------------------------------------------------------------------


def test_hovering_a_bullet_marks_its_source(open_page):
    page = open_page()
    summarize(page)
    assert marked(page) == []
    for number, row in enumerate(SUMMARY["bullets"], 1):
        bullet(page, number).hover()
        assert marked(page) == [source["sentence"] for source in row["sources"]]
    page.get_by_role("button", name="New article").hover()
    assert marked(page) == []


def test_a_sentence_leads_back_to_its_bullet(open_page):
    page = open_page()
    summarize(page)
    page.get_by_role("button", name="Back to bullet 2").click()
    assert page.evaluate("document.activeElement.closest('li').id") == "bullet-1"
    assert marked(page) == [SUMMARY["bullets"][1]["sources"][0]["sentence"]]


def test_offsets_count_characters_not_code_units(open_page, service):
    text = "A 😀 flood 🌊 hit Pellwick on Monday.\n\nThe mayor 👩🏽‍⚖️ said that 40 homes were lost."
    service.replies["/v1/summarize"] = stream(found := summary_object(text))
    page = open_page()
    summarize(page, text)
    bullet(page, 2).hover()
    assert marked(page) == [found["bullets"][1]["sources"][0]["sentence"]]


def test_two_bullets_can_share_a_sentence(open_page, service):
    first, second = SUMMARY["bullets"]
    both = {**second, "sources": first["sources"] + second["sources"]}
    service.replies["/v1/summarize"] = stream({**SUMMARY, "bullets": [first, both]})
    page = open_page()
    summarize(page)
    bullet(page, 2).hover()
    assert marked(page) == [source["sentence"] for source in both["sources"]]
    bullet(page, 1).hover()
    assert marked(page) == [first["sources"][0]["sentence"]]


def test_a_far_source_is_scrolled_into_the_pane(open_page, service):
    text = "\n\n".join(f"The council met {n} times and voted on the bridge." for n in range(2, 90))
    found = summary_object(text, 2)
    last = found["chunks"][-1]["focus"][0]
    sentence = text[last["start"] : last["end"]]
    found["bullets"][1]["sources"] = [{"sentence": sentence, **last}]
    service.replies["/v1/summarize"] = stream(found)
    page = open_page()
    summarize(page, text)
    before = page.evaluate("scrollY")
    bullet(page, 2).hover()
    pane, mark = page.locator("#article").bounding_box(), page.locator("mark.lit").bounding_box()
    assert pane["y"] <= mark["y"] < pane["y"] + pane["height"]
    assert page.evaluate("scrollY") == before


def test_on_a_phone_a_bullet_leads_to_its_source_and_back(open_page):
    page = open_page(viewport=PHONE, has_touch=True)
    summarize(page)
    page.get_by_role("button", name="Show the source of bullet 2").tap()
    assert marked(page) == [SUMMARY["bullets"][1]["sources"][0]["sentence"]]
    y = page.locator("mark.lit").bounding_box()["y"]
    assert 0 <= y < PHONE["height"]
    page.get_by_role("button", name="Back to bullet 2").tap()
    assert page.evaluate("document.activeElement.closest('li').id") == "bullet-1"


def test_what_was_dropped_is_named_and_can_be_hidden(open_page):
    page = open_page()
    summarize(page)
    dropped = page.locator(".dropped")
    assert [row.split("\n\n") for row in dropped.all_inner_texts()] == [
        ["Headline", "Harbor bridge to close for repairs"],
        ["Byline", "By Ana Quill"],
        ["Around the article", "Comments"],
    ]
    page.get_by_label("Show 3 dropped lines").uncheck()
    assert not any(row.is_visible() for row in dropped.all())


def test_remarks_on_a_bullet_are_shown(open_page, service):
    remarks = [remark("mended", "the model wrote 77"), remark("poor", "it says little")]
    poor = {**SUMMARY["bullets"][0], "remarks": remarks}
    service.replies["/v1/summarize"] = stream({**SUMMARY, "bullets": [poor]})
    page = open_page()
    summarize(page)
    shown = page.get_by_role("list", name="Remarks on bullet 1").get_by_role("listitem")
    assert shown.all_inner_texts() == ["Mended: the model wrote 77", "Says little: it says little"]
    assert [row.get_attribute("class") for row in shown.all()] == ["note", "doubtful"]


def test_remarks_on_the_article_are_shown(open_page, service):
    remarks = [remark("incomplete_text", "it ends in “…”"), remark("new_code", "whatever")]
    service.replies["/v1/summarize"] = stream({**SUMMARY, "remarks": remarks})
    page = open_page()
    summarize(page)
    notices = page.get_by_role("list", name="Remarks on the article").get_by_role("listitem")
    assert notices.all_inner_texts() == ["Incomplete text: it ends in “…”", "new code: whatever"]


# --- copying -------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["text", "markdown", "html"])
def test_copies_what_the_command_line_prints(open_page, format_):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    summarize(page)
    page.locator(f"[data-copy={format_}]").click()
    page.get_by_role("status").filter(has_text="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == SUMMARY["blocks"][format_]


def test_without_a_clipboard_the_text_is_there_to_be_taken(open_page):
    page = open_page()
    page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no'));"
        " document.execCommand = () => false; }"
    )
    summarize(page)
    page.get_by_role("button", name="Markdown").click()
    by_hand = page.get_by_label("Copy this by hand")
    assert by_hand.input_value() == SUMMARY["blocks"]["markdown"]
    assert by_hand.evaluate("one => one.selectionEnd") == len(SUMMARY["blocks"]["markdown"])


# --- files and addresses -------------------------------------------------------------------------


def file_of(name: str, content: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "", "buffer": content}


@pytest.mark.parametrize(
    ("name", "content", "sent"),
    [
        ("a.txt", "Café bridge.".encode(), {"text": "Café bridge."}),
        ("a.txt", "Café bridge.".encode("utf-8-sig"), {"text": "Café bridge."}),
        ("a.txt", "Café bridge.".encode("utf-16"), {"text": "Café bridge."}),
        ("a.txt", "Café bridge.".encode("cp1252"), {"text": "Café bridge."}),
        ("a.HTM", b"<p>Bridge.", {"html": "<p>Bridge."}),
        ("page", b"\n<!DOCTYPE html><p>Bridge.", {"html": "\n<!DOCTYPE html><p>Bridge."}),
        (
            "a.html",
            b'<meta charset="koi8-r"><p>' + "Мост".encode("koi8-r"),
            {"html": '<meta charset="koi8-r"><p>Мост'},
        ),
    ],
)
def test_a_file_is_read(open_page, service, name, content, sent):
    page = open_page()
    page.locator("#file").set_input_files(file_of(name, content))
    page.get_by_text(name, exact=True).wait_for()
    page.get_by_role("button", name="Summarize").click()
    page.locator("#bullet-list > li").first.wait_for()
    assert service.asked[0].items() >= sent.items()


def test_a_guessed_charset_is_told(open_page):
    page = open_page()
    page.locator("#file").set_input_files(file_of("a.txt", b"Caf\xe9"))
    page.get_by_text("a.txt", exact=True).wait_for()
    assert page.locator("#attached-about").inner_text() == "4 characters, read as windows-1252"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"%PDF-1.7\n\x00", "notes: not text or HTML but a PDF."),
        (b"PK\x03\x04\x14", "notes: not text or HTML but a ZIP or an office document."),
        (bytes(range(8)) * 9, "notes: not text or HTML."),
        (b" \n", "notes: empty."),
        (b"a" * 2_000_001, "notes: 2,000,001 bytes, and this server takes at most 2,000,000."),
    ],
)
def test_a_file_that_is_no_article_is_refused(open_page, service, content, problem):
    page = open_page()
    page.locator("#file").set_input_files(file_of("notes", content))
    assert page.get_by_role("alert").locator(".problem").inner_text() == problem
    assert page.get_by_label("Article text").is_visible()


def test_a_file_can_be_dropped_and_removed(open_page, service):
    page = open_page()
    transfer = page.evaluate_handle(
        "() => { const t = new DataTransfer(); t.items.add(new File(['Dropped.'], 'a.txt')); return t; }"
    )
    page.dispatch_event("h1", "drop", {"dataTransfer": transfer})
    page.get_by_text("a.txt", exact=True).wait_for()
    page.get_by_role("button", name="Remove").click()
    assert page.evaluate("document.activeElement.id") == "text"
    summarize(page)
    assert service.asked[0]["text"] == PAGE


def test_an_address_can_be_given_where_the_server_fetches(open_page, service):
    assert open_page().get_by_label("web address").is_hidden()
    service.replies["/v1/models"] = Reply(body=MODELS | {"allow_url": True})
    page = open_page()
    page.get_by_label("web address").fill("https://mail.example/1")
    page.get_by_role("button", name="Summarize").click()
    page.locator("#bullet-list > li").first.wait_for()
    assert service.asked[0]["url"] == "https://mail.example/1"
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Article text").fill(PAGE)
    page.get_by_role("button", name="Summarize").click()
    assert "both an article and a web address" in page.locator("#error").inner_text()
    assert len(service.asked) == 1


# --- when it does not go well --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "headers", "said", "can_retry"),
    [
        (
            413,
            {"error": {"problem": "too large", "remedy": "cut it"}},
            {},
            "Too large.\nCut it.",
            False,
        ),
        (422, {"error": {"problem": "no body", "remedy": ""}}, {}, "No body.", False),
        (
            429,
            {"error": {"problem": "full", "remedy": "wait"}},
            {"Retry-After": "3"},
            "full.\nTry again in 3 seconds.\nTry again",
            True,
        ),
        (
            503,
            None,
            {},
            "The server is not ready.\nIt may be starting; try again in a moment.\nTry again",
            True,
        ),
        (418, "<h1>proxy</h1>", {}, "The server answered 418.\nTry again.", False),
    ],
)
def test_an_error_says_problem_and_remedy(
    open_page, service, status, body, headers, said, can_retry
):
    service.replies["/v1/summarize"] = Reply(status, body, headers)
    page = open_page()
    page.get_by_label("Article text").fill(PAGE)
    page.get_by_role("button", name="Summarize").click()
    error = page.locator("#error > .error")
    assert [line for line in error.inner_text().split("\n") if line] == said.split("\n")
    assert page.locator("#error").get_attribute("role") == "alert"
    assert page.get_by_label("Article text").input_value() == PAGE
    assert page.get_by_role("button", name="Try again").count() == can_retry
    if can_retry:
        service.replies["/v1/summarize"] = stream(SUMMARY)
        page.get_by_role("button", name="Try again").click()
        page.locator("#bullet-list > li").first.wait_for()
        assert error.count() == 0


@pytest.mark.parametrize(
    ("events", "said"),
    [
        (
            [
                {
                    "phase": "failed",
                    "status": 503,
                    "error": {"problem": "it died", "remedy": "again"},
                }
            ],
            "It died.",
        ),
        ([{"phase": "cleaning"}], "The server broke off before the summary was complete."),
    ],
)
def test_a_failure_after_the_first_phase_is_told(open_page, service, events, said):
    service.replies["/v1/summarize"] = Reply(body=events)
    page = open_page()
    page.get_by_label("Article text").fill(PAGE)
    page.get_by_role("button", name="Summarize").click()
    assert page.locator("#error .problem").inner_text() == said
    assert page.locator("#progress").is_hidden()


def test_a_server_that_is_gone_is_told(open_page):
    page = open_page()
    page.route("**/v1/summarize", lambda route: route.abort("connectionrefused"))
    page.get_by_label("Article text").fill(PAGE)
    page.get_by_role("button", name="Summarize").click()
    assert page.locator("#error .problem").inner_text() == "The server does not answer."
    assert "brief serve" in page.locator("#error").inner_text()


@pytest.mark.parametrize(
    ("text", "n_bullets", "said"),
    [
        (" \n", "2", "There is nothing to summarize."),
        ("Text.", "0", "Bullets: 0."),
        ("Text.", "51", "Bullets: 51."),
        ("Text.", "", "Bullets: no number."),
    ],
)
def test_what_cannot_be_right_is_not_sent(open_page, service, text, n_bullets, said):
    page = open_page()
    page.get_by_label("Article text").fill(text)
    page.get_by_label("Bullets").fill(n_bullets)
    page.get_by_role("button", name="Summarize").click()
    assert page.locator("#error .problem").inner_text() == said
    assert service.asked == []


def test_asks_for_the_key_and_goes_on_with_it(open_page, service):
    def guarded(headers) -> Reply:
        if headers["Authorization"] == "Bearer sesame":
            return stream(SUMMARY)
        return Reply(401, {"error": {"problem": "no key", "remedy": "send a header"}})

    service.replies["/v1/summarize"] = guarded
    page = open_page()
    page.get_by_label("Article text").fill(PAGE)
    page.get_by_role("button", name="Summarize").click()
    page.get_by_label("API key").fill("sesame")
    page.keyboard.press("Enter")
    page.locator("#bullet-list > li").first.wait_for()
    assert page.get_by_label("API key").is_hidden()
    assert page.locator("#error").inner_text() == ""


# --- hostile text --------------------------------------------------------------------------------

HOSTILE = """<script>window.pwned = 1</script><img src=x onerror="window.pwned = 2"> bridge closes

<svg onload="window.pwned = 3"></svg> The \u202egnissap fo sdrow\u202c bridge closed on Monday, the county said.

</textarea></section><style>body { display: none }</style> The mayor \u2067said\u2069 that 40 homes were lost.

عربي: the council said that it would vote again in June.
"""


def test_hostile_text_stays_text(open_page, service):
    found = summary_object(HOSTILE, 3)
    found["headline"] = found["id"] = found["model"] = "<script>window.pwned = 4</script>\u202eevil"
    found["remarks"] = [remark("<b>", "<img src=x onerror='window.pwned = 5'>")]
    found["lines"][0]["reason"] = '"><script>window.pwned = 6</script>'
    service.replies["/v1/summarize"] = stream(found)
    page = open_page()
    summarize(page, HOSTILE)
    for summary in page.locator("details summary").all():
        summary.click()
    assert page.evaluate("window.pwned") is None
    assert page.locator("#result").locator("script, img, svg, style, b b, iframe").count() == 0
    shown = page.locator("#result").evaluate("one => one.textContent")
    assert "<script>window.pwned = 1</script>" in shown
    assert "onerror='window.pwned = 5'" in shown
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert page.locator(".bullet bdi").count() == 3
    assert page.locator("#article p").first.get_attribute("dir") == "auto"


def test_right_to_left_text_moves_nothing_around_it(open_page, service):
    text = "قال المجلس إن الجسر سيغلق يوم 3 مايو لمدة ستة أسابيع."
    service.replies["/v1/summarize"] = stream(summary_object(text, 1))
    page = open_page()
    summarize(page, text)
    row, words = bullet(page, 1), page.locator(".bullet bdi")
    assert words.evaluate("one => getComputedStyle(one).unicodeBidi") == "isolate"
    assert words.evaluate("one => getComputedStyle(one).direction") == "rtl"
    assert row.evaluate("one => getComputedStyle(one).direction") == "ltr"


def test_a_megabyte_is_kept_aside_and_shown_in_slices(open_page, service):
    line = "The council met again and voted on the bridge, the mayor said on Monday.\n"
    text = line * (1_000_000 // len(line) + 1)
    found = summary_object(PAGE, 1)
    found["text"] = text
    found["lines"] = [
        {"label": "body", "reason": "a paragraph", "start": at, "end": at + len(line)}
        for at in range(0, len(text), len(line))
    ]
    found["bullets"][0]["sources"] = [{"sentence": line, "start": 0, "end": len(line) - 1}]
    service.replies["/v1/summarize"] = stream(found)
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.evaluate(
        "() => { window.slices = []; new MutationObserver((all) => window.slices.push("
        "all.flatMap((one) => [...one.addedNodes]).reduce((n, one) => n + one.childNodes.length, 0)"
        ")).observe(document.getElementById('article'), { childList: true }); }"
    )
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.get_by_label("Article text").press("Control+V")
    page.get_by_text(f"{len(text):,} characters").wait_for()
    assert page.locator("#text").input_value() == ""
    page.get_by_role("button", name="Summarize").click()
    page.locator("#article p").nth(len(found["lines"]) - 1).wait_for(state="attached")
    assert service.asked[0]["text"] == text
    slices = page.evaluate("window.slices")
    assert sum(slices) == len(found["lines"])
    assert max(slices) <= 100


def test_a_line_of_a_megabyte_is_shown_in_parts(open_page, service):
    text = "bridge " * 140_000
    found = summary_object(PAGE, 1)
    found["text"] = text
    found["lines"] = [{"label": "body", "reason": "", "start": 0, "end": len(text)}]
    # Across the place where the line would be parted.
    found["bullets"][0]["sources"] = [{"sentence": text[7990:8010], "start": 7990, "end": 8010}]
    service.replies["/v1/summarize"] = stream(found)
    page = open_page()
    summarize(page)
    parts = page.locator("#article p")
    parts.nth(120).wait_for(state="attached")
    assert parts.first.locator("mark").inner_text().strip() == text[7990:8010].strip()
    joined = page.evaluate(
        "[...document.querySelectorAll('#article p')]"
        ".map((p) => { p.querySelector('.badge')?.remove(); return p.textContent }).join('')"
    )
    assert joined == text


# --- editions ------------------------------------------------------------------------------------


@pytest.fixture
def with_editions(service):
    days = [{"date": "2026-11-23"}, {"date": "2026-11-22"}]
    service.replies["/v1/editions"] = Reply(body={"editions": days})
    service.replies["/v1/editions/2026-11-23"] = Reply(body=EDITION)
    quiet = {"date": "2026-11-22", "stories": [], "outcomes": [], "colophon": {}}
    service.replies["/v1/editions/2026-11-22"] = Reply(body=quiet)
    return service


def test_the_latest_edition_is_shown(open_page, with_editions):
    page = open_page()
    page.get_by_role("link", name="Editions").click()
    page.locator(".story").wait_for()
    assert page.get_by_role("heading", level=1).inner_text() == "Monday, 23 November 2026"
    assert page.evaluate("document.activeElement.id") == "edition-heading"
    assert page.get_by_role("heading", level=3).inner_text() == "Bridge <b>closes</b>"
    why = page.get_by_role("list", name="Why it is here").get_by_role("listitem")
    assert why.all_inner_texts() == ["2 sources", "since yesterday"]
    links = page.locator("#edition").get_by_role("link").all()
    assert {link.get_attribute("href") for link in links} == {"https://mail.example/1"}
    assert "Trap" in page.locator(".articles").inner_text()
    assert page.locator("#edition-status").inner_text() == "Morning · 1 story · 1 minute to read"
    first, second = page.locator(".bullets li").all_inner_texts()
    assert "[sources disagree: another number in Evil] Mail" in first
    assert second == "It closes on 3 May. Evil, in its own words"
    assert "same text as Mail" in page.locator(".articles").inner_text()
    page.get_by_text("1 input in no story, and why").click()
    assert "no article body" in page.locator(".outcomes").inner_text()
    page.get_by_text("How this edition was made").click()
    assert (
        "Not reached: Tide (timed out; 3 mornings in a row)"
        in page.locator(".colophon").inner_text()
    )


def test_the_archive_leads_to_other_editions_and_back(open_page, with_editions):
    page = open_page("#editions")
    page.get_by_role("link", name="Sunday, 22 November 2026").click()
    page.get_by_text("A day without news").wait_for()
    assert page.locator("#archive [aria-current=page]").inner_text() == "Sunday, 22 November 2026"
    page.go_back()
    page.locator(".story").wait_for()
    page.get_by_role("link", name="Summarize").click()
    assert page.get_by_label("Article text").is_visible()


def test_without_editions_the_page_says_how_to_make_one(open_page):
    page = open_page("#editions")
    page.get_by_text("There is no edition yet.").wait_for()
    assert page.locator("#archive-nav").is_hidden()


def test_an_edition_that_is_not_there_is_told(open_page, with_editions):
    page = open_page("#editions/1999-01-01")
    page.locator("#edition-error .problem").wait_for()
    page.get_by_role("link", name="Monday, 23 November 2026").click()
    page.locator(".story").wait_for()
    assert page.locator("#edition-error").inner_text() == ""


# --- for everybody -------------------------------------------------------------------------------


def tab_to(page, condition: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.matches({condition!r})"):
            return
    raise AssertionError(condition)


def test_everything_can_be_done_with_the_keyboard(open_page, with_editions):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    tab_to(page, "#text")
    page.keyboard.insert_text(PAGE)
    tab_to(page, "#file")
    tab_to(page, "#bullets")
    tab_to(page, "#go")
    page.keyboard.press("Enter")
    page.locator("#bullet-list > li").first.wait_for()
    assert page.evaluate("document.activeElement.id") == "result-heading"
    for row in SUMMARY["bullets"]:
        tab_to(page, ".where")
        assert marked(page) == [row["sources"][0]["sentence"]]
    tab_to(page, "summary")
    page.keyboard.press("Enter")
    assert page.locator("#bullet-list blockquote").last.is_visible()
    tab_to(page, "[data-copy=html]")
    page.keyboard.press("Space")
    page.get_by_role("status").filter(has_text="Copied as HTML.").wait_for()
    assert marked(page) == []
    tab_to(page, "#article")
    tab_to(page, ".badge button")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('li').id") == "bullet-0"


def states(page, service):
    """Every state of the page that a person sees, by name, one after the other."""
    yield "empty"
    service.replies["/v1/summarize"] = Reply(429, {}, {"Retry-After": "1"})
    page.get_by_label("Article text").fill(PAGE)
    page.get_by_role("button", name="Summarize").click()
    page.locator("#error > .error").wait_for()
    yield "busy"
    held = threading.Event()
    doubtful = {**SUMMARY["bullets"][0], "remarks": [remark("poor", "little")]}
    bullets = [doubtful, SUMMARY["bullets"][1]]
    shown = {**SUMMARY, "bullets": bullets, "remarks": [remark("language", "fr")]}
    service.replies["/v1/summarize"] = stream(shown, held=held)
    page.get_by_role("button", name="Summarize").click()
    page.locator("#phases .now", has_text="Writing").wait_for()
    yield "working"
    held.set()
    page.locator("#bullet-list > li").first.wait_for()
    bullet(page, 1).hover()
    for summary in page.locator("details summary").all():
        summary.click()
    yield "result"
    page.goto(service.url + "#editions")
    page.locator(".story").wait_for()
    for summary in page.locator("#edition details summary").all():
        summary.click()
    yield "edition"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_in_any_state(open_page, with_editions, scheme, viewport):
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(color_scheme=scheme, viewport=viewport)
    found = {}
    for state in states(page, with_editions):
        violations = Axe().run(page).response["violations"]
        found[state] = [
            (one["id"], one["impact"], one["nodes"][0]["html"][:120]) for one in violations
        ]
    assert len(found) == 5
    assert {state: violations for state, violations in found.items() if violations} == {}


@pytest.mark.parametrize("width", [320, 390, 820])
def test_no_state_scrolls_sideways(open_page, with_editions, width):
    page = open_page(viewport={"width": width, "height": 800})
    for state in states(page, with_editions):
        overhang = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overhang == 0, state
