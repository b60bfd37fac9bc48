"""The Kubernetes manifests keep the published schemas, are closed, and give time to stop."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from cli.serve import GRACE_SECONDS as SERVE_SECONDS
from service.config import Config
from service.states import JobStatus
from worker.leaving import GRACE_SECONDS as HAND_BACK_SECONDS

from .manifests import KUBERNETES, ROOT, documents, named, objects, pods

SCHEMAS = json.loads((Path(__file__).parent / "schemas" / "kubernetes.json").read_text())
OBJECTS = {f"{made['kind']}-{made['metadata']['name']}": made for made in objects()}
WORKLOADS = ("api", "migrate", "scheduler", "worker")


def faults(made: dict[str, Any]) -> list[str]:
    kind = SCHEMAS["kinds"][f"{made['apiVersion']} {made['kind']}"]
    found = Draft202012Validator({**kind, "$defs": SCHEMAS["$defs"]}).iter_errors(made)
    return [f"{error.json_path}: {error.message}" for error in found]


@pytest.mark.parametrize("made", OBJECTS.values(), ids=OBJECTS)
def test_each_object_is_valid_by_the_schema_that_kubernetes_publishes(made: dict[str, Any]) -> None:
    assert faults(made) == []


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"replicas": "two"}, "$.spec.replicas"),
        ({"replica": 2}, "$.spec"),
        ({"selector": "app=worker"}, "$.spec.selector"),
    ],
)
def test_a_fault_would_be_found_by_the_schema(change: dict[str, Any], place: str) -> None:
    worker = named("Deployment", "worker")
    broken = {**worker, "spec": {**worker["spec"], **change}}
    assert [fault.partition(":")[0] for fault in faults(broken)] == [place]


def test_the_base_names_every_file_beside_it_and_no_example() -> None:
    (base,) = documents(KUBERNETES / "base" / "kustomization.yaml")
    files = {path.name for path in (KUBERNETES / "base").glob("*.yaml")}
    assert set(base["resources"]) == files - {"kustomization.yaml"}


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="needs kubectl")
@pytest.mark.parametrize("folder", ["base", "autoscaled"])
def test_kustomize_builds_what_is_valid(folder: str, tmp_path: Path) -> None:
    command = ["kubectl", "kustomize", str(KUBERNETES / folder)]
    environ = {**os.environ, "HOME": str(tmp_path)}
    built = subprocess.run(command, env=environ, stdout=subprocess.PIPE, check=True, timeout=60)
    made = [each for each in yaml.safe_load_all(built.stdout) if each["kind"] != "ScaledObject"]
    assert len(made) >= len(WORKLOADS)
    assert [faults(each) for each in made] == [[]] * len(made)
    (worker,) = (
        each
        for each in made
        if (each["kind"], each["metadata"]["name"]) == ("Deployment", "worker")
    )
    assert ("replicas" in worker["spec"]) == (folder == "base")


def test_the_workloads_are_the_parts_of_the_service() -> None:
    commands = {name: pod["containers"][0]["args"][0] for name, pod in pods().items()}
    assert commands == {
        "api": "serve",
        "migrate": "migrate",
        "scheduler": "scheduler",
        "worker": "worker",
    }


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_pod_is_no_ones_root_and_writes_to_its_volumes_alone(name: str) -> None:
    pod = pods()[name]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/data", "/tmp"}
    assert "memory" in container["resources"]["limits"]


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_pod_runs_as_the_images_user(name: str) -> None:
    user = pods()[name]["securityContext"]["runAsUser"]
    assert f"useradd --uid {user} " in (ROOT / "Dockerfile").read_text()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become another user")
def test_the_data_directory_can_be_made_in_a_volume_that_belongs_to_root(tmp_path: Path) -> None:
    folder = named("ConfigMap", "settings")["data"]["DESCENTD_DATA_DIR"]
    group = pods()["api"]["securityContext"]["fsGroup"]
    volume = tmp_path / "volume"
    volume.mkdir()
    shutil.chown(volume, group=group)
    volume.chmod(0o2777)
    for parent in tmp_path.parents:
        if parent.owner() == "root" and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | stat.S_IXOTH)
    tmp_path.chmod(0o755)
    made = volume / Path(folder).relative_to("/data")
    script = (
        "import os, sys; from pathlib import Path; from service.directories import make_private;"
        f"os.setgroups([]); os.setgid({group}); os.setuid({group}); make_private(Path(sys.argv[1]))"
    )
    command = [sys.executable, "-c", script, str(made)]
    subprocess.run(command, cwd=ROOT, check=True)
    assert stat.S_IMODE(made.stat().st_mode) & 0o777 == 0o700


def test_the_settings_of_config_map_and_secret_are_settings() -> None:
    secret = named("Secret", "addresses")["stringData"]
    given = {**named("ConfigMap", "settings")["data"], **secret}
    config = Config.from_environment(given)
    assert (config.auth, config.host, config.port) == ("keys", "0.0.0.0", 8000)
    assert config.blobs_url.startswith("s3://"), "pods share no disk"
    assert not [name for name in secret if name in named("ConfigMap", "settings")["data"]]


def test_pods_have_time_to_stop_in_order() -> None:
    api, worker = pods()["api"], pods()["worker"]
    farewell = api["containers"][0]["lifecycle"]["preStop"]["exec"]["command"]
    (pause,) = [float(word) for word in farewell[-1].replace("(", ")").split(")") if word.isdigit()]
    assert api["terminationGracePeriodSeconds"] >= pause + SERVE_SECONDS + 5
    assert worker["terminationGracePeriodSeconds"] >= 2 * HAND_BACK_SECONDS


def test_the_probes_ask_the_routes_that_need_no_key() -> None:
    (container,) = pods()["api"]["containers"]
    paths = {
        name: container[name]["httpGet"]["path"]
        for name in ("startupProbe", "livenessProbe", "readinessProbe")
    }
    # A database that is away is no reason to start the API anew.
    assert paths == {
        "startupProbe": "/healthz",
        "livenessProbe": "/healthz",
        "readinessProbe": "/readyz",
    }
    (port,) = container["ports"]
    assert str(port["containerPort"]) == named("ConfigMap", "settings")["data"]["DESCENTD_PORT"]


def test_what_selects_pods_selects_some() -> None:
    labels = {
        made["metadata"]["name"]: made["spec"]["template"]["metadata"]["labels"]
        for made in objects()
        if made["kind"] in ("Deployment", "Job")
    }
    selectors = [
        made["spec"]["podSelector"].get("matchLabels", {})
        for made in objects()
        if made["kind"] == "NetworkPolicy"
    ]
    selectors += [
        made["spec"]["selector"].get("matchLabels", made["spec"]["selector"])
        for made in objects()
        if made["kind"] in ("Deployment", "PodDisruptionBudget", "Service")
    ]
    assert len(selectors) >= 8
    for selector in selectors:
        assert any(selector.items() <= label.items() for label in labels.values()), selector
    assert all(label["descentd/calls"] == "outside" for label in labels.values())


def scaled() -> dict[str, Any]:
    (made,) = documents(KUBERNETES / "autoscaled" / "scaled-workers.yaml")
    return made


def test_workers_are_scaled_by_what_the_database_says_is_to_do() -> None:
    target = named("Deployment", scaled()["spec"]["scaleTargetRef"]["name"])
    (trigger,) = scaled()["spec"]["triggers"]
    assert target["metadata"]["name"] == "worker"
    assert trigger["metadata"]["connectionFromEnv"] in named("Secret", "addresses")["stringData"]
    for status in (JobStatus.QUEUED, JobStatus.RUNNING):
        assert f"'{status.value}'" in trigger["metadata"]["query"]
