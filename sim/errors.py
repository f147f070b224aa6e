"""What wrong input raises, whatever kind of input it is: a file, an option, a folder, a question."""


class InputError(Exception):
    """The input is wrong; the message is one sentence that names the place, the key, what was read and allowed."""
