"""Which legal duties bind an AI system: in which market, from which day, and why."""

__version__ = "0.1.0"
