import csv
import errno
import os
import signal

import pytest

from brief.errors import ModelError, StorageError, UsageError

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from brief.training import checkpoint  # noqa: E402
from brief.training.loop import LoopSettings, Run, use_threads  # noqa: E402

SETTINGS = LoopSettings(
    n_steps=24,
    learning_rate=0.05,
    warmup_steps=2,
    validate_every=6,
    checkpoint_every=5,
    ema_decay=0.9,
)


class Line:
    """A task of its own kind: points on a line, through a layer with dropout."""

    def __init__(self, *, name="line", spoiled_at=None, stop_at=None, scores=None):
        torch.manual_seed(3)
        self.model = torch.nn.Sequential(
            torch.nn.Linear(3, 4), torch.nn.Dropout(0.3), torch.nn.Linear(4, 1)
        )
        self.settings = {"name": name}
        self._spoiled_at = spoiled_at
        self._stop_at = stop_at
        self._scores = scores
        self.seen = []

    def rate_of(self, name):
        return 0.5 if name.startswith("0.") else 1.0

    def loss(self, step):
        self.seen.append(step)
        if step == self._stop_at:
            os.kill(os.getpid(), signal.SIGINT)
        points = torch.randn(8, 3, generator=torch.Generator().manual_seed(step))
        loss = (self.model(points).squeeze(1) - points.sum(1)).square().mean()
        return (loss * float("nan") if step == self._spoiled_at else loss), 8

    def validate(self):
        if self._scores is not None:
            return {"score": self._scores.pop(0)}
        points = torch.ones(1, 3)
        return {"score": -abs(float(self.model(points)) - 3)}

    def write(self, folder):
        folder.mkdir(exist_ok=True)
        torch.save(self.model.state_dict(), folder / "model.pt")


def weights(run, folder):
    run.write(folder)
    return (folder / "model.pt").read_bytes()


def undisturbed(tmp_path):
    run = Run(Line(), SETTINGS, tmp_path / "whole")
    run.train()
    return run


def test_a_run_gets_better_and_reports(tmp_path):
    told = []
    run = Run(Line(), SETTINGS, tmp_path, told.append)
    run.train()
    assert [progress.step for progress in told] == list(range(1, 25))
    assert sum(p.loss for p in told[-5:]) < sum(p.loss for p in told[:5])
    assert [p.step for p in told if p.scores] == [6, 12, 18, 24]
    assert told[-1].eta_s == 0
    assert run.best["score"] == max(p.scores["score"] for p in told if p.scores)


def test_an_interrupted_run_ends_with_the_bytes_of_an_undisturbed_one(tmp_path):
    whole = undisturbed(tmp_path)
    folder = tmp_path / "parts"
    for stop_at in (3, 11, 12):
        with pytest.raises(KeyboardInterrupt):
            Run(Line(stop_at=stop_at), SETTINGS, folder).train()
    run = Run(Line(), SETTINGS, folder)
    assert run.step == 13
    run.train()
    assert run.best == whole.best
    assert weights(run, tmp_path / "a") == weights(whole, tmp_path / "b")


def test_a_killed_run_does_the_steps_after_its_checkpoint_again(tmp_path):
    whole = undisturbed(tmp_path)
    folder = tmp_path / "parts"

    def kill(progress):
        if progress.step == 13:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        Run(Line(), SETTINGS, folder, kill).train()
    run = Run(Line(), SETTINGS, folder)
    assert run.step == 10
    run.train()
    assert weights(run, tmp_path / "a") == weights(whole, tmp_path / "b")
    logs = [(tmp_path / name / "log.csv").read_text() for name in ("whole", "parts")]
    assert logs[0] == logs[1]


def test_a_finished_run_has_nothing_left_to_do(tmp_path):
    undisturbed(tmp_path)
    task = Line()
    run = Run(task, SETTINGS, tmp_path / "whole")
    assert run.is_done
    run.train()
    assert task.seen == []


def test_other_settings_are_refused_and_named(tmp_path):
    undisturbed(tmp_path)
    other = LoopSettings(n_steps=24, learning_rate=0.1, warmup_steps=2, validate_every=6)
    with pytest.raises(UsageError) as caught:
        Run(Line(name="circle"), other, tmp_path / "whole")
    for part in ("learning_rate was 0.05, is 0.1", "name was 'line', is 'circle'", "ema_decay"):
        assert part in caught.value.problem
    assert "warmup_steps" not in caught.value.problem


