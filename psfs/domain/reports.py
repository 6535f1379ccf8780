"""A need reported to the coordinating unit: which reports it still has before it."""

UNDECIDED = ("new", "waiting")
"""The states in which a report waits for somebody; of these a case has at most one."""
DECIDED = "decided"
"""The state of a report that the unit has answered."""
WITHDRAWN = "withdrawn"
"""The state of one that was undecided when its case was closed."""
