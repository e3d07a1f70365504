"""Words and small passages that several checks look for, and where their counterpart would stand."""
