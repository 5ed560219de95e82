"""Video generators: what every one of them answers (`base`), and one file per pipeline family."""
