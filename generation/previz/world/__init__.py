"""The procedural world that previz knows: scenes, their captions, and how they are drawn.

`scenes`, `captions` and `lexicon` are plain Python; only `rendering` and its parts need torch.
"""
