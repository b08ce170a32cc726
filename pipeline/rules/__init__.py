"""The rule engine: which codebook rules hold where in a text, who does it to whom, and whether it is meant."""

from pipeline.rules.engine import RuleEngine, engine_hash

__all__ = ["RuleEngine", "engine_hash"]
