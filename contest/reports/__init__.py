"""Tables and documents about what it came to; the only room that imports pandas."""
