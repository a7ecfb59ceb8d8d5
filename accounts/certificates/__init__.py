"""Reading PEM certificates and judging the keys in them; the rows are those of the packages that keep them."""
