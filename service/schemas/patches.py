"""What of a job may be changed once it is there."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from service.schemas.fields import Strict, Text
from service.schemas.jobs import MAX_NAME, Metadata


class DatasetPatch(Strict):
    """A JSON merge patch (RFC 7396): null takes the name away."""

    name: Annotated[Text, Field(max_length=MAX_NAME)] | None = None


class JobPatch(Strict):
    """A JSON merge patch (RFC 7396): null takes away what it stands for."""

    name: Annotated[Text, Field(max_length=MAX_NAME)] | None = None
    metadata: Metadata | None = None
