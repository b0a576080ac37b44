"""The rules of notify: by which way a person can be told, and when to try again."""
