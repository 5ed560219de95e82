"""previz: the bundled text-to-video diffusion transformer, with the world it was trained on."""
