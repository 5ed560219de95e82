"""What runs in the child before the program does: it gives up, step by step, all that the program needs not.

The standard library alone, and little of it: each start pays for what is imported here.
"""
