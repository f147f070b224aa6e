"""What stands still: the grid and its jurisdictions, the roads, and worlds made from a seed."""
