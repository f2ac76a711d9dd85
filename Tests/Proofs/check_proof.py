#!/usr/bin/env python3
"""Checks proofs and checkpoints of a Hansard log without Hansard.

    check_proof.py FILE --key KEY [--key …] [--old CHECKPOINT]

KEY is NAME+ID+KEY, or a file of such lines, as 'hansard key show' prints them.

A second opinion, written from RFC 6962 (trees and proofs), RFC 8032 (Ed25519), C2SP signed-note,
tlog-checkpoint and tlog-proof, and docs/FORMAT.md (leaves). Needs Python 3.8 and nothing else; uses
the package `cryptography` for signatures where it is there. Exit status: 0 the proof holds, 2 it
does not, 1 it could not be checked.
"""

import argparse
import base64
import hashlib
import os
import struct
import sys


class Refused(Exception):
    pass


class Unusable(Exception):
    """Nothing was checked."""


# ---- RFC 6962, section 2.1 -------------------------------------------------------------------


def leaf_hash(data):
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size):
    """The largest power of two smaller than size."""
    k = 1
    while k * 2 < size:
        k *= 2
    return k


def root_from_path(index, size, leaf, path):
    """Walks PATH(index, D[size]) back: the definition's recursion, read from its result."""
    if size == 1:
        if path:
            raise Refused("the path is too long")
        return leaf
    if not path:
        raise Refused("the path is too short")
    k = split(size)
    if index < k:
        return node_hash(root_from_path(index, k, leaf, path[:-1]), path[-1])
    return node_hash(path[-1], root_from_path(index - k, size - k, leaf, path[:-1]))


def roots_from_subproof(old, size, old_root, path, whole):
    """Walks SUBPROOF(old, D[size], whole) back to the roots of both trees."""
    if old == size:
        if whole:
            if path:
                raise Refused("the path is too long")
            return old_root, old_root
        if len(path) != 1:
            raise Refused("the path has the wrong length")
        return path[0], path[0]
    if not path:
        raise Refused("the path is too short")
    k = split(size)
    if old <= k:
        before, after = roots_from_subproof(old, k, old_root, path[:-1], whole)
        return before, node_hash(after, path[-1])
    before, after = roots_from_subproof(old - k, size - k, old_root, path[:-1], False)
    return node_hash(path[-1], before), node_hash(path[-1], after)


