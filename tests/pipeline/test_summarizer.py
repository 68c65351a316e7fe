"""The corridor: outputs depend on each input alone, and nothing is lost on the way."""

import json
import os
import subprocess
import sys
from dataclasses import fields, replace
from itertools import count

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from brief.datatypes import Code, Label, Origin, Remark, Summary
from brief.errors import EmptyInputError, InputError, ModelError
from brief.ingest.article import to_article, to_articles
from brief.ingest.jsonl import Source
from brief.models import load_model
from brief.output.formats import render
from brief.pipeline.cache import _DECIDING, Cache
from brief.pipeline.parallel import WINDOW_PER_THREAD
from brief.pipeline.selection import DEFAULT_WEIGHTS, Weights
from brief.pipeline.summarizer import Summarizer
from brief.records import to_record
from tests.fakes.summaries import PAGE, FakeModel, article_of
from tests.fakes.tiny_models import ARTICLES

ONE_SENTENCE = "The ferry to Osmund Island will stop running at the end of May."


@pytest.fixture
def cache(tmp_path):
    opened = Cache(tmp_path / "summaries.sqlite3")
    yield opened
    opened.close()


def sources(*texts):
    return [Source(id=f"{place}.txt", text=text) for place, text in enumerate(texts)]


def written(summarizer, inputs):
    """The record of each input, by its id."""
    outcomes = list(summarizer.stream(inputs))
    assert [outcome.id for outcome in outcomes] == [source.id for source in inputs]
    return {outcome.id: to_record(outcome.result) for outcome in outcomes}


SENTENCES = st.sampled_from([line for text in ARTICLES for line in text.splitlines()])
TEXTS = st.lists(SENTENCES, min_size=1, max_size=8).map("\n".join)


@given(texts=st.lists(TEXTS, min_size=1, max_size=6), n_parallel=st.integers(1, 4), data=st.data())
@settings(max_examples=25)
def test_which_articles_run_together_and_in_what_order_changes_nothing(texts, n_parallel, data):
    inputs = sources(*texts)
    alone = {}
    for source in inputs:
        alone |= written(Summarizer(FakeModel(n_parallel=1)), [source])
    shuffled = data.draw(st.permutations(inputs))
    assert written(Summarizer(FakeModel(n_parallel=n_parallel)), shuffled) == alone


def test_the_same_of_the_built_in_model():
    inputs = sources(*ARTICLES[:4])
    one = Summarizer(load_model("news-small", n_threads=1))
    two = Summarizer(load_model("news-small", n_threads=2))
    assert one.signature == two.signature
    alone = written(one, inputs[:1]) | written(one, inputs[1:])
    assert written(two, inputs[::-1]) == alone


@given(st.lists(TEXTS, min_size=1, max_size=4), st.integers(1, 6))
@settings(max_examples=40)
def test_as_many_bullets_as_asked_for_or_a_reason(texts, n_bullets):
    for record in written(Summarizer(FakeModel(), n_bullets=n_bullets), sources(*texts)).values():
        short = [one["text"] for one in record["remarks"] if one["code"] == "fewer_bullets"]
        if len(record["bullets"]) == n_bullets:
            assert not short
        else:
            assert len(record["bullets"]) < n_bullets
            assert f"{len(record['bullets'])} of {n_bullets}" in short[0]


def test_ten_different_sentences_give_the_bullets_asked_for():
    summary = Summarizer(FakeModel(), n_bullets=3).summarize(to_article(*sources(ARTICLES[0])))
    assert len(summary.bullets) == 3
    assert summary.remarks == ()


def test_every_source_is_a_body_sentence_of_the_text():
    source = Source(id="page", text=PAGE)
    summary = Summarizer(FakeModel()).summarize(to_article(source))
    body = "".join(line.text for line in summary.article.body)
    assert summary.bullets
    for bullet in summary.bullets:
        for sentence in bullet.sources:
            assert PAGE[sentence.start : sentence.end] == sentence.text
            assert sentence.text in body


def test_a_failing_input_is_an_outcome_and_the_rest_go_on():
    class Fragile(FakeModel):
        def propose(self, article, chunks, config):
            if article.id == "1.txt":
                raise ModelError("1.txt: the model gave nothing")
            return super().propose(article, chunks, config)

    inputs = [*sources(*ARTICLES[:3]), Source(id="gone", error=InputError("gone: no such file"))]
    results = [outcome.result for outcome in Summarizer(Fragile()).stream(inputs)]
    assert [type(result) for result in results] == [Summary, ModelError, Summary, InputError]


def test_a_bug_is_no_outcome_and_names_its_input():
    class Broken(FakeModel):
        def propose(self, article, chunks, config):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as raised:
        list(Summarizer(Broken()).stream(sources(ARTICLES[0])))
    assert raised.value.__notes__ == ["while summarizing 0.txt"]


