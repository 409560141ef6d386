"""Where one machine ends: the same mapping, and aggregates over claim tables, run by Apache Spark."""
