"""What is shown: dashboards, rows, panels, variables; data only."""
