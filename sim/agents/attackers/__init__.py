"""What attackers do: clocks, choice, preparation, the field, the attempt, and how a plot ends."""
