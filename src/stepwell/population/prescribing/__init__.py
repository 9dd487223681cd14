"""What England's practices prescribe: public data, practice by practice, month by month. No people anywhere in it."""
