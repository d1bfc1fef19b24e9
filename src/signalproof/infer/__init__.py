"""What a query means, from the catalogue alone: abstract interpretation of PromQL."""
