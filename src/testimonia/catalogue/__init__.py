"""What is kept as files with a header: competency questions, rules, their parameters; and where they are found."""
