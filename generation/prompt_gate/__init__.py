"""What a brand allows to be asked of a generator: its rules, what they find in a prompt, and waivers."""
