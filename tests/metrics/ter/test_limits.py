from sacrebleu.metrics import lib_ter

from reviews.metrics.ter.limits import SACREBLEU


def test_the_limits_are_those_of_the_installed_sacrebleu():
    assert SACREBLEU.shift_words == lib_ter._MAX_SHIFT_SIZE
    assert SACREBLEU.shift_distance == lib_ter._MAX_SHIFT_DIST
    assert SACREBLEU.beam == lib_ter._BEAM_WIDTH
    assert SACREBLEU.candidates == lib_ter._MAX_SHIFT_CANDIDATES
