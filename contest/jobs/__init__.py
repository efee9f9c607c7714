"""Long work, done by the worker process; handlers are registered by app.py."""
