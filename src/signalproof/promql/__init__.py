"""PromQL: syntax tree, parser, printer, function table and the typed builder."""
