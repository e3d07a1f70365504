"""Metrics: how good is this translation, in numbers?

`base` says what a metric is, `registry` lists them, every other module holds one metric or what one is made of.
Everything here is plain Python on plain text; only the runner touches tables.
"""
