"""Makes the schemas beside this file, small, from published ones: `make.py FOLDER`.

FOLDER is where these two were unpacked, by `pip download --no-deps` and `unzip`:
kubernetes-validate 1.37.0 holds the schemas that Kubernetes publishes as OpenAPI, strict, as JSON
schema; check-jsonschema 0.39.0 the one of the Compose specification. Both are under the Apache
licence 2.0. Kept of them is what the manifests' kinds need, without descriptions.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
KUBERNETES = "kubernetes_validate/kubernetes-json-schema/v1.34.0-local-strict"
COMPOSE = "check_jsonschema/builtin_schemas/vendor/compose-spec.json"
KINDS = (
    "configmap-v1",
    "deployment-apps-v1",
    "ingress-networking-v1",
    "job-batch-v1",
    "namespace-v1",
    "networkpolicy-networking-v1",
    "poddisruptionbudget-policy-v1",
    "secret-v1",
    "service-v1",
)
ELSEWHERE = "/api/_definitions.json"


def main(folder: Path) -> None:
    write("compose.json", undescribed(read(folder / COMPOSE)))
    write("kubernetes.json", kubernetes(folder / KUBERNETES))


def kubernetes(folder: Path) -> Any:
    """Each kind by `apiVersion kind`, and the definitions they lead to."""
    definitions = read(folder / "_definitions.json")["$defs"]
    roots = [read(folder / f"{kind}.json") for kind in KINDS]
    wanted = list(referred(roots))
    needed: dict[str, Any] = {}
    while wanted:
        name = wanted.pop()
        if name not in needed:
            needed[name] = definitions[name]
            wanted += referred(needed[name])
    kinds = {f"{only(root, 'apiVersion')} {only(root, 'kind')}": root for root in roots}
    return local({"kinds": undescribed(kinds), "$defs": undescribed(needed)})


def only(root: Any, name: str) -> str:
    (value,) = root["properties"][name]["enum"]
    return str(value)


def referred(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].rpartition("/")[2]
        for value in node.values():
            yield from referred(value)
    elif isinstance(node, list):
        for value in node:
            yield from referred(value)


def local(node: Any) -> Any:
    """The same with references that stay within one file."""
    if isinstance(node, dict):
        return {
            name: value.removeprefix(ELSEWHERE) if name == "$ref" else local(value)
            for name, value in node.items()
        }
    return [local(value) for value in node] if isinstance(node, list) else node


def undescribed(node: Any) -> Any:
    """The same without the texts for people, which are most of it."""
    if isinstance(node, dict):
        return {
            name: undescribed(value)
            for name, value in node.items()
            if not (name == "description" and isinstance(value, str))
        }
    return [undescribed(value) for value in node] if isinstance(node, list) else node


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def write(name: str, schema: Any) -> None:
    text = json.dumps(schema, separators=(",", ":"), sort_keys=True)
    (HERE / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
