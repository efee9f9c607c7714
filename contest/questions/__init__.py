"""What may be asked: banks, questions, versions, keys, sources."""
