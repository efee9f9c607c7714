"""What the product says no with: a code and its parameters. The skin turns a code into words."""

from typing import Any


class Refusal(Exception):
    """A request that the rules turn down.

    `code` is stable and part of the API; `status` is the HTTP status that goes with it;
    `params` are plain values for the sentence (instants stay `datetime`).
    """

    def __init__(self, code: str, status: int = 403, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.params = params


class Missing(Refusal):
    """The object does not exist, or this person may not know that it does."""

    def __init__(self, code: str = "not_found", **params: Any) -> None:
        super().__init__(code, 404, **params)
