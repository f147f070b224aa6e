"""What wrong input raises."""


class ScenarioError(Exception):
    """The input is wrong; the message is one sentence that names the place, the key, what was read and allowed."""
