"""Published formulas for the designs that have one: what the general answer is held against."""
