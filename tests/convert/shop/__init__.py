"""A web shop as strangers write them: metrics in modules, classes and factories, in the ways of prometheus_client."""