def test_inputs_are_read_as_they_are_needed():
    read = []

    def endless():
        for number in count():
            read.append(number)
            yield Source(id=str(number), text=ONE_SENTENCE)

    stream = Summarizer(FakeModel(n_parallel=2)).stream(endless())
    assert [next(stream).id for _ in range(3)] == ["0", "1", "2"]
    stream.close()
    assert len(read) <= 3 + WINDOW_PER_THREAD * 2


def test_a_stored_summary_asks_no_model(cache):
    first = FakeModel()
    fresh = written(Summarizer(first, cache=cache), sources(*ARTICLES[:2]))
    assert len(first.asked) == 2
    second = FakeModel()
    assert written(Summarizer(second, cache=cache), sources(*ARTICLES[:2])) == fresh
    assert second.asked == []


def test_another_setting_asks_the_model_again(cache):
    Summarizer(FakeModel(), cache=cache).summarize(to_article(*sources(ARTICLES[0])))
    model = FakeModel()
    Summarizer(model, n_bullets=3, cache=cache).summarize(to_article(*sources(ARTICLES[0])))
    assert len(model.asked) == 1


def test_a_cache_that_fails_costs_no_summary(cache):
    cache.close()
    told = []
    summarizer = Summarizer(FakeModel(n_parallel=1), cache=cache, notify=told.append)
    assert len(written(summarizer, sources(*ARTICLES[:3]))) == 3
    assert len(told) == 1
    assert told[0].startswith("going on without a cache: ")


TOKENS = st.integers(0, 10**6).map(lambda n: f"zzqx{n}vjkk")
HEADINGS = ["In a hurry? Here’s a quick summary…", "Key points", "At a glance", "TL;DR"]


@given(
    tokens=st.lists(TOKENS, min_size=1, max_size=4, unique=True),
    heading=st.sampled_from(HEADINGS),
    text=st.sampled_from(ARTICLES),
    in_row=st.booleans(),
)
@settings(max_examples=40)
@example(tokens=["zzqx1vjkk"], heading="Key points", text=ARTICLES[0], in_row=False)
def test_reference_bullets_reach_neither_the_model_nor_an_output(tokens, heading, text, in_row):
    bullets = tuple(
        f"The {token} was {place} of all that was said" for place, token in enumerate(tokens)
    )
    if in_row:
        source = Source(id="row", text=text, bullets=bullets)
    else:
        block = "\n".join([heading, *(f"• {bullet}" for bullet in bullets)])
        source = Source(id="page", text=f"Harbor vote ends strike\n\n{block}\n\n{text}")
    model = FakeModel()
    outcome = next(Summarizer(model, n_bullets=4).stream([source]))
    assert to_article(source).reference_bullets == bullets
    read = [(chunk.topic, chunk.previous, chunk.text) for asked in model.asked for chunk in asked]
    shown = [
        "".join(render([outcome], f, explain=True))
        for f in ("text", "markdown", "json", "jsonl", "html")
    ]
    assert read
    assert "zzqx" not in "".join([*shown, *("".join(parts) for parts in read)])


def test_a_language_the_model_does_not_know_gets_its_own_first_sentences():
    french = (
        "Le conseil municipal a voté mardi soir la fermeture de la bibliothèque du port."
        " La maire a déclaré que la ville n'avait plus les moyens de payer le chauffage."
        " Une pétition a réuni plus de neuf mille signatures depuis le mois de janvier."
    )
    model = FakeModel()
    summary = Summarizer(model).summarize(to_article(Source(id="fr", text=french)))
    assert model.asked == []
    assert [bullet.text for bullet in summary.bullets] == [
        "Le conseil municipal a voté mardi soir la fermeture de la bibliothèque du port.",
        "La maire a déclaré que la ville n'avait plus les moyens de payer le chauffage.",
    ]
    assert {bullet.origin for bullet in summary.bullets} == {Origin.SOURCE}
    # Who wrote is said, and how many sentences it read; the key stays the asked model's.
    assert summary.model == "lead"
    assert len(summary.scored) == len(summary.chunks) == 3
    assert summary.signature == Summarizer(model).signature
    (remark,) = summary.remarks
    assert remark.code is Code.LANGUAGE
    assert remark.text.startswith("the text is in fr, fake knows en;")


def test_a_model_of_no_stated_language_is_asked_whatever_the_language():
    model = FakeModel(languages=())
    article = to_article(*sources(ARTICLES[0]))
    summary = Summarizer(model).summarize(replace(article, language="de"))
    assert len(model.asked) == 1
    # What could not be checked is said once.
    assert summary.checks == ("numbers", "quotations", "names", "words")
    (said,) = [one.text for one in summary.remarks if one.code is Code.FEWER_CHECKS]
    assert said.startswith("the text is in de,")


