"""Model specifications, fits and contrasts."""
