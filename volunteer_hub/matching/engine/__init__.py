"""The optimiser: arrays in, seats filled, and a proof of how good that is."""
