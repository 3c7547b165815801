"""Words: texts in several languages, phrases by key, numbers as each language writes them."""
