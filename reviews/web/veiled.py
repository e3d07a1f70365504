"""Ids that say nothing: where engines are nameless, not even the order in which their texts came in shows.

A number on a page is either an id or a veiled one, and tells which by its size, so that a page that was opened before
engines became nameless still does what it says.
"""

from __future__ import annotations

from hashlib import blake2b

from django.conf import settings

#: A veiled id is this plus 62 bits: too large for an id, small enough for a column.
_VEIL = 1 << 62
_HALF = 31
_ROUNDS = 4


def veiled(pk: int) -> int:
    """The id under the installation's secret: a Feistel network over 62 bits, so that no two ids meet."""
    left, right = divmod(pk, 1 << _HALF)
    for number in range(_ROUNDS):
        left, right = right, left ^ _mixed(number, right)
    return _VEIL | left << _HALF | right


def unveiled(number: int) -> int:
    """The id behind a number from a page, veiled or not."""
    if number < _VEIL:
        return number
    left, right = divmod((number ^ _VEIL) % _VEIL, 1 << _HALF)
    for turn in reversed(range(_ROUNDS)):
        left, right = right ^ _mixed(turn, left), left
    return left << _HALF | right


def _mixed(number: int, half: int) -> int:
    """A round's function of one half."""
    message = number.to_bytes(1, "big") + half.to_bytes(4, "big")
    digest = blake2b(message, digest_size=4, key=settings.SECRET_KEY.encode()[:64], person=b"veiled ids").digest()
    return int.from_bytes(digest, "big") >> 1
