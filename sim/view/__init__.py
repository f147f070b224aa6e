"""What a user sees: plots and pages."""
