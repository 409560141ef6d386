"""Work in processes of its own, which may die or be stopped without harm to the caller."""
