"""The command: what is printed where, exit codes, and runs that stop half-way."""

import gzip
import io
import json
import os
import pty
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import typer

import brief
from brief.briefing.config import Morning
from brief.cli import main
from brief.errors import HubError, ModelError
from brief.output.block import HEADING
from brief.training.train_bullets import TrainSettings
from brief.training.train_salience import SalienceSettings
from tests.fakes.summaries import PAGE, FakeModel
from tests.fakes.tiny_models import ARTICLES

TRAININGS = TrainSettings(data=Path()), SalienceSettings(data=Path())
COMMANDS = [
    "",
    "summarize",
    "clean",
    "models",
    "models list",
    "models show",
    "models prepare",
    *(f"eval {one}".strip() for one in ("", "run", "harvest", "gate", "report", "choose", "tune")),
    "train",
    "morning",
    "morning run",
    "morning schedule",
    "morning status",
    "morning search",
    "morning prune",
    "morning backup",
    "morning restore",
    "morning feeds",
    "init",
    "doctor",
    "serve",
]

BRIEF = [sys.executable, "-m", "brief"]


@pytest.fixture
def model(monkeypatch):
    """A fake in the place of every model that the command asks for."""
    fake = FakeModel()
    fake.loaded = []

    def load_model(name, **settings):
        fake.loaded.append((name, settings))
        return fake

    monkeypatch.setattr("brief.models.load_model", load_model)
    return fake


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder to work in, with two pages."""
    monkeypatch.chdir(tmp_path)
    for name, text in zip(("a.txt", "b.txt"), ARTICLES, strict=False):
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def run(capsys, monkeypatch):
    """Runs a command line; returns exit code, stdout and stderr."""

    def run_(*args, stdin=b""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = main.run(list(map(str, args)))
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err

    return run_


def rows(*texts):
    return "".join(json.dumps({"id": str(n), "text": text}) + "\n" for n, text in enumerate(texts))


class TestSummarize:
    def test_a_file_gives_the_block_and_nothing_on_stderr(self, run, here, model):
        code, out, err = run("summarize", "a.txt")
        assert (code, err) == (0, "")
        assert out.startswith(f"{HEADING}\n  • ")
        assert out.count("\n") == 3

    def test_options_reach_the_settings_and_the_model(self, run, here, model):
        args = ("-n", 3, "--length", "short", "--model", "lead", "--engine", "hf", "--threads", 2)
        code, out, _ = run("summarize", "a.txt", *args)
        assert code == 0
        assert out.count("  • ") == 3
        assert model.loaded == [("lead", {"engine": "hf", "n_threads": 2})]

    def test_length_reaches_the_model(self, run, here, model, monkeypatch):
        asked = []
        monkeypatch.setattr(model, "propose", lambda *args: asked.append(args[-1].length) or [])
        run("summarize", "a.txt", "--length", "long")
        assert asked == ["long"]

    def test_several_inputs_keep_their_order_in_every_format(self, run, here, model):
        _, out, _ = run("summarize", "b.txt", "a.txt", "-f", "json")
        assert [row["id"] for row in json.loads(out)] == ["b.txt", "a.txt"]
        _, out, _ = run("summarize", "b.txt", "a.txt", "-f", "jsonl")
        assert [json.loads(row)["id"] for row in out.splitlines()] == ["b.txt", "a.txt"]
        for format_, mark in (("text", HEADING), ("markdown", "**"), ("html", "<aside")):
            _, out, _ = run("summarize", "b.txt", "a.txt", "-f", format_)
            assert out.index("b.txt") < out.index(mark) < out.index("a.txt")

    def test_standard_input_folders_globs_and_rows(self, run, here, model):
        _, out, _ = run("summarize", "-", "-f", "json", stdin=PAGE.encode())
        assert json.loads(out)["id"] == "stdin"
        _, out, _ = run("summarize", ".", "-f", "jsonl")
        assert [json.loads(row)["id"] for row in out.splitlines()] == ["a.txt", "b.txt"]
        _, out, _ = run("summarize", "[ab].txt", "-f", "jsonl")
        assert [json.loads(row)["id"] for row in out.splitlines()] == ["a.txt", "b.txt"]
        (here / "rows.jsonl.gz").write_bytes(gzip.compress(rows(*ARTICLES[:3]).encode()))
        _, out, _ = run("summarize", "rows.jsonl.gz", "-f", "jsonl")
        assert [json.loads(row)["id"] for row in out.splitlines()] == ["0", "1", "2"]

    def test_an_explanation_follows_the_block(self, run, here, model):
        _, out, _ = run("summarize", "a.txt", "--explain")
        assert "   support 1.00\n   from 0-" in out
        assert (
            "written by fake\nchecks: numbers, quotations, names, words, negations, pronouns, sentences\ndropped: nothing\nsignature "
            in out
        )

    def test_seconds_only_when_asked_for(self, run, here, model):
        assert "timings" not in json.loads(run("summarize", "a.txt", "-f", "json")[1])
        told = json.loads(run("summarize", "a.txt", "-f", "json", "--timings")[1])
        assert set(told["timings"]) == {"clean_s", "total_s"}

    def test_one_bad_input_is_told_and_the_rest_go_on(self, run, here, model):
        code, out, err = run("summarize", "a.txt", "none.txt", "b.txt", "-f", "jsonl")
        assert code == 1
        assert err == "brief: none.txt: no such file\n"
        first, failed, last = map(json.loads, out.splitlines())
        assert failed["error"]["problem"] == "none.txt: no such file"
        assert first["error"] is last["error"] is None

    def test_nothing_but_bad_input_is_65(self, run, here, model):
        code, out, err = run("summarize", "none.txt", "nothing.txt")
        assert (code, out) == (65, "")
        assert err == "brief: none.txt: no such file\nbrief: nothing.txt: no such file\n"

    def test_warnings_go_to_stderr_unless_quiet(self, run, here, model):
        (here / "short.txt").write_text("The ferry to Osmund Island will stop running in May.")
        _, _, err = run("summarize", "short.txt")
        assert err.startswith("brief: short.txt: fewer_bullets: 1 of 2; ")
        assert run("summarize", "short.txt", "--quiet")[2] == ""

    def test_a_failure_is_told_even_when_quiet(self, run, here, model):
        assert run("summarize", "none.txt", "--quiet")[2] == "brief: none.txt: no such file\n"

    def test_a_message_cannot_steer_the_terminal(self, run, here, model):
        _, _, err = run("summarize", "no\x1b]2;file\x07\u202e.txt")
        assert err == "brief: no]2;file.txt: no such file\n"

    def test_a_bug_is_70_with_a_traceback_that_names_the_input(
        self, capsys, here, model, monkeypatch
    ):
        monkeypatch.setattr(model, "propose", lambda *_: 1 / 0)
        assert main.run(["summarize", "a.txt"]) == 70
        err = capsys.readouterr().err
        assert "ZeroDivisionError" in err
        assert "while summarizing a.txt\nbrief: this is a bug in brief" in err

    @pytest.mark.parametrize(("error", "code"), [(HubError, 69), (ModelError, 65)])
    def test_a_model_that_cannot_be_had_has_its_own_code(self, run, here, monkeypatch, error, code):
        def load_model(name, **_):
            raise error(f"{name}: not here", "use news-small, which is built in")

        monkeypatch.setattr("brief.models.load_model", load_model)
        assert run("summarize", "a.txt", "--model", "t5-small") == (
            code,
            "",
            "brief: t5-small: not here\n  use news-small, which is built in\n",
        )


class TestCache:
    def test_a_second_run_asks_no_model(self, run, here, model):
        first = run("summarize", ".", "-f", "jsonl")
        n_asked = len(model.asked)
        assert n_asked == 2
        assert run("summarize", ".", "-f", "jsonl") == first
        assert len(model.asked) == n_asked

    def test_without_cache_nothing_is_read_or_written(self, run, here, model, user_folders):
        run("summarize", "a.txt", "--no-cache")
        run("summarize", "a.txt", "--no-cache")
        assert len(model.asked) == 2
        assert list(user_folders.iterdir()) == []

    def test_a_cache_that_cannot_be_opened_is_told_and_done_without(
        self, run, here, model, monkeypatch
    ):
        (here / "file").write_text("in the way")
        monkeypatch.setenv("BRIEF_CACHE_DIR", str(here / "file"))
        code, out, err = run("summarize", "a.txt")
        assert code == 0
        assert out.startswith(HEADING)
        assert err.startswith("brief: going on without a cache: ")
        assert "file" in err


class TestOutput:
    def test_the_file_holds_what_stdout_would(self, run, here, model):
        _, shown, _ = run("summarize", "a.txt", "b.txt")
        code, out, _ = run("summarize", "a.txt", "b.txt", "-o", "out.txt")
        assert (code, out) == (0, "")
        assert (here / "out.txt").read_text() == shown

    def test_a_run_that_breaks_off_leaves_the_old_file_and_no_part(
        self, run, here, model, monkeypatch
    ):
        (here / "out.jsonl").write_text("old")

        def interrupted(article, chunks, config):
            if article.id == "b.txt":
                raise KeyboardInterrupt
            return FakeModel.propose(model, article, chunks, config)

        monkeypatch.setattr(model, "propose", interrupted)
        code, _, err = run("summarize", ".", "-f", "jsonl", "-o", "out.jsonl")
        assert code == 130
        assert err.splitlines() == [
            "brief: what is finished is in the cache; the same command goes on from there",
            "brief: interrupted",
        ]
        assert (here / "out.jsonl").read_text() == "old"
        assert sorted(path.name for path in here.iterdir()) == ["a.txt", "b.txt", "out.jsonl"]

    def test_without_cache_no_promise_to_go_on_is_made(self, run, here, model, monkeypatch):
        def interrupted(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr(model, "propose", interrupted)
        assert run("summarize", "a.txt", "--no-cache") == (130, "", "brief: interrupted\n")

    @pytest.mark.parametrize("name", ["no/such/folder.txt", "folder"])
    def test_a_place_that_cannot_be_written_is_told_before_the_work(self, run, here, model, name):
        (here / "folder").mkdir()
        code, out, err = run("summarize", "a.txt", "-o", name)
        assert (code, out) == (65, "")
        assert f"{name}: cannot be written (" in err
        assert model.asked == []
        assert list((here / "folder").iterdir()) == []

    def test_a_link_stays_one(self, run, here, model):
        (here / "link.txt").symlink_to("real.txt")
        run("summarize", "a.txt", "-o", "link.txt")
        assert (here / "link.txt").is_symlink()
        assert (here / "real.txt").read_text().startswith(HEADING)

    def test_a_device_is_written_to_and_not_replaced(self, run, here, model):
        assert run("summarize", "a.txt", "-o", os.devnull) == (0, "", "")
        assert Path(os.devnull).is_char_device()

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
    def test_a_full_disk_is_told(self, run, here, model):
        code, _, err = run("summarize", "a.txt", "-o", "/dev/full")
        assert code == 65
        assert "/dev/full: cannot be written (No space left on device)" in err
        assert Path("/dev/full").is_char_device()


class TestUsage:
    def test_without_arguments_help_is_shown(self, run):
        for args in ((), ("models",)):
            code, out, err = run(*args)
            assert (code, err) == (0, "")
            assert out == run(*args, "--help")[1]

    @pytest.mark.parametrize("command", COMMANDS)
    def test_help_is_whole_sentences_of_80_columns(self, run, monkeypatch, command):
        monkeypatch.setenv("COLUMNS", "80")
        _, out, _ = run(*command.split(), "--help")
        assert all(len(line) <= 80 for line in out.splitlines())
        assert not [line for line in out.splitlines() if line.endswith("...") and "[" not in line]

    @pytest.mark.parametrize("command", COMMANDS)
    def test_every_option_and_argument_has_help(self, command):
        found = typer.main.get_command(main.app)
        for name in command.split():
            found = found.commands[name]
        assert all(one.help for one in found.params if one.name != "help")

    @pytest.mark.parametrize(
        ("command", "default"),
        [("morning run", Morning().output), ("morning prune", Morning().keep_days)],
    )
    def test_help_names_the_defaults_of_a_briefing(self, run, command, default):
        _, out, _ = run(*command.split(), "--help")
        assert f"(default: {default})" in " ".join(out.split())

    def test_help_names_the_defaults_of_training(self, run):
        _, out, _ = run("train", "--help")
        said = " ".join(out.split())
        for name in ("epochs", "learning_rate", "warmup_steps"):
            bullets, salience = (f"{getattr(kind, name):g}" for kind in TRAININGS)
            assert f"(default: {bullets} for bullets, {salience} for salience)" in said
        for name in ("validate_every", "patience", "checkpoint_every"):
            bullets, salience = (f"{getattr(kind, name)}" for kind in TRAININGS)
            assert f"(default: {bullets} or {salience})" in said

    def test_the_version(self, run):
        assert run("--version") == (0, f"brief {brief.__version__}\n", "")

    @pytest.mark.parametrize(
        ("args", "said"),
        [
            (("sumarize", "a.txt"), "Did you mean 'summarize'?"),
            (("summarize", "--bulets", "3"), "--bullets"),
            (("summarize", "a.txt", "-n", "many"), "'many' is not a whole number"),
            (("summarize", "a.txt", "-n", "0"), "a whole number from 1 to 50, not 0"),
            (("summarize", "a.txt", "--threads", "0"), "a whole number from 1 to 1,024, not 0"),
            (("summarize", "a.txt", "--length", "tiny"), "short, medium, long, not 'tiny'"),
            (("summarize", "a.txt", "--engine", "tf"), "auto, ctranslate, hf, not 'tf'"),
            (("summarize", "a.txt", "-f", "jsn"), "'jsn' is not one of 'text'"),
            (("summarize", "a.txt", "--model", "news-smal"), "did you mean news-small?"),
            (("models", "show", "t5-smal"), "did you mean t5-small?"),
            (("models", "prepare", "t5-smal"), "did you mean t5-small?"),
            (("summarize",), "name a file, a folder, a URL, or - for stdin"),
            (("clean",), "name a file, a folder, a URL, or - for stdin"),
        ],
    )
    def test_a_wrong_word_is_2_and_says_what_is_right(self, run, here, args, said):
        code, out, err = run(*args)
        assert (code, out) == (2, "")
        assert said in err
        assert err.startswith("brief: ")

    def test_settings_come_from_the_environment_too(self, run, here, model, monkeypatch):
        monkeypatch.setenv("BRIEF_BULLETS", "4")
        assert run("summarize", "a.txt")[1].count("  • ") == 4
        assert run("summarize", "a.txt", "-n", 1)[1].count("  • ") == 1


class TestClean:
    def test_lines_are_tab_separated_for_programs(self, run, here):
        (here / "page.txt").write_text(PAGE)
        code, out, err = run("clean", "page.txt")
        assert (code, err) == (0, "")
        fields = [line.split("\t") for line in out.splitlines()]
        assert {len(row) for row in fields} == {3}
        assert [row[0] for row in fields][:3] == ["headline", "byline", "body"]
        assert fields[-1][:2] == ["tail", "Comments"]

    def test_json(self, run, here):
        (here / "page.txt").write_text(PAGE)
        _, out, _ = run("clean", "page.txt", "-f", "json")
        record = json.loads(out)
        assert record["schema"] == "brief.clean/2"
        assert record["byline"] == "Ana Quill"
        assert "".join(line["text"] for line in record["lines"]) == PAGE

    def test_a_bad_input_is_told_and_the_rest_go_on(self, run, here):
        code, out, err = run("clean", "none.txt", "a.txt", "-f", "json")
        assert code == 1
        assert err == "brief: none.txt: no such file\n"
        failed, cleaned = json.loads(out)
        assert failed["error"]["problem"] == "none.txt: no such file"
        assert cleaned["id"] == "a.txt"
        code, out, _ = run("clean", "none.txt", "a.txt", "b.txt")
        assert code == 1
        assert [line for line in out.splitlines() if "\t" not in line] == ["a.txt", "", "b.txt"]

    def test_nothing_but_bad_input_is_65(self, run, here):
        assert run("clean", "none.txt")[0] == 65

    def test_a_page_without_an_article_is_shown_too(self, run, here):
        (here / "menu.txt").write_text("Skip to content\nCookie settings\n")
        code, out, _ = run("clean", "menu.txt")
        assert code == 0
        assert out.splitlines()[0].startswith("navigation\tSkip to content\t")


class TestModels:
    def test_list_names_every_model_on_a_line(self, run):
        code, out, _ = run("models", "list")
        assert code == 0
        assert out.splitlines()[0].startswith("news-small ")
        assert "lexrank" in out

    def test_show_is_the_card(self, run):
        _, out, _ = run("models", "show", "news-small")
        card = json.loads(out)
        assert card["name"] == "news-small"
        assert card["budget"]["max_source_tokens"] > 0

    def test_prepare_loads_the_model_and_says_what_it_is(self, run, model):
        assert run("models", "prepare", "t5-small", "--engine", "ctranslate") == (
            0,
            "model fake\n",
            "",
        )
        assert model.loaded == [("t5-small", {"engine": "ctranslate"})]

    def test_prepare_heeds_the_settings(self, run, model, monkeypatch):
        monkeypatch.setenv("BRIEF_ENGINE", "hf")
        run("models", "prepare", "t5-small")
        assert model.loaded == [("t5-small", {"engine": "hf"})]


class TestProcess:
    """What only a real process can show. `lead` loads no weights."""

    def test_a_reader_that_has_had_enough_is_no_failure(self, here):
        (here / "rows.jsonl").write_text(rows(*ARTICLES * 40))
        command = [*BRIEF, "summarize", "rows.jsonl", "-f", "jsonl", "--model", "lead"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert json.loads(process.stdout.readline())["id"] == "0"
            process.stdout.close()
            assert process.stderr.read() == b""
            assert process.wait(timeout=60) == 0

    @pytest.mark.parametrize("command", ["models list", "--help", "clean rows.jsonl"])
    def test_nor_is_one_that_never_began(self, here, command):
        (here / "rows.jsonl").write_text(rows(*ARTICLES * 40))
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run(
            [*BRIEF, *command.split()], stdout=writing, stderr=subprocess.PIPE, check=False
        )
        os.close(writing)
        assert (done.returncode, done.stderr) == (0, b"")

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
    def test_a_full_disk_behind_stdout_is_told(self, here):
        with Path("/dev/full").open("wb") as full:
            command = [*BRIEF, "summarize", "a.txt", "--model", "lead"]
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
        assert done.returncode == 65
        assert done.stderr.splitlines()[0] == (
            b"brief: stdout: cannot be written (No space left on device)"
        )

    def test_closed_streams_break_nothing(self, here):
        def shell(redirection, *args):
            command = " ".join([*BRIEF, "summarize", *args, "--model", "lead", redirection])
            return subprocess.run(command, shell=True, capture_output=True, check=False, text=True)

        done = shell("<&-", "a.txt")
        assert (done.returncode, done.stderr) == (0, "")
        done = shell("<&-", "-")
        assert done.returncode == 65
        assert done.stderr.startswith("brief: stdin: empty")
        done = shell(">&-", "a.txt")
        assert done.returncode == 65
        assert done.stderr.startswith("brief: stdout is closed")
        done = shell("2>&-", "a.txt", "none.txt")
        assert done.returncode == 1
        assert "none.txt" not in done.stdout

    def test_pipes_get_utf_8_whatever_the_locale(self, here):
        done = subprocess.run(
            [*BRIEF, "summarize", "a.txt", "--model", "lead"],
            env={**os.environ, "PYTHONIOENCODING": "ascii"},
            capture_output=True,
            check=True,
        )
        assert done.stdout.decode().startswith(HEADING)

    def test_after_ctrl_c_the_same_command_goes_on(self, here, user_folders):
        """The first row's warning tells that the run has come past it; the last row never ends."""
        texts = ["The ferry to Osmund Island will stop running in May.", *ARTICLES * 6]
        command = [*BRIEF, "summarize", "-", "-f", "jsonl", "-o", "out.jsonl", "--model", "lead"]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            process.stdin.write(rows(*texts))
            process.stdin.flush()
            assert "0: fewer_bullets" in process.stderr.readline()
            process.send_signal(signal.SIGINT)
            assert process.stderr.read().splitlines() == [
                "brief: what is finished is in the cache; the same command goes on from there",
                "brief: interrupted",
            ]
            assert process.wait(timeout=60) == 130
        assert sorted(path.name for path in here.iterdir()) == ["a.txt", "b.txt"]
        kept = stored(user_folders)
        assert kept
        subprocess.run(command, input=rows(*texts), text=True, check=True, stderr=subprocess.PIPE)
        assert len((here / "out.jsonl").read_text().splitlines()) == len(texts)
        assert kept <= stored(user_folders)


