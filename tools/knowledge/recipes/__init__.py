"""One module for each exporter: where its facts come from and how its catalogue file is made of them."""
