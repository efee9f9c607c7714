"""What is held, when, for whom and under which rules."""
