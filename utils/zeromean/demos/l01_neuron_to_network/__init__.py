"""Demos of lecture 1, from neuron to trained network."""
