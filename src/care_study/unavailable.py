"""The error of a figure that is not there: one section then says so, and its page stands."""


class Unavailable(ValueError):  # noqa: N818 - it is what the reader is told, not a mistake
    """A figure that an area, a year or a list lacks; the message names them, never by a code."""
