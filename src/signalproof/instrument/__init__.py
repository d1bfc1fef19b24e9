"""The catalogue in a running program: decorators, backends and the exposition server."""
