"""What it came to: points, ranks, participation. The only room that joins answers with keys."""
