"""The append-only trail: who did what to which object, when. It refers to other rooms by id."""
