"""previz-clip: the small OpenCLIP model that comes along, trained on the procedural world alone."""
