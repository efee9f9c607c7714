"""The contest platform. Nothing is imported here: a pure scoring module must load without Flask."""
