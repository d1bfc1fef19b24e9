module goscan

go 1.22
