"""Where files of each kind keep XMP: read, and written into a copy. In the decoder process alone."""
