"""A model as JSON: the form that needs nothing but itself to be read."""

from __future__ import annotations

from typing import IO

import orjson

from service.exports.contents import Contents


def write(contents: Contents, file: IO[bytes]) -> None:
    """Write the metadata's members and `layers`, one layer at a time.

    A number is written with as many digits as the model's dtype needs to read the same bits back.
    """
    file.write(orjson.dumps(contents.metadata).removesuffix(b"}"))
    for index, layer in enumerate(contents.layers):
        file.write(b"," if index else b',"layers":[')
        body = {"activation": layer.activation, "weights": layer.weights, "biases": layer.biases}
        file.write(orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY))
    file.write(b"]}")
