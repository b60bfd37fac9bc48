"""Where jobs are to be written to MLflow and its client is missing, nothing starts."""

from __future__ import annotations

from importlib.machinery import ModuleSpec

import pytest

from cli.settings import BadSettings, require_mlflow
from service.config import Config
from service.errors import ConfigError

WANTED = {"DESCENTD_MLFLOW_URL": "https://mlflow.internal:5000/base"}


def missing(name: str) -> None:
    assert name == "mlflow"


def installed(name: str) -> ModuleSpec:
    return ModuleSpec(name, None)


def test_a_missing_extra_is_named() -> None:
    with pytest.raises(BadSettings, match=r"DESCENTD_MLFLOW_URL: .*mlflow-skinny"):
        require_mlflow(Config.from_environment(WANTED), missing)


def test_it_is_asked_for_only_where_it_is_wanted() -> None:
    asked: list[str] = []

    def noted(name: str) -> ModuleSpec:
        asked.append(name)
        return installed(name)

    require_mlflow(Config.from_environment({}), noted)
    assert asked == []
    require_mlflow(Config.from_environment(WANTED), noted)
    assert asked == ["mlflow"]


@pytest.mark.parametrize(
    "url", ["mlflow.internal", "ftp://mlflow.internal", "http://mlflow:0", "https://u:hush@mlflow"]
)
def test_an_address_is_one_of_a_tracking_server_without_a_password(url: str) -> None:
    with pytest.raises(ConfigError) as refused:
        Config.from_environment({"DESCENTD_MLFLOW_URL": url})
    assert "MLFLOW_TRACKING_PASSWORD" in str(refused.value)
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize("experiment", ["", "  ", "a" * 201])
def test_an_experiment_has_a_name(experiment: str) -> None:
    with pytest.raises(ConfigError, match="DESCENTD_MLFLOW_EXPERIMENT"):
        Config.from_environment({"DESCENTD_MLFLOW_EXPERIMENT": experiment})
