"""`brief serve` before it serves: settings, keys, addresses."""

import socket

import pytest

from brief.cli.main import run
from brief.errors import UsageError
from brief.service.service_config import configure
from brief.settings import load_settings

KEY = "0123456789abcdef"


def configured(**flags):
    return configure(load_settings({"model": "lead", "threads": 3}), flags, no_cache=True)


def test_without_flags_it_is_open_to_this_machine_only():
    config, place = configured()
    assert (place.host, place.port, place.grace_s) == ("127.0.0.1", 8000, 30)
    assert config.models[0] == "lead"
    assert {"lexrank", "textrank"} <= set(config.models)
    assert (config.n_workers, config.cache, config.max_wait_s) == (3, None, None)
    assert not config.allow_urls
    assert config.cors_origins == ()


def test_the_file_says_what_flags_do_not(tmp_path, monkeypatch):
    (tmp_path / "keys").write_text(f"# ours\n{KEY}\n\n{KEY}x\n")
    toml = tmp_path / "brief.toml"
    toml.write_text(
        '[serve]\nport = 9\nmax_wait_s = 2\neditions = "out"\napi_keys = "keys"\ncors = ["https://a"]\n'
    )
    monkeypatch.setenv("BRIEF_CONFIG", str(toml))
    config, place = configured(port=10)
    assert place.port == 10
    assert config.max_wait_s == 2
    assert config.editions == tmp_path / "out"
    assert config.api_keys == (KEY, f"{KEY}x")
    assert config.cors_origins == ("https://a",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prot = 1", "did you mean port?"),
        ("port = 70000", "port must be a whole number from 0 to 65,535, not 70000"),
        ("port = true", "not True"),
        ('host = ""', "host must be a text"),
        ('root_path = "brief/"', "a path such as /brief"),
        ("max_wait_s = 0", "0.01 to 3,600"),
        ('models = "lead"', "a list of texts"),
        ('no_auth = "yes"', "true or false"),
    ],
)
def test_what_the_file_may_not_say(tmp_path, monkeypatch, text, said):
    toml = tmp_path / "brief.toml"
    toml.write_text(f"[serve]\n{text}\n")
    monkeypatch.setenv("BRIEF_CONFIG", str(toml))
    with pytest.raises(UsageError) as caught:
        configured()
    assert said in str(caught.value)
    assert "[serve]" in str(caught.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::", "news.example"])
def test_others_need_a_key_or_a_word(host, monkeypatch):
    with pytest.raises(UsageError) as caught:
        configured(host=host)
    assert "no API key is set" in caught.value.problem
    assert configured(host=host, no_auth=True)[1].host == host
    monkeypatch.setenv("BRIEF_API_KEYS", f"{KEY}a, {KEY}b")
    assert configured(host=host)[0].api_keys == (f"{KEY}a", f"{KEY}b")
    with pytest.raises(UsageError):
        configured(host=host, no_auth=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_this_machine_needs_none(host):
    assert configured(host=host)[0].api_keys == ()


def test_keys_that_can_be_guessed_are_refused(tmp_path):
    keys = tmp_path / "keys"
    for text in ("secret\n", "# only a comment\n", ""):
        keys.write_text(text)
        with pytest.raises(UsageError):
            configured(api_keys=str(keys))
    with pytest.raises(UsageError):
        configured(api_keys=str(tmp_path / "none"))


def test_a_port_that_is_taken_is_named(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run(["serve", "--model", "lead", "--port", str(port)]) == 2
    assert f"127.0.0.1:{port}: cannot be listened at" in capsys.readouterr().err


def test_a_model_that_does_not_exist_is_named_before_anything_is_served(capsys):
    assert run(["serve", "--model", "news-smal", "--port", "0", "--threads", "1"]) == 2
    assert "did you mean news-small?" in capsys.readouterr().err
