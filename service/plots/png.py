"""An SVG picture as PNG, by resvg, with a font of our own: what a machine has installed differs."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


def png_of(svg: str) -> bytes:
    """The picture as PNG, pixel for pixel. Its theme must be chosen: PNG has no reader to ask."""
    import resvg_py

    return bytes(
        resvg_py.svg_to_bytes(svg_string=svg, font_files=[_font()], skip_system_fonts=True)
    )


@cache
def _font() -> str:
    return str(files("service.plots").joinpath("font/DejaVuSans.ttf"))
