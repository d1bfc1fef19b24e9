"""Builds the catalogue files of public exporters that Signalproof brings along."""
