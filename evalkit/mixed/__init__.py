"""Gaussian linear mixed models: arrays in, numbers out."""
