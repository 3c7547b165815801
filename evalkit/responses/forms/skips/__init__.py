"""Skip conditions in the languages of other platforms: one language a file."""
