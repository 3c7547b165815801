"""From cells to answers: who, where, when, what was said, and everything that is wrong with it."""
