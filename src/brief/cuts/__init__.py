"""Cuts: what may be left out of a sentence so that what stays is whole and still true.

`seams` judges a model's bullet by its cuts, `shortening` makes a sentence shorter; `edges` and
`gaps` list the sound kinds of cut, over `statements` and `stretches`.
"""
