"""One platform a file: how a questionnaire is written for it."""
