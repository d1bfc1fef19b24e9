"""A classic dashboard as a resource of Grafana's schema v2: `resource.resource`."""
