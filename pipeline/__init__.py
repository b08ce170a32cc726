"""policycode: theory-driven qualitative coding of policy texts."""

__version__ = "0.1.0"
