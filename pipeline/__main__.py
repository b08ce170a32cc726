"""`python -m pipeline` is `policycode`."""

from pipeline.cli import main

main(prog_name="policycode")
