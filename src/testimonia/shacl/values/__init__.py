"""What the text of terms means: kinds of literals, their order, and regular expressions."""
