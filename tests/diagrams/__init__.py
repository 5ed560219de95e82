"""Pictures of the code in docs/, drawn from the code: `make pictures`."""
