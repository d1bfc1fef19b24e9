"""Grafana dashboards that cannot lie: one typed metric catalogue from the decorator to the panel."""
