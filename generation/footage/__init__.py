"""The bundled encoder of real footage: how its folder is made and how well it finds clips (MODEL_CARD.md)."""
