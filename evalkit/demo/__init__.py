"""A simulated six-site study."""
