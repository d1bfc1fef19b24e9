"""Grafana's JSON → definitions: a package for each dashboard, a module for each of its rows."""