# ---- RFC 8032, section 5.1 -------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(p, q):
    """Points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z."""
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def is_same_point(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def decompress(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        raise Refused("the key or signature is no point of the curve")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        raise Refused("the key or signature is no point of the curve")
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signature(public, signature, message):
    if len(public) != 32 or len(signature) != 64:
        return False
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return is_signature_by_hand(public, signature, message)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        return True
    except InvalidSignature:
        return False


def is_signature_by_hand(public, signature, message):
    s = int.from_bytes(signature[32:], "little")
    if s >= ORDER:
        return False
    try:
        key, r = decompress(public), decompress(signature[:32])
    except Refused:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    k = int.from_bytes(digest, "little") % ORDER
    return is_same_point(multiply(s, BASE), add(r, multiply(k, key)))


# ---- C2SP signed-note and tlog-checkpoint ----------------------------------------------------


def decode64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Refused("bad Base64: %r" % text) from error
    if base64.b64encode(data).decode() != text:
        raise Refused("Base64 in another form than the usual: %r" % text)
    return data


def key_id(name, public):
    return hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]


def parse_key(text):
    try:
        name, ident, data = text.split("+", 2)
        data = decode64(data)
    except ValueError as error:
        raise Refused("no public key: %r" % text) from error
    if data[:1] != b"\x01" or ident != key_id(name, data[1:]).hex():
        raise Refused("no Ed25519 key, or its id is wrong: %r" % text)
    return name, data[1:]


def keys_of(text):
    """The key, or those in the file of that name."""
    try:
        if text.count("+") >= 2 and not os.path.exists(text):
            return [parse_key(text)]
        return [parse_key(line) for line in read(text).split("\n") if line]
    except Refused as error:
        raise Unusable(str(error)) from error


def read(path):
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable("can't read %s: %s" % (path, error)) from error


def open_checkpoint(note, keys):
    """The origin, size and root of a checkpoint that one of the keys signed."""
    text, blank, lines = note.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise Refused("no signed note")
    text += "\n"
    signers = 0
    for line in lines[:-1].split("\n"):
        dash, name, data = (line.split(" ") + ["", ""])[:3]
        if dash != "\u2014" or not name or line.count(" ") != 2:
            raise Refused("no signature line: %r" % line)
        data = decode64(data)
        for known, public in keys:
            if known == name and key_id(name, public) == data[:4]:
                if not is_signature(public, data[4:], text.encode()):
                    raise Refused("a false signature of " + name)
                signers += 1
    if not signers:
        raise Refused("signed by none of the keys given")
    head = text.split("\n")
    if len(head) < 4 or "" in head[:-1] or str(int(head[1])) != head[1]:
        raise Refused("no checkpoint")
    return head[0], int(head[1]), decode64(head[2])


# ---- Leaves: docs/FORMAT.md ------------------------------------------------------------------


def parse_leaf(data):
    """The leaf's own bytes, its position, the payload's hash, and what follows."""
    if len(data) < 50 or data[0] != 1:
        raise Refused("no leaf of format 1")
    position, recorded_at = struct.unpack_from("<Qq", data, 1)
    end = 49
    while end < len(data) and data[end] & 0x80:
        end += 1
    if end - 49 > 9 or end == len(data):
        raise Refused("the leaf is cut off")
    end += 1
    return data[:end], position, recorded_at, data[17:49], data[end:]


# ---- Files -----------------------------------------------------------------------------------


def check_event(lines, note, keys):
    if not lines[1].startswith("extra ") or not lines[2].startswith("index "):
        raise Refused("the proof lacks its first lines")
    leaf, position, _, payload_hash, payload = parse_leaf(decode64(lines[1][6:]))
    index = int(lines[2][6:])
    if position != index + 1:
        raise Refused("leaf and index are those of different events")
    if payload and hashlib.sha256(payload).digest() != payload_hash:
        raise Refused("the event is not the one that was recorded")
    origin, size, root = open_checkpoint(note, keys)
    if not 0 <= index < size:
        raise Refused("the event is beyond the checkpoint")
    path = [decode64(line) for line in lines[3:]]
    if root_from_path(index, size, leaf_hash(leaf), path) != root:
        raise Refused("the path does not lead to the signed root")
    return "holds: event %d of %d in %s" % (position, size, origin)


def check_growth(lines, note, keys, old_note):
    word, old_size, old_root = lines[1].split(" ")
    old_size, old_root = int(old_size), decode64(old_root)
    if word != "old":
        raise Refused("the proof lacks its first lines")
    origin, size, root = open_checkpoint(note, keys)
    if old_note is not None and open_checkpoint(old_note, keys) != (origin, old_size, old_root):
        raise Refused("the proof does not begin with the checkpoint that was kept")
    path = [decode64(line) for line in lines[2:]]
    if old_size == 0:
        found = (hashlib.sha256(b"").digest(), root) if not path else None
    elif old_size > size:
        raise Refused("a log does not shrink")
    else:
        found = roots_from_subproof(old_size, size, old_root, path, True)
    if found != (old_root, root):
        raise Refused("the path does not lead from one root to the other")
    return "holds: %s grew from %d to %d events" % (origin, old_size, size)


def check(text, keys, old_note=None):
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    if lines[0] == "c2sp.org/tlog-proof@v1":
        return check_event(lines, note, keys)
    if lines[0] == "hansard/consistency-proof@v1":
        return check_growth(lines, note, keys, old_note)
    if not text.startswith("hansard/"):
        raise Unusable("this is no proof and no checkpoint")
    origin, size, _ = open_checkpoint(text, keys)
    return "holds: the head of %s at %d events" % (origin, size)


def main():
    parser = argparse.ArgumentParser(description="Checks a proof of a Hansard log.")
    parser.add_argument("file")
    parser.add_argument("--key", action="append", required=True)
    parser.add_argument("--old", help="a checkpoint that was kept")
    arguments = parser.parse_args()
    try:
        keys = [key for text in arguments.key for key in keys_of(text)]
        old = read(arguments.old) if arguments.old else None
        print(check(read(arguments.file), keys, old))
    except Unusable as error:
        print("nothing was checked: %s" % error, file=sys.stderr)
        return 1
    except (Refused, ValueError, IndexError) as error:
        print("does not hold: %s" % error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
