"""A contestant sits a paper. Nothing here can read an answer key."""
