"""`python -m cli` is the `descentd` command."""

from cli.main import main

main(prog_name="descentd")
