"""Recording rules and alerts: what Prometheus computes on its own."""
