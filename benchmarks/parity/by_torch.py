"""Training as PyTorch does it: autograd, its optimizers, its schedulers, its clipping."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.parity.cases import Body, Case
from benchmarks.parity.problems import Problem
from benchmarks.parity.torch_descent import LearningRate, optimizer_of
from benchmarks.parity.torch_network import cost_of, flat, network_of, penalties_of, tensor

# Inputs, targets and, where rows are weighted, weights of mean 1.
Rows = tuple[Tensor, ...]


def train(case: Case, problem: Problem) -> dict[str, Any]:
    """The parameters at the end, and of each epoch what its history row must hold."""
    return _Run(case, problem).results()


def gradient(body: Body, problem: Problem) -> dict[str, Any]:
    """The cost of all rows at the starting weights, and its gradient."""
    network = network_of(problem["weights"], _activations(body))
    cost = cost_of(body, network, tensor(problem["inputs"]), tensor(problem["targets"]))
    cost.backward()
    return {"cost": cost.item(), "gradient": flat(network, gradient=True).tolist()}


def _activations(body: Body) -> list[str]:
    return [layer["activation"] for layer in body["network"]["hidden"]]


class _Run:
    def __init__(self, case: Case, problem: Problem) -> None:
        self._case, self._body = case, case.body
        self._network = network_of(problem["weights"], _activations(case.body))
        self._training = _rows(problem, case.weighted)
        self._validation = _rows(problem["validation"], case.weighted) if case.validated else None
        rows = len(self._training[0])
        self._size = case.body["batch_size"] or rows
        options, epochs = case.body["optimizer"], case.body["epochs"]
        self._optimizer = optimizer_of(options, self._network)
        self._rate = LearningRate(
            options["learning_rate"], self._optimizer, epochs, -(-rows // self._size)
        )
        self._history: dict[str, list[float]] = {
            "costs": [],
            "validation_costs": [],
            "gradient_norms": [],
            "learning_rates": [],
        }

    def results(self) -> dict[str, Any]:
        for epoch in range(1, self._body["epochs"] + 1):
            self._epoch(epoch)
        history = {name: numbers for name, numbers in self._history.items() if numbers}
        return {"parameters": flat(self._network).tolist(), **history}

    def _epoch(self, epoch: int) -> None:
        rows = len(self._training[0])
        cost, summed, rate = 0.0, torch.zeros_like(flat(self._network)), 0.0
        batches = (part.split(self._size) for part in self._training)
        for batch in zip(*batches, strict=True):
            rate = self._rate.now
            met, slope = self._step(batch)
            cost += met * len(batch[0]) / rows
            summed += slope * (len(batch[0]) / rows)
            self._rate.after_step()
        if self._size == rows or self._body.get("training_cost") == "exact":
            cost = self._cost(self._training).item()
        self._report(cost, summed.norm().item(), rate)
        watched = self._history["validation_costs" if self._validation else "costs"][-1]
        self._rate.after_epoch(epoch, watched)

    def _step(self, batch: Rows) -> tuple[float, Tensor]:
        """One step; J as met before it, and its gradient before clipping."""
        self._optimizer.zero_grad()
        cost = self._cost(batch)
        cost.backward()
        slope = flat(self._network, gradient=True)
        if "clip_norm" in self._body:
            self._clip(slope.norm())
        self._optimizer.step()
        return cost.item(), slope

    def _clip(self, norm: Tensor) -> None:
        parameters, limit = list(self._network.parameters()), self._body["clip_norm"]
        if self._case.clips_with_epsilon:
            nn.utils.clip_grad_norm_(parameters, limit)
        else:
            # PyTorch scales by limit / (norm + 1e-6); a job's clip_norm by limit / norm.
            nn.utils.clip_grads_with_norm_(parameters, limit, norm - 1e-6)

    def _cost(self, rows: Rows) -> Tensor:
        cost = cost_of(self._body, self._network, *rows)
        return cost + penalties_of(self._body, self._network)

    def _report(self, cost: float, norm: float, rate: float) -> None:
        self._history["costs"].append(cost)
        self._history["gradient_norms"].append(norm)
        self._history["learning_rates"].append(rate)
        if self._validation is not None:
            without = cost_of(self._body, self._network, *self._validation)
            self._history["validation_costs"].append(without.item())


def _rows(part: dict[str, Any], weighted: bool) -> Rows:
    rows = tensor(part["inputs"]), tensor(part["targets"])
    if not weighted:
        return rows
    weights = tensor(part["row_weights"])
    return *rows, weights / weights.mean()
