"""What a user writes: the schema of a scenario, of a world, and the reading of both from YAML."""
