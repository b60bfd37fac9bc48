"""A model as ONNX: raw columns in, the service's answers out, with nothing of the service inside.

The columns are taken, filled, centred and scaled in float64: a date in seconds loses more than
two minutes in float32. The network itself is in float32 whatever the model's dtype, because
runtimes lack several activations in float64. A regression's answers leave it in float64 again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

import orjson
from onnx import ModelProto, helper

from service.exports.contents import Contents
from service.exports.onnx_answers import answers
from service.exports.onnx_columns import OUTPUTS, column_inputs, network_inputs
from service.exports.onnx_graph import Graph
from service.exports.onnx_layers import outputs
from service.version import VERSION

OPSET = 20
IR_VERSION = 9  # of the release that brought this opset
WORDS = (
    "Takes raw columns, (rows, 1) each, as the model was trained on; each input tells what it "
    "takes for a missing value. The network is in float32, in whatever dtype it was trained."
)


def write(contents: Contents, file: IO[bytes]) -> None:
    """Write the model; raises Conflict where a weight is too large for float32."""
    file.write(onnx_model(contents).SerializeToString(deterministic=True))


def onnx_model(contents: Contents) -> ModelProto:
    """The model with its graph and its metadata."""
    metadata = contents.metadata
    columns = column_inputs(metadata["preprocessing"]["features"])
    graph = Graph([*OUTPUTS, *(column.name for column in columns)])
    found = outputs(graph, network_inputs(graph, columns), contents.layers)
    told = answers(graph, found, metadata["preprocessing"], metadata["spec"]["task"])
    inputs = [column.described() for column in columns]
    model = helper.make_model(
        helper.make_graph(graph.nodes, metadata["job"], inputs, told, graph.constants),
        producer_name="descentd",
        producer_version=VERSION,
        doc_string=WORDS,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    helper.set_model_props(model, _texts(metadata))
    return model


def _texts(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Texts as they are, all else as JSON; null is left out."""
    return {
        key: value if isinstance(value, str) else orjson.dumps(value).decode()
        for key, value in metadata.items()
        if value is not None
    }
