"""What the deployment files say, as data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
KUBERNETES = ROOT / "deploy" / "kubernetes"
DEFAULT = re.compile(r"\$\{(?P<name>\w+)(?P<kind>:-|:\?)(?P<text>[^}]*)\}")


def documents(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


def objects() -> list[dict[str, Any]]:
    """Every object of Kubernetes' own kinds that the manifests make, the examples' too."""
    paths = sorted(KUBERNETES.glob("base/*.yaml")) + sorted(KUBERNETES.glob("examples/*.yaml"))
    return [made for path in paths if path.name != "kustomization.yaml" for made in documents(path)]


def named(kind: str, name: str) -> dict[str, Any]:
    (found,) = (
        made for made in objects() if (made["kind"], made["metadata"]["name"]) == (kind, name)
    )
    return found


def pods() -> dict[str, dict[str, Any]]:
    """The pod of each workload, by the workload's name."""
    return {
        made["metadata"]["name"]: made["spec"]["template"]["spec"]
        for made in objects()
        if made["kind"] in ("Deployment", "Job")
    }


def compose(environ: Mapping[str, str]) -> dict[str, Any]:
    """The Compose file with the variables put in; raises KeyError for a required one."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")

    def put_in(found: re.Match[str]) -> str:
        if found["name"] in environ or found["kind"] == ":?":
            return environ[found["name"]]
        return found["text"]

    return dict(yaml.safe_load(DEFAULT.sub(put_in, text)))
