import io
import sys

import pytest

from brief.cli.main import run
from brief.cli.terminal import ticker
from tests.fakes import tiny_models
from tests.training.test_train_bullets import write_rows

pytestmark = pytest.mark.torch


@pytest.fixture
def command(tmp_path):
    base = tiny_models.save(tmp_path / "bart", "bart", 400)
    data = write_rows(
        tmp_path / "set.jsonl", tiny_models.ARTICLES, lambda lines: [lines[1], lines[4]]
    )
    return f"train --data {data} --base {base} -o {tmp_path / 'out'} --steps 4 --validate-every 2"


def test_a_run_tells_what_it_does_and_goes_on_from_there(command, tmp_path, capsys):
    assert run(command.split()) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "pairs: highlights" in told.err
    assert "step 1 of 4, loss " in told.err
    assert "step 2: score " in told.err
    assert f"{tmp_path / 'out'}: the best model (score" in told.err
    assert "the base, to compare: score " in told.err
    assert "base, length medium: score " in told.err
    assert "new, length medium: score " in told.err
    assert run([*command.split(), "--quiet"]) == 0
    assert capsys.readouterr().err == ""


def test_export_writes_the_best_so_far(command, tmp_path, capsys):
    assert run(command.split()) == 0
    before = (tmp_path / "out" / "model.safetensors").read_bytes()
    (tmp_path / "out" / "model.safetensors").unlink()
    assert run([*command.split(), "--export"]) == 0
    assert (tmp_path / "out" / "model.safetensors").read_bytes() == before


def test_mistakes_are_usage_errors(command, capsys):
    assert run([*command.split(), "--threads", "0"]) == 2
    assert run([*command.split(), "--base", "lead"]) == 2
    assert run([*command.split(), "--part", "titles"]) == 2
    assert run([*command.split(), "--part", "salience", "--mix", "skip=1"]) == 2
    assert "nothing to train" in capsys.readouterr().err


def test_a_ticker_keeps_one_line_on_a_terminal_and_few_elsewhere(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    shown = {}
    for stream in (Terminal(), io.StringIO()):
        monkeypatch.setattr(sys, "stderr", stream)
        with ticker(wanted=True, every_s=3600.0) as tick:
            tick("step 1")
            tick("step 2")
        shown[stream.isatty()] = stream.getvalue()
    assert shown == {True: "\r\x1b[Kstep 1\r\x1b[Kstep 2\n", False: "brief: step 1\n"}
