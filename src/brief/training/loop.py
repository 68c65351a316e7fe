"""Training loop for any `TrainingTask`: optimizer, averaged weights, validation, checkpoints, resuming.

Step n depends only on the settings and the weights: its batch and its randomness (dropout) follow
from the seed and n, so a run that was interrupted, however often, ends with the same bytes as one
that was not. See `salience_task.py` and `seq2seq_task.py` for the tasks.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Protocol

import torch
import transformers

from brief.errors import ModelError, UsageError
from brief.training import checkpoint as checkpoint_file
from brief.training.checkpoint import deferred_interrupts
from brief.training.log import Clock, Log


class TrainingTask(Protocol):
    """What is learned."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """What decides the result besides `LoopSettings`, as plain values; a run is taken up
        only under the same.
        """
        ...

    @property
    def model(self) -> torch.nn.Module:
        """What is trained; what of it requires no gradient stays as it is."""
        ...

    def rate_of(self, name: str) -> float:
        """The learning rate of a parameter, as a part of the run's."""
        ...

    def loss(self, step: int) -> tuple[torch.Tensor, int]:
        """The loss on the batch of a step (from 0), and how many examples it holds.

        Deterministic, but for chance that is drawn from torch's own generator.
        """
        ...

    def validate(self) -> Mapping[str, float]:
        """Scores on unseen examples; `score` decides which weights are best, higher is better."""
        ...

    def write(self, folder: Path) -> None:
        """Write the model as it is now, as users load it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopSettings:
    """How a run goes.

    Attributes:
        n_steps: Steps in all; the learning rate falls to 0 at the last.
        learning_rate: The highest.
        warmup_steps: Steps from 0 to the highest.
        schedule: Its fall, as transformers names it: `linear` or `cosine`.
        decay_steps: Steps of a linear fall at the end, level before; None to fall all the way by
            `schedule`.
        weight_decay: Of matrices.
        max_grad_norm: A longer gradient is scaled down to it.
        ema_decay: Of the averaged weights, which are what is validated and written.
        validate_every: Steps.
        patience: Validations without a better score before the run ends.
        checkpoint_every: Steps; decides nothing of the result.
        bf16: Whether to compute in bfloat16 where that loses nothing.
        seed: Of everything that is drawn.
    """

    n_steps: int
    learning_rate: float = 6e-4
    warmup_steps: int = 150
    schedule: str = "linear"
    decay_steps: int | None = None
    weight_decay: float = 0.01
    max_grad_norm: float = 1.0
    ema_decay: float = 0.999
    validate_every: int = 500
    patience: int = 5
    checkpoint_every: int = 200
    bf16: bool = False
    seed: int = 0

    @classmethod
    def of(cls, settings: object, n_steps: int, **changed: int) -> "LoopSettings":
        """The loop's part of a training part's settings, by the names of the fields.

        Args:
            settings: A dataclass; its `warmup_steps` are at most a tenth of the steps, and a
                `bf16` of None is decided by the processor.
            n_steps: Steps in all.
            changed: Fields whose values follow from the number of steps.
        """
        known: dict[str, Any] = {
            field.name: getattr(settings, field.name)
            for field in fields(cls)
            if hasattr(settings, field.name)
        }
        known["warmup_steps"] = min(known["warmup_steps"], n_steps // 10)
        if known["bf16"] is None:
            known["bf16"] = has_fast_bf16()
        return cls(**{**known, "n_steps": n_steps, **changed})


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands.

    Attributes:
        step, n_steps: Steps done and in all.
        loss: Of the last step.
        examples_per_s: Of late.
        eta_s: Seconds to the last step at that speed; None when it cannot be told yet.
        scores: Of a validation that has just been made, else empty.
    """

    step: int
    n_steps: int
    loss: float
    examples_per_s: float
    eta_s: float | None
    scores: Mapping[str, float]


def use_threads(n: int) -> None:
    """Compute on so many CPU threads.

    Raises:
        UsageError: Fewer than one.
    """
    if n < 1:
        raise UsageError(f"--threads {n}: at least 1")
    torch.set_num_threads(n)


def has_fast_bf16() -> bool:
    """Whether this processor multiplies bfloat16 in hardware; elsewhere it is slower."""
    capability = torch.backends.cpu.get_cpu_capability()
    if capability.startswith("AVX512"):
        return bool(torch.cpu._is_avx512_bf16_supported())  # noqa: SLF001  (torch has no other way)
    return False


