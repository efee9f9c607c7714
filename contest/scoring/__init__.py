"""The rules of marks, ranks and rates. Pure: the standard library only."""
