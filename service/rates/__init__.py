"""How many requests a key may send in a minute, counted for all processes together."""

from service.rates.counting import Rates, Standing

__all__ = ["Rates", "Standing"]
