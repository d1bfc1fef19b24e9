"""Foreign things in, definitions in Python out: metrics, rules, dashboards."""
