"""The replication package: everything behind a verdict in one archive that rebuilds its own tables."""
