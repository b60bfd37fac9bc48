"""The cost over a plane: true at every place, and the path of descent where it belongs."""

import math
from itertools import product

import numpy as np
import pytest
from builders import body, random_table, table_of, training_of
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.filling import fill
from engine.landscape import (
    MOST_RESOLUTION,
    MOST_WORK,
    TooFineError,
    resolution_for,
    survey,
)
from engine.network import layers_of, views
from engine.plane import NoPathError, Route
from engine.preparing import prepare
from engine.problem import InterruptedTrainingError
from engine.spec import from_dict


def run_of(wanted, table):
    """(spec, examples, outcome, route) of a whole run."""
    training = training_of(wanted, table)
    for _ in training.records():
        pass
    spec = fill(from_dict(wanted), table)
    outcome = training.outcome
    path = training.path
    route = Route.through(path.epochs, path.points, outcome.model_epoch, outcome.parameters)
    return spec, prepare(spec, table).data.training, outcome, route


def surveyed(wanted, table, **options):
    spec, examples, outcome, route = run_of(wanted, table)
    options = {"resolution": 7, "keep_going": lambda: True, **options}
    return survey(spec, examples, route, **options), outcome, route


def at_model(found):
    row, column = (
        int(np.flatnonzero(side == at)[0])
        for side, at in zip((found.down, found.across), found.plane.origin[::-1], strict=True)
    )
    return found.costs[row, column]


@settings(max_examples=20, deadline=None)
@given(
    st.integers(0, 99),
    st.sampled_from(["float32", "float64"]),
    st.sampled_from(["path", "random", None]),
    st.sampled_from([{}, {"l2": 0.1}, {"l1": 0.1}, {"batch_size": None}, {"validation": None}]),
    st.sampled_from([[], [{"units": 3, "activation": "relu", "dropout": 0.5}]]),
)
def test_the_cost_at_the_models_place_is_the_jobs_cost(seed, dtype, directions, more, hidden):
    wanted = body(seed=seed, dtype=dtype, network={"hidden": hidden}, **more)
    found, outcome, _ = surveyed(wanted, random_table(seed), directions=directions)
    assert at_model(found) == outcome.cost


@pytest.mark.parametrize("seed", range(3))
def test_directions_along_a_path_are_orthonormal_and_hold_most_of_it(seed):
    found, _, route = surveyed(body(seed=seed, validation=None), random_table(seed))
    plane = found.plane
    assert plane.basis @ plane.basis.T == pytest.approx(np.eye(2), abs=1e-12)
    first, second = plane.shares
    assert 1.0 >= first >= second >= 0.0
    assert first + second <= 1.0 + 1e-12
    # By hand: what of the squared length is left when the plane is taken away
    steps = route.points.astype(float) - route.model
    left = steps - (steps @ plane.basis.T) @ plane.basis
    assert first + second == pytest.approx(1.0 - (left**2).sum() / (steps**2).sum())
    # and no other plane leaves less
    generator = np.random.default_rng(seed)
    for _ in range(20):
        other = np.linalg.qr(generator.normal(size=(steps.shape[1], 2)))[0].T
        rest = steps - (steps @ other.T) @ other
        assert (rest**2).sum() >= (left**2).sum() - 1e-12


def test_the_path_starts_on_the_left_and_above_and_ends_at_the_origin():
    found, outcome, route = surveyed(body(validation=None), random_table())
    assert found.places[0, 0] < 0.0 < found.places[0, 1]
    assert found.places[-1] == pytest.approx([0.0, 0.0], abs=1e-15)
    assert found.epochs == route.epochs == (0, 1, 2, 3, 4, 5, 6)
    assert found.path_costs[-1] == outcome.cost
    for places, side in ((found.places[:, 0], found.across), (found.places[:, 1], found.down)):
        assert side[0] < places.min()
        assert places.max() < side[-1]
        assert np.diff(side) == pytest.approx(np.full(6, side[1] - side[0]))


def test_the_path_has_the_true_cost_of_each_point():
    wanted = body(validation=None, training_cost="exact", l2=0.01)
    training = training_of(wanted, random_table())
    costs = [record.cost for record in training.records()]
    found, _, _ = surveyed(wanted, random_table())
    assert found.path_costs == pytest.approx(costs, rel=1e-12)


def test_the_best_epochs_model_has_its_place_within_a_path_that_goes_on():
    wanted = body(optimizer={"kind": "momentum", "learning_rate": 0.05}, epochs=30)
    wanted["network"] = {"hidden": [{"units": 8, "activation": "tanh"}]}
    found, outcome, _ = surveyed(wanted, random_table(0, rows=12), resolution=9)
    assert 0 < outcome.model_epoch < 30
    assert found.epochs == tuple(range(31))
    assert found.places[outcome.model_epoch] == pytest.approx([0.0, 0.0], abs=1e-12)
    assert math.hypot(*found.places[30]) > 0.01


def test_a_quadratic_cost_has_the_surface_that_algebra_gives():
    """mse of a linear network: J(w + d) = J(w) + d·∇J(w) + d·H·d/2, with H = 2·XᵀX/n."""
    table = random_table(5, rows=40, features=3)
    wanted = body(network={"hidden": []}, epochs=4, validation=None)
    found, outcome, _ = surveyed(wanted, table, resolution=5)
    inputs = np.column_stack([table.inputs, np.ones(40)])
    w = outcome.parameters
    errors = inputs @ w - table.answers[:, 0]
    gradient, hessian = 2 * inputs.T @ errors / 40, 2 * inputs.T @ inputs / 40
    for (row, y), (column, x) in product(enumerate(found.down), enumerate(found.across)):
        d = x * found.plane.basis[0] + y * found.plane.basis[1]
        expected = np.mean(errors**2) + d @ gradient + d @ hessian @ d / 2
        assert found.costs[row, column] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("directions", [None, "path", "random"])
