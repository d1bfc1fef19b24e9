"""The catalogue against a real Prometheus: synthetic series, and the proof that every panel fills."""
