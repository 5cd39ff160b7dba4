"""Fairness, drift and performance from counts: pure functions, no clock, no file, no log.

Arrays of counts come in, `Estimate` or `Undefined` goes out. numpy is imported here, and
`scipy.special` only inside the functions that need it; never `scipy.stats`, pandas or ibis.
"""
