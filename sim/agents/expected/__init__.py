"""The control variates: what a plot's state is worth, what a group's plots to come are worth, and every gate."""
