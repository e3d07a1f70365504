"""Texts into sentences."""

import argparse
import re
from typing import Any

from django.core.management.base import CommandParser

from reviews.importing.segmenting import split
from reviews.management.filters import Converter, FilterCommand, text_in
from reviews.values import CodedText


class Command(FilterCommand):
    help = "The sentences of each text, divided as an import divides them; joined they give the text back."
    example = """split_sentences --lang de texts.jsonl
  echo '{"id": 7, "text": "Der 3. Senat tagt. Danach war Ruhe."}' | bin/manage split_sentences --lang de"""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--lang", required=True, type=language_code, help="Language code such as de or en-GB.")

    def converter(self, **options: Any) -> Converter:
        lang: str = options["lang"]
        return lambda record: {"sentences": [piece.text for piece in split(CodedText(text_in(record, "text")), lang)]}


def language_code(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no language code: write one such as de or en-GB.")
    return text
