"""Definitions in Python, written from what somebody has: metrics, rules, dashboards."""
