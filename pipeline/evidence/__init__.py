"""From shares of codes to a verdict on narratives: mixes, weights, verdict, sensitivity, lists, turning points."""

from pipeline.evidence.mixes import DECIBANS, NONE, Model, expected_mixes

__all__ = ["DECIBANS", "NONE", "Model", "expected_mixes"]
