"""How sharply labels change, and in how many dimensions items vary."""
