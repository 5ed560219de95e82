"""Cuts: pieces of clips and images one after another, made by a worker into a clip of their own."""
