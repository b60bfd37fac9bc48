"""Random starting weights, by name. Biases start at zero.

The scale of each keeps the variance of activations (or of gradients) about constant from layer
to layer, for the activations its paper had in mind:

- Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural
  networks": Var(w) = 2 / (fan_in + fan_out)
- He et al. 2015, "Delving deep into rectifiers": Var(w) = 2 / fan_in
- LeCun et al. 1998, "Efficient BackProp": Var(w) = 1 / fan_in

A uniform distribution on ±b has variance b²/3, so b = √(3·Var).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

# (generator, fan_in, fan_out) → float64 weights of shape (fan_in, fan_out)
Initializer = Callable[[np.random.Generator, int, int], NDArray[np.float64]]


def _uniform(variance: Callable[[int, int], float]) -> Initializer:
    def draw(generator: np.random.Generator, fan_in: int, fan_out: int) -> NDArray[np.float64]:
        bound = math.sqrt(3.0 * variance(fan_in, fan_out))
        return generator.uniform(-bound, bound, (fan_in, fan_out))

    return draw


def _normal(variance: Callable[[int, int], float]) -> Initializer:
    def draw(generator: np.random.Generator, fan_in: int, fan_out: int) -> NDArray[np.float64]:
        return generator.normal(0.0, math.sqrt(variance(fan_in, fan_out)), (fan_in, fan_out))

    return draw


def _zeros(_: np.random.Generator, fan_in: int, fan_out: int) -> NDArray[np.float64]:
    return np.zeros((fan_in, fan_out))


def _glorot(fan_in: int, fan_out: int) -> float:
    return 2.0 / (fan_in + fan_out)


def _he(fan_in: int, _: int) -> float:
    return 2.0 / fan_in


def _lecun(fan_in: int, _: int) -> float:
    return 1.0 / fan_in


INITIALIZERS: Mapping[str, Initializer] = MappingProxyType(
    {
        "glorot_uniform": _uniform(_glorot),
        "glorot_normal": _normal(_glorot),
        "he_uniform": _uniform(_he),
        "he_normal": _normal(_he),
        "lecun_normal": _normal(_lecun),
        "normal": _normal(lambda _fan_in, _fan_out: 0.05**2),
        "uniform": _uniform(lambda _fan_in, _fan_out: 0.05**2 / 3.0),
        "zeros": _zeros,
    }
)
