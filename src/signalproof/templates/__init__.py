"""Go's ``text/template`` as Prometheus fills in the annotations and labels of alerts with it: text → tree → what it writes."""
