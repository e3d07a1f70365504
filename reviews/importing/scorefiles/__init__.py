"""Files with scores of translations: by people (MQM, ESA, DA) and by metrics that ran elsewhere.

Readers and writers, pure. A score file is taken whole or not at all: one bad line refuses it, with file and line, since
a lost error mark or a shifted line would change numbers without anybody seeing it.
"""
