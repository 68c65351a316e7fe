import os
from pathlib import Path

import pytest

from brief.config_rules import rules_of
from brief.errors import UsageError
from brief.pipeline.cache import summary_cache_path
from brief.settings import (
    DEFAULTS,
    MAX_BULLETS,
    Settings,
    cache_dir,
    config_path,
    load_settings,
    variable,
)


@pytest.fixture(autouse=True)
def in_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def config(text: str, name: str = "brief.toml") -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def refused(flags: dict[str, object] | None = None) -> UsageError:
    with pytest.raises(UsageError) as caught:
        load_settings(flags or {})
    return caught.value


def test_defaults_say_that_they_are_defaults():
    settings = load_settings({"model": None, "bullets": None})
    assert settings == Settings(origin=settings.origin)
    assert settings.origin == dict.fromkeys(rules_of(Settings), "default")


def test_every_setting_has_a_rule_that_its_default_obeys():
    rules = rules_of(Settings)
    assert {*rules, "origin"} == {*Settings.__dataclass_fields__}
    assert [name for name, rule in rules.items() if not rule.accepts(getattr(DEFAULTS, name))] == [
        "threads"  # None: the engine's choice, which no source can spell
    ]


def test_flags_beat_variables_beat_file_beat_defaults(monkeypatch):
    config('[summarize]\nmodel = "a"\nbullets = 3\nlength = "short"\nthreads = 2\n')
    monkeypatch.setenv("BRIEF_MODEL", "b")
    monkeypatch.setenv("BRIEF_BULLETS", "4")
    settings = load_settings({"model": "c", "bullets": None})
    assert settings == Settings(
        model="c",
        bullets=4,
        length="short",
        threads=2,
        origin={
            "model": "--model",
            "bullets": "BRIEF_BULLETS",
            "length": "brief.toml [summarize]",
            "engine": "default",
            "threads": "brief.toml [summarize]",
        },
    )


def test_brief_config_names_another_file(monkeypatch):
    config("[summarize]\nbullets = 9\n")
    monkeypatch.setenv("BRIEF_CONFIG", str(config("[summarize]\nbullets = 7\n", "other.toml")))
    settings = load_settings({})
    assert (settings.bullets, settings.origin["bullets"]) == (7, "other.toml [summarize]")
    assert config_path() == Path("other.toml")
    monkeypatch.setenv("BRIEF_CONFIG", "")
    assert config_path() == Path("brief.toml")


def test_empty_variable_counts_as_not_set(monkeypatch):
    monkeypatch.setenv("BRIEF_BULLETS", "")
    monkeypatch.setenv("BRIEF_CONFIG", "")
    assert load_settings({}).origin["bullets"] == "default"


def test_the_environment_is_not_changed(monkeypatch):
    monkeypatch.setenv("BRIEF_BULLETS", "5")
    before = dict(os.environ)
    load_settings({"bullets": 2})
    assert dict(os.environ) == before


@pytest.mark.parametrize(
    ("flags", "variable", "text", "said"),
    [
        ({"bulets": 2}, None, "", "--bulets: unknown setting bulets"),
        ({}, ("BRIEF_BULETS", "2"), "", "the environment: unknown setting BRIEF_BULETS"),
        ({}, None, "[summarize]\nbulets = 2", "brief.toml [summarize]: unknown setting bulets"),
        ({}, None, "[sumarize]\nbullets = 2", "brief.toml: unknown setting sumarize"),
    ],
)
def test_unknown_name_is_refused_with_the_nearest(flags, variable, text, said, monkeypatch):
    config(text)
    if variable:
        monkeypatch.setenv(*variable)
    error = refused(flags)
    assert error.problem == said
    assert error.remedy.startswith("did you mean ")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("bullets = 0", f"bullets must be a whole number from 1 to {MAX_BULLETS}, not 0"),
        ("bullets = 51", f"bullets must be a whole number from 1 to {MAX_BULLETS}, not 51"),
        ("bullets = true", f"bullets must be a whole number from 1 to {MAX_BULLETS}, not True"),
        ("bullets = 2.0", f"bullets must be a whole number from 1 to {MAX_BULLETS}, not 2.0"),
        ('bullets = "2"', f"bullets must be a whole number from 1 to {MAX_BULLETS}, not '2'"),
        ("threads = -1", "threads must be a whole number from 1 to 1,024, not -1"),
        ('length = "tiny"', "length must be one of short, medium, long, not 'tiny'"),
        ("length = []", "length must be one of short, medium, long, not []"),
        ('engine = "gpu"', "engine must be one of auto, ctranslate, hf, not 'gpu'"),
        ('model = " "', "model must be a text that is not blank, not ' '"),
    ],
)
def test_wrong_value_names_place_value_and_what_is_allowed(line, said):
    config(f"[summarize]\n{line}\n")
    assert refused().problem == f"brief.toml [summarize]: {said}"


@pytest.mark.parametrize("text", ["many", "2.5", "0", "-3", "9" * 5000, "٣"])
def test_wrong_variable_names_itself(text, monkeypatch):
    monkeypatch.setenv("BRIEF_BULLETS", text)
    assert refused().problem.startswith("BRIEF_BULLETS: bullets must be a whole number")


def test_wrong_value_is_refused_though_a_flag_overrides_it(monkeypatch):
    monkeypatch.setenv("BRIEF_LENGTH", "tiny")
    assert "BRIEF_LENGTH" in refused({"length": "short"}).problem


def test_file_that_is_no_toml_says_where():
    config("[summarize\n")
    assert refused().problem.startswith("brief.toml: not TOML: ")
    assert "line 1" in refused().problem


def test_table_that_is_no_table():
    config("summarize = 3\n")
    assert refused().problem == "brief.toml: summarize must be a table"


def test_file_in_another_encoding():
    Path("brief.toml").write_bytes(b"# caf\xe9\n")
    assert refused().problem.startswith("brief.toml: not TOML: ")


def test_missing_file_that_was_named(monkeypatch):
    monkeypatch.setenv("BRIEF_CONFIG", "none.toml")
    assert refused().problem == "none.toml (named by BRIEF_CONFIG): no such file"


def test_folder_in_the_place_of_the_file():
    Path("brief.toml").mkdir()
    assert refused().problem.startswith("brief.toml: ")


def test_cache_dir_is_named_or_the_user_s_own(monkeypatch, tmp_path):
    monkeypatch.setenv("BRIEF_CACHE_DIR", str(tmp_path / "here"))
    assert cache_dir() == tmp_path / "here"
    assert not cache_dir().exists()
    monkeypatch.delenv("BRIEF_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_dir().name == "brief"
    assert summary_cache_path().parent == cache_dir()


def test_a_variable_that_is_not_known_is_not_read():
    with pytest.raises(AssertionError):
        variable("BRIEF_SMTP_PASSWRD")
