"""The scores of a trained model, at the end of its training and on other rows."""

import dataclasses

import numpy as np
import pytest
from builders import body, random_table, run, table_of, with_target
from sklearn import metrics as judge

from engine.errors import DataError
from engine.filling import fill
from engine.model import Model
from engine.preparing import prepare
from engine.problem import InterruptedTrainingError
from engine.scoring import scores_of
from engine.spec import from_dict
from engine.table import MemoryTable, boolean_column, text_column
from engine.training import Training


def texts_of(column):
    return [column.categories[place] for place in column.values]


def first_rows(table, count):
    columns = [table.column(field.name).at(slice(count)) for field in table.fields]
    return MemoryTable(columns, table.targets)


def trained(wanted, table):
    """(the model, its training's metrics)."""
    spec = fill(from_dict(wanted), table)
    prepared = prepare(spec, table)
    training = Training(spec, prepared.data)
    list(training.records())
    model = Model(spec, prepared.preprocessing, training.outcome.parameters)
    return model, training.outcome.metrics


def test_a_classification_is_scored_by_the_answers_it_gives(iris):
    model, metrics = trained(body(validation=None, scaling="standard"), iris)
    answers, truth = model.predict(iris), texts_of(iris.column("species"))
    scores = metrics["training"]
    assert metrics["validation"] is None
    assert [each["label"] for each in scores["classes"]] == ["setosa", "versicolor", "virginica"]
    assert scores["accuracy"] == judge.accuracy_score(truth, answers.predictions)
    assert scores["log_loss"] == pytest.approx(judge.log_loss(truth, answers.probabilities))
    area = judge.roc_auc_score(truth, answers.probabilities, multi_class="ovr")
    assert scores["roc_auc"] == pytest.approx(area)
    expected = judge.f1_score(truth, answers.predictions, average=None)
    assert [each["f1"] for each in scores["classes"]] == pytest.approx(expected.tolist())


def test_a_binary_model_is_scored_by_its_second_classs_probability():
    table = random_table(rows=60)
    truth = (table.answers[:, 0] > 0).tolist()
    flags = with_target(boolean_column("y", truth), table.inputs)
    model, metrics = trained(body(validation=None), flags)
    answers, scores = model.predict(table), metrics["training"]
    second = [row[1] for row in answers.probabilities]
    assert [each["label"] for each in scores["classes"]] == [False, True]
    assert scores["roc_auc"] == pytest.approx(judge.roc_auc_score(truth, second))
    assert scores["log_loss"] == pytest.approx(judge.log_loss(truth, second))
    matrix = judge.confusion_matrix(truth, answers.predictions)
    assert scores["confusion_matrix"] == matrix.tolist()


def test_a_regression_is_scored_in_the_targets_own_units():
    table = random_table(rows=60, outputs=2)
    table = table_of(table.inputs, table.answers * [3.0, 500.0] + [0.0, 1e4])
    model, metrics = trained(body(validation=None, scaling="standard"), table)
    answers, scores = np.array(model.predict(table).predictions), metrics["training"]
    assert [each["target"] for each in scores["targets"]] == ["y1", "y2"]
    for name, function in (
        ("mae", judge.mean_absolute_error),
        ("rmse", judge.root_mean_squared_error),
        ("r2", judge.r2_score),
    ):
        assert scores[name] == pytest.approx(function(table.answers, answers))
        each = function(table.answers, answers, multioutput="raw_values").tolist()
        assert [target[name] for target in scores["targets"]] == pytest.approx(each)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_other_rows_are_scored_as_the_training_rows_were(iris, dtype):
    model, metrics = trained(body(validation=None, dtype=dtype), iris)
    assert scores_of(model, iris) == metrics["training"]


def test_validation_rows_are_scored_apart(iris):
    _, outcome = run(body(validation={"fraction": 0.2}), iris)
    counts = {
        part: [each["rows"] for each in scores["classes"]]
        for part, scores in outcome.metrics.items()
    }
    assert counts == {"training": [40] * 3, "validation": [10] * 3}


def test_a_part_of_the_classes_can_be_scored(iris):
    model, _ = trained(body(validation=None), iris)
    scores = scores_of(model, first_rows(iris, 60))
    assert [each["rows"] for each in scores["classes"]] == [50, 10, 0]
    assert scores["classes"][2]["recall"] is None


def test_rows_that_do_not_fit_the_model_are_refused(iris):
    model, _ = trained(body(validation=None), iris)
    flower = [iris.column(field.name).at(slice(1)) for field in iris.fields[:4]]
    unknown = MemoryTable([*flower, text_column("species", ["rose"])], ["species"])
    with pytest.raises(DataError):
        scores_of(model, unknown)


def test_scoring_stops_when_asked(iris):
    model, _ = trained(body(validation=None), iris)
    with pytest.raises(InterruptedTrainingError):
        scores_of(model, iris, lambda: False)


def test_weights_that_rows_had_in_training_do_not_count(iris):
    weighed = body(validation=None, class_weights={"setosa": 9}, scaling="standard")
    model, metrics = trained(weighed, iris)
    assert scores_of(model, iris) == metrics["training"]


def test_columns_are_found_by_their_names_and_a_lacking_one_is_named(iris):
    model, metrics = trained(body(validation=None), iris)
    turned = [iris.column(field.name) for field in reversed(iris.fields)]
    assert scores_of(model, MemoryTable(turned)) == metrics["training"]
    with pytest.raises(DataError, match=turned[1].name):
        scores_of(model, MemoryTable([turned[0], *turned[2:]]))
    with pytest.raises(DataError, match="lacks columns that are needed: species"):
        scores_of(model, MemoryTable(turned[1:]))


def test_columns_that_are_called_otherwise_are_taken_in_their_order(iris):
    model, metrics = trained(body(validation=None), iris)
    columns = [iris.column(field.name) for field in iris.fields]
    renamed = [dataclasses.replace(column, name=f"c{at}") for at, column in enumerate(columns)]
    assert scores_of(model, MemoryTable(renamed)) == metrics["training"]


def test_many_rows_are_read_in_blocks(iris):
    model, _ = trained(body(validation=None), iris)
    rows = np.resize(np.arange(iris.rows), 300_000)
    read = []

    class Counted(MemoryTable):
        def blocks(self, names, rows):
            for block in super().blocks(names, rows):
                read.append(block.rows)
                yield block

    columns = [iris.column(field.name).at(rows) for field in iris.fields]
    scores = scores_of(model, Counted(columns, iris.targets))
    assert scores["accuracy"] == scores_of(model, iris)["accuracy"]
    assert max(read) * 5 <= 1024 * 1024
    assert sum(read) % 300_000 == 0
