"""HTTP for the endpoint: parsing requests, negotiating content, limiting clients, reporting problems."""
