"""Logic, evaluation, explanation, questions and what-if. Pure: no clock, file or log."""
