"""One sensitivity analysis a file."""
