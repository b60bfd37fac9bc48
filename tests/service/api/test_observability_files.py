"""The dashboard and the alerts ask for metrics that there are, by labels that they have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from service import claims
from service.presence import WORKER, Presence

ROOT = Path(__file__).resolve().parents[3]
FILES = ROOT / "deploy" / "observability"
NAME = re.compile(r"descentd_[a-z_]+")
SELECTOR = re.compile(r"(descentd_[a-z_]+)\{([^}]*)\}")
LABEL = re.compile(r"(\w+)(=~?)\"([^\"]*)\"")

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((FILES / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in rules())
    dashboard = json.loads((FILES / "grafana-dashboard.json").read_text())
    for panel in dashboard["panels"]:
        yield from (target["expr"] for target in panel["targets"])


@pytest.fixture
def exposed(client, sessions, submitted, claimed, records, outcome, model, write):
    """Every sample of a service in which all that is counted has happened: its name and labels."""
    submitted()
    claim = claimed()
    write(claims.record, claim, records([0, 1]))
    write(claims.finish, claim, outcome, model)
    Presence(sessions, WORKER).report()
    client.get("/v1/jobs")
    text = client.get("/metrics").text
    families = text_string_to_metric_families(text)
    return [(sample.name, sample.labels) for family in families for sample in family.samples]


def test_every_metric_that_is_asked_for_exists(exposed) -> None:
    asked = {name for expression in expressions() for name in NAME.findall(expression)}
    assert len(asked) >= 9
    assert asked <= {name for name, _ in exposed}


def test_every_label_that_is_asked_for_exists(exposed) -> None:
    asked = {
        (name, label)
        for expression in expressions()
        for name, selectors in SELECTOR.findall(expression)
        for label, _, _ in LABEL.findall(selectors)
    }
    assert asked
    had = {(name, label) for name, labels in exposed for label in labels}
    assert asked <= had


def test_each_alert_is_explained_and_nothing_else_is(database_url) -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| `(Descentd\w+)` \|", text, re.MULTILINE)
    assert explained == [rule["alert"] for rule in rules()]


def test_each_metric_is_explained(exposed) -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    table = text.partition("## Metrics")[2].partition("\n## ")[0]
    shown = {name for name, _ in exposed if not name.endswith("_created")}
    assert {re.sub(r"_(bucket|count|sum)$", "", name) for name in shown} == set(NAME.findall(table))
