"""The command line: one module per command.

The modules of the commands do without ``from __future__ import annotations``: Typer evaluates each annotation that is text
three times, a quarter of the time that ``--help`` takes.
"""
