"""Values of terms: datatypes and lexical forms, order, and regular expressions."""
