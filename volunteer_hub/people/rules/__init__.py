"""Lists of people: what a row says, and whether it can be taken. Pure: values in, verdict out."""
