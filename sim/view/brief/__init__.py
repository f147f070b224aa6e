"""The brief for a board: one page and its picture."""
