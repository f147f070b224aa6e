"""The tool about itself: the tables of ODD.md, the levers, the schedule."""
