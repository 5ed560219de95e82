"""The pages of those who run a brand, and of those who run the installation."""
