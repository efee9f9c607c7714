"""Prizes: what is given, the list of who gets it and why, and what stands in the decision."""
