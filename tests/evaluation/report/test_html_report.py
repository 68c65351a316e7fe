import base64
import hashlib
import json
import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brief.errors import InputError, StorageError, UsageError
from brief.evaluation.report import html_report
from brief.evaluation.report.example_browser import Piece, mark, pick_examples, quality_by_example
from brief.evaluation.report.results import read_results
from brief.text.strings import printable
from tests.fakes.eval_runs import (
    BETTER,
    FAILING,
    LEAD,
    LEVEL,
    ORACLE,
    article,
    example,
    fails,
    score,
    write_rows,
    write_run,
)

VOID = {"meta", "input", "line", "rect", "path", "circle", "polyline"}
LOADING = {"src", "srcset", "poster", "data", "action", "formaction", "background", "style"}


class Page(HTMLParser):
    """What a browser would see: elements in order, ids, texts, and that tags nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def html(folder):
    return html_report.write(folder).read_text("utf-8")


@pytest.fixture(scope="module")
def seen(html):
    return Page(html)


def copied(folder, tmp_path):
    for name in ("report.json", "cost.json", "data.jsonl", "examples.jsonl"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    return tmp_path


def with_words(folder, tmp_path, words):
    """A run of two articles in which every text is `words`."""
    made = {**article(0), "id": words, "headline": words, "body": [words], "references": [words]}
    made["slices"] = {words: words}
    output = {**example(BETTER, 0), "id": words, "bullets": [words], "sources": [[words]]}
    output |= {"remarks": [[{"code": words, "text": words}]], "error": words, "unscored": words}
    run = copied(folder, tmp_path)
    write_rows(run / "data.jsonl", [made, article(1)])
    write_rows(run / "examples.jsonl", [output, example(BETTER, 1)])
    raw = json.loads((run / "report.json").read_text("utf-8"))
    raw["systems"][words] = raw["systems"].pop(FAILING)
    raw["data"]["name"] = words
    raw["signature"]["seed"] = words
    (run / "report.json").write_text(json.dumps(raw), "utf-8")
    return html_report.render(read_results(run))


def test_the_page_stands_beside_the_report_and_is_the_same_again(folder, html):
    assert html_report.write(folder) == folder / "report.html"
    assert (folder / "report.html").read_text("utf-8") == html


def test_nothing_is_loaded_and_nothing_else_runs(html, seen):
    policy = next(
        meta["content"]
        for meta in seen.all("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    )
    for kind in ("style", "script"):
        (inline,) = re.findall(rf"<{kind}>(.*?)</{kind}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    for tag, attrs in seen.elements:
        assert tag not in {"link", "iframe", "object", "embed", "base", "img", "image"}
        assert not LOADING & attrs.keys()
        assert not [name for name in attrs if name.startswith("on")]
        assert attrs.get("href", "#").startswith("#")


def test_every_link_has_its_target_and_every_id_is_one(seen):
    ids = Counter(attrs["id"] for _, attrs in seen.elements if "id" in attrs)
    assert set(ids.values()) == {1}
    for link in seen.all("a"):
        assert link["href"].removeprefix("#") in ids
    for svg in seen.all("svg"):
        for name in (svg.get("aria-labelledby") or "").split():
            assert name in ids


def test_every_chart_says_what_it_is(seen):
    charts = seen.all("svg")
    assert len(charts) > 10
    for svg in charts:
        assert svg.get("aria-hidden") == "true" or (
            svg["role"] == "img" and (svg.get("aria-label") or svg.get("aria-labelledby"))
        )


def test_numbered_points_of_a_chart_are_named_in_its_legend(html):
    chart = html.split("<figure>")[1]
    named = re.findall(r"<title>(\d+): ([^<]+)</title>", chart)
    legend = re.findall(r"<li>([^<]+)</li>", chart.split('<ol class="legend">')[1])
    assert len(legend) > 2
    assert named == [(str(number), name) for number, name in enumerate(legend, start=1)]


def test_every_table_and_chart_carries_its_signature(folder, seen):
    digest = read_results(folder).digest[:12]
    n_signed = seen.text.count(f"; signature {digest}")
    n_figures, n_browsers = len(seen.all("figure")), 1
    assert n_signed == len(seen.all("table")) + n_figures + n_browsers


def test_all_is_there_without_the_script(seen):
    assert len([attrs for attrs in seen.all("details") if attrs.get("class") == "example"]) == 40
    assert "The night bus in Little Korrin will return on 3 May" in seen.text
    assert "hidden" in next(form for form in seen.all("form"))
    for section in ("leaderboard", "costs", "differences", "distributions", "slices", "examples"):
        assert section in {attrs.get("id") for attrs in seen.all("section")}


def test_numbers_of_the_leaderboard_and_of_a_pair(folder, seen):
    results = read_results(folder)
    found = results.systems[LEAD].metrics["rougeLsum"]
    assert f"{100 * found.mean:.2f} {100 * found.low:.2f} to {100 * found.high:.2f}" in seen.text
    pair = results.pair(LEVEL, LEAD)
    assert f"▲ +{100 * pair.difference:.2f}" in seen.text
    assert "≈ +0.17" in seen.text
    assert "not told apart" in seen.text


def test_missing_numbers_are_dashes_with_reasons(tmp_path):
    run = write_run(tmp_path, systems=(BETTER, LEAD), n=5, with_cost=False)
    text = Page(html_report.write(run).read_text("utf-8")).text
    assert "no cost.json in the folder: speed and memory were not measured" in text
    assert "as the folder has no cost.json" in text
    assert "no interval for fewer than 10 articles" in text
    assert "not tested" in text


def test_a_failure_and_an_article_without_reference_are_told(seen):
    assert "Failed: outputs.jsonl: no row with this id" in seen.text
    assert "— (no reference bullets)" in seen.text
    assert "This article has none." in seen.text
    assert "disagreement — (fewer than two scores)" in seen.text


def test_who_reports_a_reference_bullet(seen):
    assert f"✓ {BETTER}, bullet 1" in seen.text
    assert f"✗ {BETTER}" in seen.text


def test_one_article_one_system_and_no_slices(tmp_path):
    run = write_run(tmp_path, systems=(LEAD,), n=1)
    raw = json.loads((run / "report.json").read_text("utf-8"))
    raw["slices"] = {}
    (run / "report.json").write_text(json.dumps(raw), "utf-8")
    text = Page(html_report.write(run).read_text("utf-8")).text
    assert "No two systems were compared in this run." in text
    assert "Fewer than two articles could be scored." in text
    assert "This run has no slices." in text


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
@settings(max_examples=15)
def test_words_of_an_article_are_only_ever_words(folder, tmp_path_factory, words):
    tree = with_words(folder, tmp_path_factory.mktemp("hostile"), words)
    plain = with_words(folder, tmp_path_factory.mktemp("plain"), "word")
    kinds = Counter(tag for tag, _ in Page(tree).elements)
    assert {k: n for k, n in kinds.items() if k not in {"mark", "small"}} == {
        k: n
        for k, n in Counter(tag for tag, _ in Page(plain).elements).items()
        if k not in {"mark", "small"}
    }


@pytest.mark.parametrize(
    "words",
    [
        "</style><script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "' onmouseover='alert(1)",
        "{{ 7 * 7 }} {% raw %}",
        "</script><!-- ]]>",
        "a\u202eb\x1b[31m\x00",
        "\ud800 half a pair",
    ],
)
def test_hostile_words(folder, tmp_path, words):
    made = with_words(folder, tmp_path, words)
    html_report.write(tmp_path)
    tree = Page(made)
    assert len(tree.all("script")) == 1
    assert not tree.all("img")
    assert not {"\u202e", "\x1b", "\x00", "\ud800"} & set(made)
    assert not [name for _, attrs in tree.elements for name in attrs if name.startswith("on")]
    assert " ".join(printable(words).split()) in tree.text


def test_examples_come_by_disagreement_and_no_more_than_asked(folder):
    results = read_results(folder)
    quality = quality_by_example(results)
    shown = pick_examples(results, quality, max_examples=7)
    scores = {
        number: [
            0.0 if fails(name, number) else score(name, number)
            for name in (BETTER, LEAD, LEVEL, FAILING)
        ]
        for number in range(40)
        if number != 5
    }
    gaps = {number: max(own) - min(own) for number, own in scores.items()}
    expected = sorted(gaps, key=lambda number: -gaps[number])[:7]
    assert [one.place for one in shown] == expected
    assert [one.disagreement for one in shown] == pytest.approx([gaps[n] for n in expected])
    everything = pick_examples(results, quality)
    assert everything[:7] == shown
    assert everything[-1].disagreement is None
    text = Page(html_report.render(results, max_examples=7)).text
    assert "7 of 40 articles: those that systems disagree on most" in text


def test_outputs_stand_in_the_leaderboards_order_though_a_row_is_missing(folder, tmp_path):
    run = copied(folder, tmp_path)
    rows = [json.loads(line) for line in (run / "examples.jsonl").read_text("utf-8").splitlines()]
    write_rows(
        run / "examples.jsonl", [r for r in rows if (r["system"], r["id"]) != (LEAD, "page-00")]
    )
    results = read_results(run)
    shown = {one.id: one for one in pick_examples(results, quality_by_example(results))}
    outputs = shown["page-00"].outputs
    assert [output.system for output in outputs] == list(results.systems)
    assert "has no row" in outputs[2].error


def test_what_the_article_does_not_say_is_marked(folder):
    results = read_results(folder)
    shown = {one.id: one for one in pick_examples(results, quality_by_example(results))}
    by_system = {output.system: output for output in shown["page-00"].outputs}
    pieces = by_system[FAILING].bullets[0].pieces
    assert Piece("90", "number") in pieces
    assert Piece("Brannik", "name") in pieces
    assert by_system[ORACLE].n_doubts == by_system[LEAD].n_doubts == 0


@given(st.text("ab 1.,-'B"), st.lists(st.tuples(st.text("ab 1-"), st.just("word")), max_size=4))
def test_marking_loses_no_letter(bullet, doubts):
    pieces, unplaced = mark(bullet, [Piece(*doubt) for doubt in doubts])
    assert "".join(piece.text for piece in pieces) == bullet
    n_marked = sum(bool(piece.kind) for piece in pieces)
    assert n_marked + len(unplaced) == len(doubts)


@pytest.mark.parametrize(
    ("bullet", "doubt", "marked"),
    [
        ("Café owners lost 1,200.", "1, 200", ["1,200"]),
        ("He said “never again” twice.", '"never again"', ["never again"]),
        ("The ban and the band.", "band", ["band"]),
        ("Nothing here.", "missing", []),
        ("Nothing here.", "…", []),
    ],
)
def test_a_doubt_is_found_whatever_its_case_and_spacing(bullet, doubt, marked):
    pieces, _ = mark(bullet, [Piece(doubt, "word")])
    assert [piece.text for piece in pieces if piece.kind] == marked


def test_a_folder_that_lacks_a_file_or_cannot_be_written(folder, tmp_path):
    run = copied(folder, tmp_path)
    (run / "report.html").mkdir()
    with pytest.raises(StorageError, match=r"report\.html: cannot be written"):
        html_report.write(run)
    (run / "examples.jsonl").write_text("x\n", "utf-8")
    with pytest.raises(InputError, match="line 1 is not JSON"):
        html_report.write(run)
    (run / "data.jsonl").unlink()
    (run / "examples.jsonl").write_text("", "utf-8")
    with pytest.raises(UsageError, match=r"data\.jsonl: no such file"):
        html_report.write(run)
