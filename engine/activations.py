"""Activations by name: a = f(z), and its derivative f′.

Every function works in place on arrays of shape (units, examples). `function(z, out)` may be
given `out is z`. `derivative(z, a, out)` may be given `out is a`; where `keeps_z` is false it
reads only `a`, so that z's memory can hold a.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.error_function import erfc

Array = NDArray[Any]

LEAKY_SLOPE = 0.01
# Klambauer et al. 2017, "Self-normalizing neural networks".
SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


@dataclass(frozen=True, slots=True)
class Activation:
    """One non-linearity and its slope."""

    function: Callable[[Array, Array], None]
    derivative: Callable[[Array, Array, Array], None]
    keeps_z: bool = False


def _linear(z: Array, out: Array) -> None:
    if out is not z:
        np.copyto(out, z)


def _linear_derivative(_z: Array, _a: Array, out: Array) -> None:
    out.fill(1.0)


def sigmoid(z: Array, out: Array) -> None:
    """1 / (1 + e⁻ᶻ), written as ½ + ½·tanh(z/2), which cannot overflow."""
    np.multiply(z, 0.5, out=out)
    np.tanh(out, out=out)
    np.multiply(out, 0.5, out=out)
    np.add(out, 0.5, out=out)


def _sigmoid_derivative(_z: Array, a: Array, out: Array) -> None:
    np.subtract(a, a * a, out=out)


def _tanh(z: Array, out: Array) -> None:
    np.tanh(z, out=out)


def _tanh_derivative(_z: Array, a: Array, out: Array) -> None:
    np.multiply(a, a, out=out)
    np.subtract(1.0, out, out=out)


@lru_cache(maxsize=16)
def _zeros(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    # numpy's maximum is several times faster with an array than with a number.
    zeros = np.zeros(shape, dtype)
    zeros.flags.writeable = False
    return zeros


def _relu(z: Array, out: Array) -> None:
    np.maximum(z, _zeros(z.shape, z.dtype), out=out)


def _relu_derivative(_z: Array, a: Array, out: Array) -> None:
    # Booleans copied into numbers: several times faster than comparing into them, or than sign.
    np.copyto(out, a > 0.0)


def _leaky_relu(z: Array, out: Array) -> None:
    np.maximum(z, LEAKY_SLOPE * z, out=out)


def _leaky_relu_derivative(_z: Array, a: Array, out: Array) -> None:
    out[...] = np.where(a > 0, 1.0, LEAKY_SLOPE)


def _elu(z: Array, out: Array) -> None:
    # The exponential is only taken of what is not positive: elsewhere it would overflow.
    below = np.expm1(np.minimum(z, 0.0))
    np.maximum(z, 0.0, out=out)
    np.add(out, below, out=out)


def _elu_derivative(_z: Array, a: Array, out: Array) -> None:
    np.add(np.minimum(a, 0.0), 1.0, out=out)


def _selu(z: Array, out: Array) -> None:
    below = SELU_ALPHA * np.expm1(np.minimum(z, 0.0))
    np.maximum(z, 0.0, out=out)
    np.add(out, below, out=out)
    np.multiply(out, SELU_SCALE, out=out)


def _selu_derivative(_z: Array, a: Array, out: Array) -> None:
    below = np.minimum(a, 0.0) + SELU_SCALE * SELU_ALPHA
    out[...] = np.where(a > 0, SELU_SCALE, below)


def _gelu(z: Array, out: Array) -> None:
    """z·Φ(z), Φ the standard normal distribution function (Hendrycks & Gimpel 2016, exact)."""
    np.multiply(z, _normal_cdf(z), out=out)


def _gelu_derivative(z: Array, _a: Array, out: Array) -> None:
    density = np.exp(-0.5 * z * z) * (1.0 / math.sqrt(2.0 * math.pi))
    np.add(_normal_cdf(z), z * density, out=out)


def _normal_cdf(z: Array) -> Array:
    return 0.5 * erfc(z * -math.sqrt(0.5))


def _silu(z: Array, out: Array) -> None:
    share = np.empty_like(z)
    sigmoid(z, share)
    np.multiply(z, share, out=out)


def _silu_derivative(z: Array, _a: Array, out: Array) -> None:
    share = np.empty_like(z)
    sigmoid(z, share)
    np.multiply(share, 1.0 + z * (1.0 - share), out=out)


def _softplus(z: Array, out: Array) -> None:
    """log(1 + eᶻ) = max(z, 0) + log(1 + e^−|z|), which cannot overflow."""
    tail = np.log1p(np.exp(-np.abs(z)))
    np.maximum(z, 0.0, out=out)
    np.add(out, tail, out=out)


def _softplus_derivative(_z: Array, a: Array, out: Array) -> None:
    # a = log(1 + eᶻ), so σ(z) = 1 − e⁻ᵃ.
    np.negative(a, out=out)
    np.expm1(out, out=out)
    np.negative(out, out=out)


ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {
        "linear": Activation(_linear, _linear_derivative),
        "sigmoid": Activation(sigmoid, _sigmoid_derivative),
        "tanh": Activation(_tanh, _tanh_derivative),
        "relu": Activation(_relu, _relu_derivative),
        "leaky_relu": Activation(_leaky_relu, _leaky_relu_derivative),
        "elu": Activation(_elu, _elu_derivative),
        "selu": Activation(_selu, _selu_derivative),
        "gelu": Activation(_gelu, _gelu_derivative, keeps_z=True),
        "silu": Activation(_silu, _silu_derivative, keeps_z=True),
        "softplus": Activation(_softplus, _softplus_derivative),
    }
)