class TestTerminal:
    """What a person sees, on a terminal of 60 columns."""

    def test_the_block_is_broken_between_words(self, here):
        shown = on_terminal(60, "summarize", "a.txt", "--model", "lead", "-n", "1")
        first, second, *rest = shown.replace("\r\n", "\n").split("\n")
        assert (first, rest[-1]) == (HEADING, "")
        assert second.startswith("  • Harbor workers")
        assert all(line.startswith("    ") for line in rest[:-1])
        said = " ".join([second.removeprefix("  • "), *map(str.strip, rest[:-1])])
        assert said == ARTICLES[0].splitlines()[0]

    def test_json_is_left_as_it_is(self, here):
        shown = on_terminal(60, "summarize", "a.txt", "--model", "lead", "-f", "jsonl")
        assert json.loads(shown)["id"] == "a.txt"

    def test_a_message_is_broken_between_words_too(self, here):
        (here / "short.txt").write_text("The ferry to Osmund Island will stop running in May.")
        shown = on_terminal(60, "summarize", "short.txt", "--model", "lead", "-f", "jsonl")
        warning = shown.split("{")[0].splitlines()
        assert len(warning) > 1
        assert all(len(line) <= 60 for line in warning)
        assert "no more that differ are in the sentences" in " ".join(warning)

    def test_cleaned_lines_are_a_coloured_table(self, here):
        (here / "page.txt").write_text(PAGE)
        shown = on_terminal(60, "clean", "page.txt")
        plain = re.sub("\x1b\\[[0-9;]*m", "", shown)
        assert "\x1b[1m" in shown
        assert all(len(line) <= 60 for line in plain.splitlines())
        assert plain.startswith("headline  Harbor bridge")

    def test_progress_is_told_where_results_go_elsewhere(self, here):
        told = on_terminal(60, "summarize", "a.txt", "b.txt", "--model", "lead", "-o", "out.txt")
        assert "articles" in told
        assert (here / "out.txt").read_text().count(HEADING) == 2
        quiet = on_terminal(
            60, "summarize", "a.txt", "b.txt", "--model", "lead", "-o", "out.txt", "-q"
        )
        assert quiet == ""


def on_terminal(columns, *args):
    """What a terminal is sent by a command whose stdout and stderr it is."""
    ours, theirs = pty.openpty()
    env = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm-256color"}
    env.pop("NO_COLOR", None)
    with subprocess.Popen([*BRIEF, *args], stdout=theirs, stderr=theirs, env=env) as process:
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # the end of a terminal is an error to Linux
            while piece := os.read(ours, 4096):
                shown += piece
        process.wait(timeout=60)
    os.close(ours)
    return shown.decode()


def stored(folder):
    """Rows of the cache; one that is written again gets another number."""
    with sqlite3.connect(folder / "summaries.sqlite3") as db:
        found = set(db.execute("SELECT rowid, article FROM summaries"))
    db.close()
    return found
