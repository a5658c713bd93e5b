module shop

go 1.20
