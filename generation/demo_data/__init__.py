"""The demo brand's starter library: made by the real pipeline, so that it shows the real thing."""
