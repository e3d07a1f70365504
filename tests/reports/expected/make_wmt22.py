"""Writes wmt22.json: what sacrebleu itself gives for every system of WMT 2022 German-English and each reference.

    python -m tests.reports.expected.make_wmt22

Takes about ten minutes, nearly all of it TER; run it again when sacrebleu's version changes.
"""

import json
from pathlib import Path

import sacrebleu

from tests.wmt import SYSTEMS, lines

METRICS = {
    "bleu": sacrebleu.metrics.BLEU(),
    "chrf": sacrebleu.metrics.CHRF(),
    "chrf++": sacrebleu.metrics.CHRF(word_order=2),
    "ter": sacrebleu.metrics.TER(),
}


def main() -> None:
    references = {"A": [lines("ref.A.en")], "B": [lines("ref.B.en")]}
    references["A+B"] = references["A"] + references["B"]
    scores = {
        label: {
            system: {
                name: metric.corpus_score(lines(f"systems/{system}.en"), texts).score
                for name, metric in METRICS.items()
            }
            for system in SYSTEMS
        }
        for label, texts in references.items()
    }
    path = Path(__file__).with_name("wmt22.json")
    path.write_text(json.dumps({"sacrebleu": sacrebleu.__version__, "scores": scores}, indent=1) + "\n")


if __name__ == "__main__":
    main()
