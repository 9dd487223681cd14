"""The analyst's front door: the ``stepwell`` command. Thin: every command is a few calls to functions anyone can import."""

from stepwell.cli.app import main

__all__ = ["main"]
