"""Gradient descent: the step, w ← w − α·∂J/∂w, and its kin. It never sees data.

Every rule works in place on the flat parameter vector, given the gradient and α. Where published
conventions differ, the update is the one PyTorch documents. What a rule remembers from step to
step are its `slots`, vectors like the parameters, and `count`, the steps taken.

Each rule is `_update` on a stretch of the vectors; long vectors are walked in stretches that fit
the processor's cache, so that a step of many small passes reads memory once.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from engine.spec import OptimizerSpec

Array = NDArray[Any]

STRETCH_BYTES = 192 * 1024


class Descent(ABC):
    """A step rule over a flat vector (parameters,)."""

    slot_names: ClassVar[tuple[str, ...]] = ()

    def __init__(self, options: Mapping[str, Any], size: int, dtype: str) -> None:
        self._options = options
        self.count = 0
        self.slots: dict[str, Array] = {name: np.zeros(size, dtype) for name in self.slot_names}
        length = STRETCH_BYTES // np.dtype(dtype).itemsize
        self._stretches = [slice(at, min(at + length, size)) for at in range(0, size, length)]
        self._scratch = np.empty(min(length, size), dtype)

    def step(self, parameters: Array, gradient: Array, learning_rate: float) -> None:
        """Move `parameters` one step against `gradient`, in place.

        `gradient` may be overwritten.
        """
        self.count += 1
        scalars = self._scalars(learning_rate)
        for stretch in self._stretches:
            w, g = parameters[stretch], gradient[stretch]
            slots = [slot[stretch] for slot in self.slots.values()]
            self._update(w, g, self._scratch[: len(w)], scalars, *slots)

    def _scalars(self, learning_rate: float) -> tuple[float, ...]:
        """The numbers of this step that are the same for every parameter."""
        return (learning_rate,)

    @abstractmethod
    def _update(
        self, w: Array, g: Array, scratch: Array, scalars: tuple[float, ...], *slots: Array
    ) -> None:
        """Move the stretch `w` along `g`, (stretch,) like `scratch` and every slot, in place."""


class GradientDescent(Descent):
    """w ← w − α·g"""

    def _update(
        self, w: Array, g: Array, scratch: Array, scalars: tuple[float, ...], *_: Array
    ) -> None:
        np.multiply(g, scalars[0], out=scratch)
        np.subtract(w, scratch, out=w)


class Momentum(Descent):
    """v ← μ·v + g;  w ← w − α·v, or with Nesterov's look ahead  w ← w − α·(g + μ·v)

    Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning".
    """

    slot_names = ("velocity",)

    def _update(
        self, w: Array, g: Array, scratch: Array, scalars: tuple[float, ...], *slots: Array
    ) -> None:
        (v,), momentum = slots, self._options["momentum"]
        np.multiply(v, momentum, out=v)
        np.add(v, g, out=v)
        if self._options["nesterov"]:
            np.multiply(v, momentum, out=scratch)
            np.add(scratch, g, out=scratch)
            np.multiply(scratch, scalars[0], out=scratch)
        else:
            np.multiply(v, scalars[0], out=scratch)
        np.subtract(w, scratch, out=w)


class RMSProp(Descent):
    """s ← ρ·s + (1 − ρ)·g²;  w ← w − α·g / (√s + ε)     (Hinton 2012, lecture 6e)"""

    slot_names = ("squares",)

    def _update(
        self, w: Array, g: Array, scratch: Array, scalars: tuple[float, ...], *slots: Array
    ) -> None:
        (s,), smoothing = slots, self._options["smoothing"]
        np.multiply(g, g, out=scratch)
        np.multiply(scratch, 1.0 - smoothing, out=scratch)
        np.multiply(s, smoothing, out=s)
        np.add(s, scratch, out=s)
        _step_by_root(w, g, s, scratch, scalars[0], self._options["epsilon"])


class AdaGrad(Descent):
    """s ← s + g²;  w ← w − α·g / (√s + ε)     (Duchi, Hazan & Singer 2011)"""

    slot_names = ("squares",)

    def _update(
        self, w: Array, g: Array, scratch: Array, scalars: tuple[float, ...], *slots: Array
    ) -> None:
        (s,) = slots
        np.multiply(g, g, out=scratch)
        np.add(s, scratch, out=s)
        _step_by_root(w, g, s, scratch, scalars[0], self._options["epsilon"])


class Adam(Descent):
    """m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²;  w ← w − α·m̂ / (√v̂ + ε)

    with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ): Kingma & Ba 2015, "Adam". The slots hold
    M = m/(1 − β₁) and V = v/(1 − β₂), which spares two passes; with c = √((1 − β₂)/(1 − β₂ᵗ))
    the step is then w ← w − α·(1 − β₁)/(1 − β₁ᵗ)/c · M / (√V + ε/c).
    """

    slot_names = ("first_moment", "second_moment")

    def _scalars(self, learning_rate: float) -> tuple[float, ...]:
        beta_1, beta_2 = self._options["beta_1"], self._options["beta_2"]
        c = math.sqrt((1.0 - beta_2) / (1.0 - beta_2**self.count))
        rate = learning_rate * (1.0 - beta_1) / (1.0 - beta_1**self.count) / c
        return (rate, self._options["epsilon"] / c, beta_1, beta_2)

    def _update(
        self, w: Array, g: Array, scratch: Array, scalars: tuple[float, ...], *slots: Array
    ) -> None:
        m, v = slots
        rate, epsilon, beta_1, beta_2 = scalars[:4]
        np.multiply(m, beta_1, out=m)
        np.add(m, g, out=m)
        _decay_squares(v, g, beta_2, scratch)
        _step_by_root(w, m, v, scratch, rate, epsilon)


class AdamW(Adam):
    """Adam, and apart from it w ← w − α·λ·w on weights, not biases.

    Loshchilov & Hutter 2019, "Decoupled weight decay regularization". The decay is not part of J.
    """

    def __init__(
        self, options: Mapping[str, Any], size: int, dtype: str, decays: Array | None = None
    ) -> None:
        super().__init__(options, size, dtype)
        self._decays = np.ones(size, dtype) if decays is None else decays.astype(dtype)

    def step(self, parameters: Array, gradient: Array, learning_rate: float) -> None:
        decay = learning_rate * self._options["weight_decay"]
        for stretch in self._stretches:
            w = parameters[stretch]
            scratch = self._scratch[: len(w)]
            np.multiply(w, decay, out=scratch)
            np.multiply(scratch, self._decays[stretch], out=scratch)
            np.subtract(w, scratch, out=w)
        super().step(parameters, gradient, learning_rate)


class NAdam(Adam):
    """Adam with Nesterov's look ahead (Dozat 2016, "Incorporating Nesterov momentum into Adam").

    μₜ = β₁·(1 − ½·0.96^(t·ψ)), and m̂ = μₜ₊₁·m/(1 − Πμ up to t + 1) + (1 − μₜ)·g/(1 − Πμ up to t).
    """

    def __init__(self, options: Mapping[str, Any], size: int, dtype: str) -> None:
        super().__init__(options, size, dtype)
        self._product, self._multiplied = 1.0, 0

    def _momentum(self, step: int) -> float:
        beta_1, decay = self._options["beta_1"], self._options["momentum_decay"]
        return float(beta_1 * (1.0 - 0.5 * 0.96 ** (step * decay)))

    def _scalars(self, learning_rate: float) -> tuple[float, ...]:
        # The product is remade from the count alone, so that no more than the count is saved.
        while self._multiplied < self.count:
            self._multiplied += 1
            self._product *= self._momentum(self._multiplied)
        _, epsilon, beta_1, beta_2 = super()._scalars(learning_rate)
        c = math.sqrt((1.0 - beta_2) / (1.0 - beta_2**self.count))
        ahead = self._momentum(self.count + 1)
        of_m = learning_rate * ahead * (1.0 - beta_1) / (1.0 - self._product * ahead) / c
        of_g = learning_rate * (1.0 - self._momentum(self.count)) / (1.0 - self._product) / c
        return (of_m, epsilon, beta_1, beta_2, of_g)

    def _update(
        self, w: Array, g: Array, scratch: Array, scalars: tuple[float, ...], *slots: Array
    ) -> None:
        m, v = slots
        of_m, epsilon, beta_1, beta_2, of_g = scalars
        np.multiply(m, beta_1, out=m)
        np.add(m, g, out=m)
        _decay_squares(v, g, beta_2, scratch)
        np.multiply(g, of_g, out=g)
        np.multiply(m, of_m, out=scratch)
        np.add(g, scratch, out=g)
        _step_by_root(w, g, v, scratch, 1.0, epsilon)


def _decay_squares(v: Array, g: Array, beta: float, scratch: Array) -> None:
    """v ← β·v + g²"""
    np.multiply(v, beta, out=v)
    np.multiply(g, g, out=scratch)
    np.add(v, scratch, out=v)


def _step_by_root(
    w: Array, direction: Array, squares: Array, scratch: Array, rate: float, epsilon: float
) -> None:
    """w ← w − rate · direction / (√squares + ε)"""
    np.sqrt(squares, out=scratch)
    np.add(scratch, epsilon, out=scratch)
    np.divide(direction, scratch, out=scratch)
    np.multiply(scratch, rate, out=scratch)
    np.subtract(w, scratch, out=w)


RULES: dict[str, type[Descent]] = {
    "gradient_descent": GradientDescent,
    "momentum": Momentum,
    "rmsprop": RMSProp,
    "adagrad": AdaGrad,
    "adam": Adam,
    "adamw": AdamW,
    "nadam": NAdam,
}


def rule_of(spec: OptimizerSpec, size: int, dtype: str, decays: Array | None = None) -> Descent:
    """The step rule of `spec` for a vector of `size` parameters, at rest.

    `decays`, (parameters,), is 1 where weight decay acts and 0 where it does not: at biases.
    """
    if spec.kind == "adamw":
        return AdamW(spec.options, size, dtype, decays)
    return RULES[spec.kind](spec.options, size, dtype)


def clip(gradient: Array, norm: float, limit: float) -> None:
    """Scale `gradient`, whose L2 norm is `norm`, down to `limit` if it is longer, in place."""
    if norm > limit:
        np.multiply(gradient, limit / norm, out=gradient)