def test_how_often_checkpoints_are_written_may_change(tmp_path):
    undisturbed(tmp_path)
    often = LoopSettings(
        n_steps=24,
        learning_rate=0.05,
        warmup_steps=2,
        validate_every=6,
        checkpoint_every=1,
        ema_decay=0.9,
    )
    assert Run(Line(), often, tmp_path / "whole").step == 24


def test_a_loss_that_is_no_number_ends_the_run_with_its_last_checkpoint(tmp_path):
    with pytest.raises(ModelError, match="step 13 the loss is not a number"):
        Run(Line(spoiled_at=12), SETTINGS, tmp_path).train()
    run = Run(Line(), SETTINGS, tmp_path)
    assert run.step == 10
    assert all(weight.isfinite().all() for weight in run.task.model.parameters())


@pytest.mark.parametrize("full", [OSError(errno.ENOSPC, "No space left on device"), RuntimeError()])
def test_a_full_disk_leaves_the_checkpoint_before(tmp_path, monkeypatch, full):
    with pytest.raises(KeyboardInterrupt):
        Run(Line(stop_at=6), SETTINGS, tmp_path).train()
    before = (tmp_path / checkpoint.NAME).read_bytes()

    def no_room(state, file):
        file.write(b"half")
        raise full

    monkeypatch.setattr(torch, "save", no_room)
    run = Run(Line(), SETTINGS, tmp_path)
    with pytest.raises(StorageError, match="cannot be written"):
        run.train()
    assert (tmp_path / checkpoint.NAME).read_bytes() == before
    assert list(tmp_path.glob(".*")) == []


def test_a_damaged_checkpoint_is_named(tmp_path):
    (tmp_path / checkpoint.NAME).write_bytes(b"PK damaged")
    with pytest.raises(StorageError, match="not a checkpoint"):
        Run(Line(), SETTINGS, tmp_path)


def test_a_checkpoint_runs_no_code(tmp_path):
    class Evil:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "ran"),))

    torch.save({"settings": Evil()}, tmp_path / checkpoint.NAME)
    with pytest.raises(StorageError):
        Run(Line(), SETTINGS, tmp_path)
    assert not (tmp_path / "ran").exists()


def test_it_stops_when_it_gets_no_better_and_writes_the_best(tmp_path):
    settings = LoopSettings(n_steps=100, validate_every=2, patience=2, checkpoint_every=50)
    run = Run(Line(scores=[0.1, 0.3, 0.2, 0.25]), settings, tmp_path)
    run.train()
    assert run.step == 8
    assert run.best == {"score": 0.3, "step": 4}
    run.write(tmp_path / "model")
    best = torch.load(tmp_path / "model" / "model.pt")
    assert not torch.equal(best["0.weight"], run.task.model.state_dict()["0.weight"])


def test_what_requires_no_gradient_stays(tmp_path):
    task = Line()
    task.model[0].requires_grad_(requires_grad=False)
    before = task.model[0].weight.clone()
    Run(task, SETTINGS, tmp_path).train()
    assert torch.equal(task.model[0].weight, before)


def test_the_log_has_every_validation(tmp_path):
    undisturbed(tmp_path)
    with (tmp_path / "whole" / "log.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["step"] for row in rows] == ["6", "10", "12", "18", "20", "24"]
    assert [row["scores"] != "" for row in rows] == [True, False, True, True, False, True]


def test_the_base_s_scores_are_kept(tmp_path):
    settings = LoopSettings(n_steps=4, validate_every=2, checkpoint_every=50)
    run = Run(Line(scores=[0.4, 0.3, 0.2]), settings, tmp_path)
    assert run.validate_base() == {"score": 0.4}
    run.train()
    assert run.best == {"score": 0.3, "step": 2}
    assert Run(Line(), settings, tmp_path).base == {"score": 0.4}


def test_threads_are_at_least_one():
    with pytest.raises(UsageError, match="at least 1"):
        use_threads(0)
