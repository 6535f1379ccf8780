"""The one way a rule says no."""


class Refusal(Exception):  # noqa: N818 -- a refusal is an answer, not a fault
    """A rule refuses what was asked for.

    `code` is stable and English; the words for people are found by it. `values` hold
    what those words need. `str()` gives the code alone, so that a refusal that ends in
    a log carries no scores, names or dates with it.
    """

    code: str
    values: dict[str, object]

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values
