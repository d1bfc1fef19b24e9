"""One module per lint rule; being in this folder is being in force."""
