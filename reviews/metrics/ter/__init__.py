"""Translation edit rate (Snover et al. 2006): sacrebleu 2.6.0's numbers, ten to a hundred times faster.

sacrebleu computes TER in pure Python, a cell at a time and with a new edit matrix for every candidate shift; on a long
paragraph that takes seconds. Here the same search runs on bits and strings (`benchmarks/ter.py` compares the two).
Nothing is approximated: the result is the same pair of integers, for reasons each module states for its own part.

    encoding   words become characters
    band       the part of the edit matrix that sacrebleu fills, and when that makes no difference
    alignment  sacrebleu's way back through that matrix, as the search reads it
    whole      the whole matrix as bits, for where the band makes no difference
    banded     the band as bits, for where it does
    shifts     the blocks that may move, in sacrebleu's order
    search     rounds of shifts until none helps
    metric     TER as the other rooms see it
"""
