"""Why there is no plan of Claude's; the class names are the values of ``error_type`` in the catalogue."""

from __future__ import annotations


class InvalidPlanError(Exception):
    """Claude answered, but not with a plan that can be carried out."""


class TruncatedAnswerError(InvalidPlanError):
    """The answer reached the most tokens it may have; more of them may help."""


class OversizedAnswerError(InvalidPlanError):
    """The answer is longer than any plan can be: it was left before its end."""


class RefusedError(InvalidPlanError):
    """Claude declined to answer; asking again does not help."""


class UnavailableError(Exception):
    """Claude is not even asked."""


class MissingKeyError(UnavailableError):
    """No key is set."""


class CircuitOpenError(UnavailableError):
    """Claude failed so often that it is left alone for a while."""
