"""Who takes part: accounts, units, roles, sign-ins."""
