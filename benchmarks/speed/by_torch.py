"""The shapes trained by PyTorch, eagerly, with fused Adam.

Batches are gathered by index, without a DataLoader, whose workers would cost more than they bring.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import torch

from benchmarks.speed.shapes import LEARNING_RATE, Rows, Shape


def train(shape: Shape, rows: Rows, epochs: int) -> None:
    torch.manual_seed(0)
    run = _Run(shape, rows)
    for _ in range(epochs):
        run.epoch()


def network_of(shape: Shape) -> torch.nn.Sequential:
    modules: list[torch.nn.Module] = []
    for fan_in, fan_out in pairwise(shape.widths):
        modules += [torch.nn.Linear(fan_in, fan_out), torch.nn.ReLU()]
    return torch.nn.Sequential(*modules[:-1])


class _Run:
    def __init__(self, shape: Shape, rows: Rows) -> None:
        self._shape = shape
        self._inputs = torch.from_numpy(rows.inputs)
        self._targets: Any = torch.from_numpy(
            rows.targets if rows.classes is None else rows.classes
        )
        self._cost_of = torch.nn.CrossEntropyLoss() if shape.classifies else torch.nn.MSELoss()
        self._network = network_of(shape)
        self._parameters = list(self._network.parameters())
        self._optimizer = torch.optim.Adam(self._parameters, lr=LEARNING_RATE, fused=True)

    def epoch(self) -> tuple[float, float, float]:
        """One epoch; its cost, accuracy and gradient norm, as the engine reports them."""
        cost, right = 0.0, 0
        total: list[Any] = []
        for inputs, targets in self._batches():
            outputs, batch_cost = self._step(inputs, targets)
            cost += batch_cost * len(inputs)
            if self._shape.classifies:
                right += int((outputs.argmax(1) == targets).sum().item())
            self._gather(total, len(inputs))
        rows = self._shape.rows
        norm = torch.stack([part.norm() for part in total]).norm().item() / rows
        return cost / rows, right / rows, norm

    def _batches(self) -> Any:
        if self._shape.batch_size is None:
            yield self._inputs, self._targets
            return
        for rows in torch.randperm(self._shape.rows).split(self._shape.batch_size):
            yield self._inputs[rows], self._targets[rows]

    def _step(self, inputs: Any, targets: Any) -> tuple[Any, float]:
        self._optimizer.zero_grad()
        outputs = self._network(inputs)
        cost = self._cost_of(outputs, targets)
        cost.backward()
        self._optimizer.step()
        return outputs, cost.item()

    def _gather(self, total: list[Any], rows: int) -> None:
        """Add the batch's gradient, weighed by its rows, to the epoch's."""
        gradients = [parameter.grad for parameter in self._parameters]
        if total:
            torch._foreach_add_(total, gradients, alpha=rows)
        else:
            total += torch._foreach_mul(gradients, rows)
