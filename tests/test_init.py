"""The front door: one function, typed errors, nothing heavy until it is asked."""

import subprocess
import sys
from importlib.metadata import version

import pytest

import brief
from tests.fakes.summaries import PAGE
from tests.fakes.tiny_models import ARTICLES


def test_summarize_gives_traceable_bullets():
    summary = brief.summarize(PAGE, n_bullets=2)
    assert isinstance(summary, brief.Summary)
    assert len(summary.bullets) == 2
    for bullet in summary.bullets:
        (source, *_) = bullet.sources
        assert PAGE[source.start : source.end] == source.text


def test_settings_are_passed_on():
    summary = brief.summarize(ARTICLES[0], 3, id="strike", model="lead")
    assert summary.article.id == "strike"
    assert [bullet.text for bullet in summary.bullets] == ARTICLES[0].splitlines()[:3]


def test_html_is_seen_for_what_it_is():
    rows = "".join(f"<p>{line}</p>" for line in ARTICLES[0].splitlines())
    page = f"<html><head><title>Strike ends</title></head><body><article>{rows}</article></body></html>"
    summary = brief.summarize(page, model="lead")
    assert summary.article.headline == "Strike ends"
    assert summary.bullets[0].text == ARTICLES[0].splitlines()[0]


@pytest.mark.parametrize("text", ["", " \n\t", "Skip to content\nCookie settings\n", "\ud800"])
def test_a_text_without_an_article_is_an_error(text):
    with pytest.raises(brief.BriefError):
        brief.summarize(text)


def test_an_unknown_model_is_an_error_that_names_the_nearest():
    with pytest.raises(brief.BriefError, match="did you mean lead"):
        brief.summarize(PAGE, model="laed")


def test_the_cache_on_disk_is_left_alone(user_folders):
    brief.summarize(PAGE, model="lead")
    assert list(user_folders.iterdir()) == []


def test_the_version_is_the_package_s():
    assert brief.__version__ == version("brief")


def test_importing_brief_loads_nothing_heavy():
    program = (
        "import sys, brief; print({'torch', 'transformers', 'ctranslate2', 'numpy', 'sentencex',"
        " 'trafilatura', 'typer'} & set(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    assert run.stdout == "set()\n"
