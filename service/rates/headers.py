"""How a request stands with its limit, as the IETF's draft on RateLimit header fields tells it."""

from __future__ import annotations

from service.rates.counting import WINDOW_SECONDS, Standing

POLICY = "requests"


def told(standing: Standing | None) -> dict[str, str]:
    """The limit as `q` requests in `w` seconds; and what remains of it for `t` seconds."""
    if standing is None:
        return {}
    return {
        "RateLimit-Policy": f'"{POLICY}";q={standing.most};w={WINDOW_SECONDS}',
        "RateLimit": f'"{POLICY}";r={standing.left};t={standing.seconds}',
    }