def test_one_weight_and_one_bias_have_their_true_surface_with_every_step(directions):
    x, y = np.array([[0.0], [1.0], [2.0]]), np.array([1.0, 3.0, 4.0])
    wanted = body(network={"hidden": []}, batch_size=None, validation=None, epochs=9)
    found, _, route = surveyed(wanted, table_of(x, y), directions=directions)
    assert found.plane.directions == "parameters"
    assert found.epochs == tuple(range(10))
    assert found.places == pytest.approx(route.points, rel=1e-12)
    for (row, bias), (column, weight) in product(enumerate(found.down), enumerate(found.across)):
        expected = np.mean((weight * x[:, 0] + bias - y) ** 2)
        assert found.costs[row, column] == pytest.approx(expected, rel=1e-12)


def test_random_directions_are_as_long_for_each_unit_as_its_weights_and_the_same_again():
    wanted = body(validation=None)
    found, outcome, route = surveyed(wanted, random_table(), directions="random")
    spec = fill(from_dict(wanted), random_table())
    layers = layers_of(spec.network, 3, 1)
    for direction in found.plane.basis:
        for own, given_ in zip(
            views(layers, direction), views(layers, outcome.parameters), strict=True
        ):
            assert np.linalg.norm(own, axis=0) == pytest.approx(np.linalg.norm(given_, axis=0))
    again, _, _ = surveyed(wanted, random_table(), directions="random")
    assert again.plane.basis.tolist() == found.plane.basis.tolist()
    # The nearest place in the plane: what is left stands upright on both directions
    left = route.steps - found.places @ found.plane.basis
    assert left @ found.plane.basis.T == pytest.approx(np.zeros((7, 2)), abs=1e-12)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 50), st.permutations(range(24)))
def test_the_order_of_the_rows_changes_nothing_but_rounding(seed, order):
    spec, examples, _, route = run_of(body(seed=seed, validation=None), random_table(seed))
    shuffled = type(examples)(
        np.ascontiguousarray(examples.inputs[order]),
        np.ascontiguousarray(examples.targets[:, order]),
    )
    options = {"resolution": 5, "keep_going": lambda: True}
    one, other = (survey(spec, rows, route, **options) for rows in (examples, shuffled))
    assert other.costs == pytest.approx(one.costs, rel=1e-9)
    assert other.places.tolist() == one.places.tolist()


def test_a_run_that_never_moved_has_random_directions_or_says_that_it_has_no_path():
    still = body(
        optimizer={"kind": "gradient_descent", "learning_rate": 1e-300}, validation=None, epochs=2
    )
    found, outcome, _ = surveyed(still, random_table())
    assert (found.plane.directions, found.plane.shares) == ("random", None)
    assert at_model(found) == outcome.cost
    with pytest.raises(NoPathError):
        surveyed(still, random_table(), directions="path")


def test_a_network_too_large_for_a_path_has_random_directions():
    wide = {"hidden": [{"units": 400, "activation": "relu"}] * 2}
    wanted = body(network=wide, epochs=1, batch_size=None, validation=None)
    found, outcome, route = surveyed(wanted, random_table(), resolution=5)
    assert route.epochs == (1,)
    assert found.plane.directions == "random"
    assert at_model(found) == outcome.cost


def test_weights_of_zeros_alone_still_have_a_plane():
    zeros = body(network={"hidden": [], "init": "zeros"}, epochs=1, validation=None)
    zeros["optimizer"] = {"kind": "gradient_descent", "learning_rate": 1e-300}
    found, _, _ = surveyed(zeros, random_table())
    assert np.isfinite(found.costs).all()
    assert np.linalg.matrix_rank(found.plane.basis) == 2


def test_where_the_cost_is_not_finite_it_says_so_without_a_warning():
    spec, examples, outcome, _ = run_of(body(dtype="float32", validation=None), random_table())
    far = np.full_like(outcome.parameters, 1e30)
    route = Route.through((0,), far[np.newaxis], 6, outcome.parameters)
    found = survey(spec, examples, route, resolution=5, keep_going=lambda: True)
    assert at_model(found) == outcome.cost
    assert not np.isfinite(found.costs).all()
    assert not np.isfinite(found.path_costs[0])


def test_a_coarse_grid_shows_fewer_points_of_the_path_its_ends_among_them():
    found, _, route = surveyed(body(validation=None, epochs=100), random_table(), resolution=5)
    assert len(route.epochs) == 101
    assert len(found.epochs) == 25
    assert (found.epochs[0], found.epochs[-1]) == (0, 100)


def test_it_stops_where_it_is_asked_to():
    calls = iter([True] * 10)
    with pytest.raises(InterruptedTrainingError):
        surveyed(body(validation=None), random_table(), keep_going=lambda: next(calls, False))


def test_the_work_is_bounded_and_what_is_too_fine_is_told():
    assert resolution_for(120, 131) == 31
    assert resolution_for(120, 131, 101) == MOST_RESOLUTION
    large = resolution_for(1_000_000, 100)
    assert 5 <= large < 31
    assert 1_000_000 * 100 * large**2 <= MOST_WORK
    with pytest.raises(TooFineError) as refused:
        resolution_for(1_000_000, 100, 101)
    assert resolution_for(1_000_000, 100, refused.value.most) == refused.value.most
    with pytest.raises(TooFineError) as hopeless:
        resolution_for(1_000_000_000, 100)
    assert hopeless.value.most == 0
