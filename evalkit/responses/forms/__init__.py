"""A questionnaire for a wave, out: one target a file, from the same instrument."""
