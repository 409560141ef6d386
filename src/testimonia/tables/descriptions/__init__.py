"""Tables by others, mapped by a description (YAML or TOML) instead of a module of code."""
