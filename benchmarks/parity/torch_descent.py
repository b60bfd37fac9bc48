"""A job's optimizer and learning rate in PyTorch's own pieces."""

from __future__ import annotations

from typing import Any

from torch import nn
from torch.optim import SGD, Adagrad, Adam, AdamW, NAdam, Optimizer, RMSprop, lr_scheduler

from benchmarks.parity.torch_network import linears_of

OPTIMIZERS: dict[str, type[Optimizer]] = {
    "gradient_descent": SGD,
    "momentum": SGD,
    "rmsprop": RMSprop,
    "adagrad": Adagrad,
    "adam": Adam,
    "adamw": AdamW,
    "nadam": NAdam,
}
NAMES = {"smoothing": "alpha", "epsilon": "eps"}


def optimizer_of(options: dict[str, Any], network: nn.Sequential) -> Optimizer:
    """PyTorch's optimizer; what a job leaves out keeps PyTorch's own default."""
    kind, rate = options["kind"], options["learning_rate"]
    initial = rate["initial"] if isinstance(rate, dict) else rate
    given = {k: v for k, v in options.items() if k not in ("kind", "learning_rate")}
    if kind == "momentum":
        given.setdefault("momentum", 0.9)  # PyTorch's default is none
    if "beta_1" in given:
        given["betas"] = (given.pop("beta_1"), given.pop("beta_2"))
    named = {NAMES.get(name, name): value for name, value in given.items()}
    linears = linears_of(network)
    groups: list[dict[str, Any]] = [
        {"params": [linear.weight for linear in linears]},
        {"params": [linear.bias for linear in linears]},
    ]
    if kind == "adamw":
        groups[1]["weight_decay"] = 0.0  # biases do not decay
    return OPTIMIZERS[kind](groups, lr=initial, **named)


class LearningRate:
    """Calls PyTorch's schedulers as its documentation says: after a step, or after an epoch."""

    def __init__(self, rate: Any, optimizer: Optimizer, epochs: int, steps: int) -> None:
        self._rate = rate if isinstance(rate, dict) else {"kind": "constant", "initial": rate}
        self._optimizer, self._epochs, self._steps = optimizer, epochs, steps
        self._warmup_epochs = self._rate.get("warmup_epochs", 0)
        self._by_step = self._by_epoch = None
        if self._warmup_epochs:
            length = self._warmup_epochs * steps
            # Step t of the warm-up goes (t + 1)/length of the way; the last goes all of it.
            self._by_step = lr_scheduler.LinearLR(optimizer, 1 / length, total_iters=length - 1)
        elif self._rate["kind"] == "one_cycle":
            self._by_step = self._one_cycle()
        else:
            self._by_epoch = self._schedule()

    @property
    def now(self) -> float:
        return float(self._optimizer.param_groups[0]["lr"])

    def after_step(self) -> None:
        if self._by_step is not None:
            self._by_step.step()

    def after_epoch(self, epoch: int, watched: float) -> None:
        """`watched` is the cost that a plateau is seen in."""
        if epoch < self._warmup_epochs:
            return
        if self._warmup_epochs and epoch == self._warmup_epochs:
            self._by_step, self._by_epoch = None, self._schedule()
        elif isinstance(self._by_epoch, lr_scheduler.ReduceLROnPlateau):
            self._by_epoch.step(watched)
        elif self._by_epoch is not None:
            self._by_epoch.step()

    def _schedule(self) -> Any:
        rate, optimizer = self._rate, self._optimizer
        if rate["kind"] == "step":
            return lr_scheduler.StepLR(optimizer, rate["every"], rate["factor"])
        if rate["kind"] == "exponential":
            return lr_scheduler.ExponentialLR(optimizer, rate["factor"])
        if rate["kind"] == "inverse_time":
            return lr_scheduler.LambdaLR(optimizer, lambda done: 1 / (1 + rate["decay"] * done))
        if rate["kind"] == "cosine":
            length = self._epochs - self._warmup_epochs
            return lr_scheduler.CosineAnnealingLR(optimizer, length, rate["final"])
        if rate["kind"] == "plateau":
            # `eps`, below which PyTorch leaves a cut out, is not part of a job.
            return lr_scheduler.ReduceLROnPlateau(
                optimizer,
                factor=rate["factor"],
                patience=rate["patience"],
                threshold=rate["threshold"],
                cooldown=rate["cooldown"],
                min_lr=rate["minimum"],
                eps=0.0,
            )
        return lr_scheduler.ConstantLR(optimizer, factor=1.0)

    def _one_cycle(self) -> Any:
        rate, total = self._rate, self._epochs * self._steps
        # Of PyTorch's defaults, but that the momentum does not cycle as well.
        given = {"max_lr": 25 * rate["initial"], "cycle_momentum": False}
        if "peak" in rate:
            given["max_lr"] = rate["peak"]
            given["div_factor"] = rate["peak"] / rate["initial"]
            given["final_div_factor"] = rate["initial"] / rate["final"]
            given["pct_start"] = rate["rise"]
        return lr_scheduler.OneCycleLR(self._optimizer, total_steps=total, **given)