class Run:
    """A training run in its folder.

    Args:
        task: What is learned.
        settings: How.
        folder: Where checkpoint and log are kept.
        tell: Is called with the run's progress, every few steps.

    Raises:
        UsageError: The folder holds a run with other settings.
        StorageError: Its checkpoint cannot be read.
    """

    def __init__(
        self,
        task: TrainingTask,
        settings: LoopSettings,
        folder: Path,
        tell: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self.task = task
        self._settings = settings
        self._folder = folder
        self._tell = tell
        self._named = {
            name: weight for name, weight in task.model.named_parameters() if weight.requires_grad
        }
        self._optimizer = torch.optim.AdamW(
            self._groups(), lr=settings.learning_rate, betas=(0.9, 0.98), eps=1e-8, fused=True
        )
        self._schedule = _schedule(self._optimizer, settings)
        self._average = Average(self._named, settings.ema_decay)
        self.step = 0
        self.base: Mapping[str, float] | None = None
        self.best: dict[str, float] | None = None
        self._best_weights: dict[str, torch.Tensor] = {}
        self._n_worse = 0
        self._log = Log(folder)
        self._take_up()

    @property
    def settings(self) -> dict[str, Any]:
        """What decides the result."""
        own = asdict(self._settings)
        del own["checkpoint_every"]
        return {**own, **self.task.settings}

    @property
    def is_done(self) -> bool:
        """Whether all steps are done, or it has stopped getting better."""
        return self.step >= self._settings.n_steps or self._n_worse >= self._settings.patience

    def validate_base(self) -> Mapping[str, float]:
        """Score the weights before the first step, so that it can be said what they gained."""
        self.base = self._scores()
        return self.base

    def train(self) -> None:
        """Go on to the end.

        Raises:
            ModelError: The loss is not a number; the last checkpoint is good.
            StorageError: A checkpoint cannot be written; the one before it is good.
            KeyboardInterrupt: After Ctrl-C, when a checkpoint has been written.
        """
        clock = Clock()
        with deferred_interrupts() as interrupted:
            while not self.is_done:
                loss, n_examples = self._one_step()
                clock.lap(n_examples)
                scores: Mapping[str, float] = {}
                if self.step % self._settings.validate_every == 0 or self._is_last:
                    scores = self._validate()
                    clock.skip()
                self._log.add(self.step, loss, float(self._schedule.get_last_lr()[0]), scores)
                self._tell(self._progress(loss, clock, scores))
                if (
                    self.step % self._settings.checkpoint_every == 0
                    or self.is_done
                    or interrupted()
                ):
                    self.checkpoint()
                    clock.skip()
                if interrupted():
                    raise KeyboardInterrupt

    def write(self, folder: Path) -> None:
        """Write the best weights so far as a model; the averaged ones before any validation.

        Raises:
            StorageError: They cannot be written.
        """
        with self._average.in_place(self._best_weights or None):
            self.task.write(folder)

    def checkpoint(self) -> None:
        """Write down where the run stands.

        Raises:
            StorageError: It cannot be written.
        """
        self._log.flush()
        checkpoint_file.write(
            self._folder,
            {
                "settings": self.settings,
                "step": self.step,
                "weights": {name: weight.detach() for name, weight in self._named.items()},
                "average": self._average.weights,
                "optimizer": self._optimizer.state_dict(),
                "schedule": self._schedule.state_dict(),
                "base": self.base,
                "best": self.best,
                "best_weights": self._best_weights,
                "n_worse": self._n_worse,
            },
        )

    @property
    def _is_last(self) -> bool:
        return self.step == self._settings.n_steps

    def _take_up(self) -> None:
        state = checkpoint_file.read(self._folder)
        if state is None:
            self._log.begin()
            return
        checkpoint_file.same_settings(self._folder, state["settings"], self.settings)
        with torch.no_grad():
            for name, weight in self._named.items():
                weight.copy_(state["weights"][name])
        self._average.weights = state["average"]
        self._optimizer.load_state_dict(state["optimizer"])
        self._schedule.load_state_dict(state["schedule"])
        self.step = state["step"]
        self.base = state["base"]
        self.best = state["best"]
        self._best_weights = state["best_weights"]
        self._n_worse = state["n_worse"]
        self._log.cut(self.step)

    def _one_step(self) -> tuple[float, int]:
        # Chance follows from the number of the step: nothing of it needs to be kept.
        torch.manual_seed(self._settings.seed * 1_000_003 + self.step)
        self.task.model.train()
        with torch.autocast("cpu", torch.bfloat16, enabled=self._settings.bf16):
            loss, n_examples = self.task.loss(self.step)
        value = float(loss.detach())
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        norm = torch.nn.utils.clip_grad_norm_(
            list(self._named.values()), self._settings.max_grad_norm
        )
        if not math.isfinite(value) or not math.isfinite(float(norm)):
            raise ModelError(
                f"{self._folder}: at step {self.step + 1} the loss is not a number",
                "the last checkpoint is good; begin anew with a lower --learning-rate",
            )
        self._optimizer.step()
        self._schedule.step()
        self.step += 1
        self._average.update(self.step)
        return value, n_examples

    def _scores(self) -> dict[str, float]:
        self.task.model.eval()
        with (
            self._average.in_place(),
            torch.inference_mode(),
            torch.autocast("cpu", torch.bfloat16, enabled=self._settings.bf16),
        ):
            return dict(self.task.validate())

    def _validate(self) -> Mapping[str, float]:
        scores = self._scores()
        if self.best is None or scores["score"] > self.best["score"]:
            self.best = {**scores, "step": self.step}
            self._best_weights = self._average.copy()
            self._n_worse = 0
        else:
            self._n_worse += 1
        return scores

    def _groups(self) -> list[dict[str, Any]]:
        """Parameters with the same rate and decay together."""
        groups: dict[tuple[float, float], list[torch.Tensor]] = {}
        for name, weight in self._named.items():
            # Biases and layer norms are not pulled to 0, as ever since BERT.
            decay = self._settings.weight_decay if weight.dim() > 1 else 0.0
            groups.setdefault((self.task.rate_of(name), decay), []).append(weight)
        return [
            {"params": weights, "lr": self._settings.learning_rate * rate, "weight_decay": decay}
            for (rate, decay), weights in groups.items()
        ]

    def _progress(self, loss: float, clock: Clock, scores: Mapping[str, float]) -> Progress:
        n_steps = self._settings.n_steps
        eta_s = None if clock.step_s is None else clock.step_s * (n_steps - self.step)
        return Progress(self.step, n_steps, loss, clock.examples_per_s, eta_s, scores)


def _schedule(
    optimizer: torch.optim.Optimizer, settings: LoopSettings
) -> torch.optim.lr_scheduler.LRScheduler:
    name, kwargs = settings.schedule, {}
    if settings.decay_steps is not None:
        name, kwargs = (
            "warmup_stable_decay",
            {
                "num_decay_steps": settings.decay_steps,
                "warmup_type": "linear",
                "decay_type": "linear",
            },
        )
    schedule: torch.optim.lr_scheduler.LRScheduler = transformers.get_scheduler(
        name,
        optimizer,
        num_warmup_steps=settings.warmup_steps,
        num_training_steps=settings.n_steps,
        scheduler_specific_kwargs=kwargs,
    )
    return schedule


class Average:
    """An exponential moving average of parameters.

    Args:
        named: The parameters by name.
        decay: Weight of what is known against the newest, once enough is known.
    """

    def __init__(self, named: Mapping[str, torch.nn.Parameter], decay: float) -> None:
        self._named = named
        self._decay = decay
        self.weights = {name: weight.detach().clone() for name, weight in named.items()}

    def update(self, step: int) -> None:
        """Move towards the weights as they are after a step (from 1).

        The first steps count for more: the beginning is to be forgotten.

        Source:
            The same ramp as TensorFlow's ExponentialMovingAverage with `num_updates`.
        """
        decay = min(self._decay, (1 + step) / (10 + step))
        own = [self.weights[name] for name in self._named]
        now = [weight.detach() for weight in self._named.values()]
        torch._foreach_lerp_(own, now, 1 - decay)

    def copy(self) -> dict[str, torch.Tensor]:
        """The average as it is now."""
        return {name: weight.clone() for name, weight in self.weights.items()}

    @contextmanager
    def in_place(self, weights: Mapping[str, torch.Tensor] | None = None) -> Iterator[None]:
        """The average, or other weights, in the model for a while."""
        put = self.weights if weights is None else weights
        held = {name: weight.detach().clone() for name, weight in self._named.items()}
        _put(self._named, put)
        try:
            yield
        finally:
            _put(self._named, held)


def _put(named: Mapping[str, torch.nn.Parameter], weights: Mapping[str, torch.Tensor]) -> None:
    with torch.no_grad():
        for name, weight in named.items():
            weight.copy_(weights[name])
