"""The faults, grouped by what they are done to; each is a function of a scene."""