def test_a_summary_names_its_checks():
    article = to_article(*sources(ARTICLES[0]))
    summary = Summarizer(FakeModel()).summarize(article)
    assert {"words", "negations", "sentences"} <= set(summary.checks)
    assert Code.FEWER_CHECKS not in {remark.code for remark in summary.remarks}
    assert Summarizer(load_model("lead")).summarize(article).checks == ()


def test_a_text_of_no_known_language_is_judged_in_the_model_s_own():
    article = replace(to_article(*sources(ARTICLES[0])), language=None)
    assert "sentences" in Summarizer(FakeModel()).summarize(article).checks
    assert "sentences" not in Summarizer(FakeModel(languages=())).summarize(article).checks


def test_remarks_on_input_and_cleaning_stand_before_the_summary_s_own():
    twice = Remark(Code.DUPLICATE_ID, "a names an earlier input")
    stub = Remark(Code.INCOMPLETE_TEXT, "a stub")
    article = to_article(Source(id="a", text=ONE_SENTENCE, remarks=(twice,)))
    article = replace(article, remarks=(*article.remarks, stub))
    remarks = Summarizer(FakeModel()).summarize(article).remarks
    assert remarks[:2] == (twice, stub)
    assert [remark.code for remark in remarks[2:]] == [Code.FEWER_BULLETS]


def test_what_a_row_says_goes_before_what_its_text_says():
    source = Source(
        id="a",
        text=PAGE,
        headline="Other",
        byline="Jo Marr",
        published="2026-05-01",
        url="http://e",
    )
    article = to_article(source)
    assert (article.headline, article.byline) == ("Other", "Jo Marr")
    assert (article.published, article.url) == ("2026-05-01", "http://e")
    page = to_article(Source(id="a", text=PAGE))
    assert (page.headline, page.byline) == ("Harbor bridge to close for repairs", "Ana Quill")


def test_cleaning_alone_keeps_failures_in_their_place():
    inputs = [Source(id="a", text=" \n"), Source(id="b", text=PAGE)]
    first, second = to_articles(inputs)
    assert isinstance(first.result, EmptyInputError)
    assert second.result.id == second.id == "b"


def test_an_article_without_body_is_an_error():
    article = to_article(Source(id="menu", text="Skip to content\nCookie settings\n"))
    with pytest.raises(EmptyInputError, match="menu: no article in it"):
        Summarizer(FakeModel()).summarize(article)


@pytest.mark.parametrize("label", [Label.BODY, Label.SUBHEAD])
def test_a_body_without_a_statement_is_an_error(label):
    model = FakeModel()
    with pytest.raises(EmptyInputError, match="a: no sentence of it makes a bullet"):
        Summarizer(model).summarize(article_of((label, "Bridge news")))


def test_the_signature_covers_every_module_that_the_corridor_imports():
    """A new folder must not decide summaries unnoticed."""
    program = (
        "import brief.pipeline.summarizer, sys;"
        " print(*(m for m in sys.modules if m.startswith('brief.')))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    ).stdout.split()
    packages = {name.split(".")[1] for name in loaded if name.count(".") > 1}
    assert packages == set(_DECIDING)


def changed(value):
    return value + 1 if isinstance(value, int | float) else "short"


def test_every_setting_is_in_the_signature():
    def of(model=None, **settings):
        return Summarizer(model or FakeModel(), **settings).signature

    class Other(FakeModel):
        signature = {"model": "fake", "weights": "others"}  # noqa: RUF012

    def generating(**settings):
        model = FakeModel()
        model.card = replace(model.card, generation=replace(model.card.generation, **settings))
        return model

    generation = FakeModel().card.generation
    signatures = [of(), of(n_bullets=3), of(Other()), of(length="short"), of(length="long")]
    signatures += [
        of(weights=replace(DEFAULT_WEIGHTS, **{f.name: changed(getattr(DEFAULT_WEIGHTS, f.name))}))
        for f in fields(Weights)
    ]
    signatures += [
        of(generating(**{f.name: changed(getattr(generation, f.name))}))
        for f in fields(generation)
        if f.name != "length"
    ]
    assert len(set(signatures)) == len(signatures)
    assert of() == of(cache=None, notify=print) == of(FakeModel(n_parallel=1))


def test_two_processes_write_the_same_bytes(tmp_path):
    page = tmp_path / "page.txt"
    page.write_text(ARTICLES[1])
    command = [sys.executable, "-m", "brief", "summarize", str(page), "--no-cache", "-f", "json"]
    first, second = (
        subprocess.run(
            command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    )
    assert first == second
    assert len(json.loads(first)["bullets"]) == 2


def test_seconds_are_told_of_each_input():
    good, bad = Summarizer(FakeModel()).stream([*sources(ONE_SENTENCE), Source(id="x", text="")])
    assert set(good.timings) == {"clean_s", "total_s"}
    assert set(bad.timings) == {"total_s"}
    assert good.timings["total_s"] >= good.timings["clean_s"] >= 0
