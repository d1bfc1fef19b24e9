"""Every query against the catalogue."""
