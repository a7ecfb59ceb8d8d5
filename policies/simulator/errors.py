"""What can be wrong with a simulation that is asked for."""


class UnusableInput(ValueError):
    """An input cannot be simulated; the text names it, as AWS spells it, and says what to write instead."""
