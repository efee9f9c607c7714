"""One pure file a format: bytes → drafts and every problem with its place; and back."""
