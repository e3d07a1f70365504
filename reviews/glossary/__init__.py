"""A desk's glossary: how its terms are found in texts, and the tables they come and go in."""
