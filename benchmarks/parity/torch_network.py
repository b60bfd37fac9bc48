"""A job's network and its cost J in PyTorch's own pieces."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "linear": nn.Identity,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "selu": nn.SELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "softplus": nn.Softplus,
}
OUTPUTS: dict[str, Any] = {
    "linear": lambda z: z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softmax": lambda z: torch.softmax(z, dim=1),
}
# On ŷ; the cross-entropies of PyTorch read z instead.
COSTS: dict[str, Any] = {
    "mse": functional.mse_loss,
    "mae": functional.l1_loss,
    "huber": functional.huber_loss,
}
COSTS_OF_Z: dict[str, Any] = {
    "binary_cross_entropy": functional.binary_cross_entropy_with_logits,
    "cross_entropy": functional.cross_entropy,
}


def tensor(numbers: Any) -> Tensor:
    """`numbers` in float64."""
    return torch.tensor(numbers, dtype=torch.float64)


def network_of(weights: list[dict[str, Any]], activations: list[str]) -> nn.Sequential:
    """Linear layers with these `weights`, as a job body gives them, and activations between."""
    linears = [_linear(layer) for layer in weights]
    pieces: list[nn.Module] = [linears[0]]
    for (_, linear), activation in zip(pairwise(linears), activations, strict=True):
        pieces += [ACTIVATIONS[activation](), linear]
    return nn.Sequential(*pieces)


def cost_of(
    body: dict[str, Any],
    network: nn.Sequential,
    inputs: Tensor,
    targets: Tensor,
    weights: Tensor | None = None,
) -> Tensor:
    """The cost of these rows, without penalties; the mean of each row's times its weight."""
    z, reduction = network(inputs), "mean" if weights is None else "none"
    if body["cost"] in COSTS_OF_Z:
        cost = COSTS_OF_Z[body["cost"]](z, targets, reduction=reduction)
    else:
        outputs = OUTPUTS[body["network"]["output"]](z)
        cost = COSTS[body["cost"]](outputs, targets, reduction=reduction)
    if weights is None:
        return cost
    by_row = cost.reshape(len(weights), -1).mean(dim=1)
    return (by_row * weights).mean()


def penalties_of(body: dict[str, Any], network: nn.Sequential) -> Tensor:
    """½·l2·Σw² + l1·Σ|w| over weights, not biases."""
    weights = torch.cat([linear.weight.flatten() for linear in linears_of(network)])
    squares, sizes = weights.square().sum(), weights.abs().sum()
    return 0.5 * body.get("l2", 0.0) * squares + body.get("l1", 0.0) * sizes


def linears_of(network: nn.Sequential) -> list[nn.Linear]:
    return [piece for piece in network if isinstance(piece, nn.Linear)]


def flat(network: nn.Sequential, *, gradient: bool = False) -> Tensor:
    """The parameters (or their gradient) in a model's order: weights (fan_in, fan_out), biases."""
    parts = []
    for linear in linears_of(network):
        weight = linear.weight.grad if gradient else linear.weight
        bias = linear.bias.grad if gradient else linear.bias
        assert weight is not None
        assert bias is not None
        parts += [weight.T.flatten(), bias]
    return torch.cat(parts).detach().clone()


def _linear(layer: dict[str, Any]) -> nn.Linear:
    weights = tensor(layer["weights"])
    linear = nn.Linear(*weights.shape, dtype=torch.float64)
    with torch.no_grad():
        linear.weight.copy_(weights.T)
        linear.bias.copy_(tensor(layer["biases"]))
    return linear
