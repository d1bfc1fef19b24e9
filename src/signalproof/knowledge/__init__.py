"""What is known of programs that declare nothing in Python: catalogue files, dumps, a running Prometheus, and who is surest."""
