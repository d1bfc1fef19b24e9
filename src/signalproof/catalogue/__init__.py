"""The typed metric catalogue: what a metric is called, what it means, which labels and values it has."""
