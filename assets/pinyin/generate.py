#!/usr/bin/env python3
"""Builds pinyin.txt.gz from Debian's rime-data-pinyin-simp and unicode-data; see README.md."""
import bz2
import collections
import gzip
import io
import math
import os
import re
import sys
import unicodedata

HERE = os.path.dirname(os.path.abspath(__file__))
RIME = "/usr/share/rime-data/pinyin_simp.dict.yaml"
READINGS = "/usr/share/unicode/Unihan_Readings.txt.bz2"
MAX_CHARACTERS = 8  # of a phrase


def plain(syllable):
    """zhāng -> zhang, lǜ -> lv; None for what is no syllable of the keyboard."""
    letters = unicodedata.normalize("NFD", syllable.lower())
    letters = letters.replace("u\u0308", "v")
    letters = "".join(c for c in letters if not unicodedata.combining(c))
    letters = {"lue": "lve", "nue": "nve"}.get(letters, letters)
    return letters if re.fullmatch(r"(?=.*[aeiouv])[a-z]{1,6}", letters) else None


def unihan():
    """Readings by character: of the table of 8105 characters, spoken ones, and all."""
    table, spoken, all_readings = {}, collections.defaultdict(set), {}
    with bz2.open(READINGS, "rt", encoding="utf-8") as lines:
        for line in lines:
            parts = line.rstrip("\n").split("\t")
            if len(parts) != 3:
                continue
            character = chr(int(parts[0][2:], 16))
            if parts[1] == "kTGHZ2013":
                found = [plain(s) for s in re.findall(r":([^ ]+)", parts[2]) for s in s.split(",")]
                table[character] = list(dict.fromkeys(f for f in found if f))
            elif parts[1] == "kHanyuPinlu":
                spoken[character] = {plain(s) for s in re.findall(r"([^ (]+)\(", parts[2])}
            elif parts[1] == "kMandarin":
                found = [plain(s) for s in parts[2].split()]
                all_readings[character] = [f for f in dict.fromkeys(found) if f]
    return table, spoken, all_readings


def rime():
    """Weights by (text, pinyin)."""
    weights = {}
    with open(RIME, encoding="utf-8") as lines:
        for line in lines:
            parts = line.rstrip("\n").split("\t")
            if len(parts) != 3:
                continue
            syllables = tuple(plain(s) or "" for s in parts[1].split(" "))
            if len(syllables) == len(parts[0]) and all(syllables):
                weights[parts[0], syllables] = int(parts[2])
    return weights


def own_words():
    with open(os.path.join(HERE, "words.txt"), encoding="utf-8") as lines:
        for line in lines:
            parts = line.split()
            if parts and parts[0] != "#":
                yield parts[0], tuple(parts[1:-1]), int(parts[-1])


def names(file, usual):
    """Surnames or given names as text and pinyin, in the file's order."""
    seen = []
    with open(os.path.join(HERE, file), encoding="utf-8") as lines:
        for line in lines:
            for word in [] if line.startswith("#") else line.split():
                text, _, reading = word.partition("=")
                syllables = reading.split("'") if reading else [usual.get(c, "") for c in text]
                entry = text + "".join(syllables) if len(text) == 1 else text + "'".join(syllables)
                if all(syllables) and entry not in seen:
                    seen.append(entry)
    return seen


def weight(n):
    """A tenth of a natural logarithm is fine enough to order by, and short."""
    return round(10 * math.log(n + 1))


def in_gb2312(character):
    try:
        return len(character.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


def main():
    table, spoken, all_readings = unihan()
    weights = rime()
    for text, syllables, n in own_words():
        if len(text) != len(syllables):
            sys.exit(f"words.txt: {text} has {len(syllables)} syllables")
        weights[text, syllables] = max(n, weights.get((text, syllables), 0))

    characters = collections.defaultdict(lambda: ([], [], []))
    usual = {}
    for character, general in all_readings.items():
        if character in table:
            readings = list(dict.fromkeys(table[character] + sorted(spoken[character] - {None})))
        else:
            readings = general
        best = max(readings, key=lambda s: weights.get((character, (s,)), 0), default=None)
        if best:
            usual[character] = best
        known = character in table or in_gb2312(character)
        for syllable in readings:
            n = weights.get((character, (syllable,)), 0)
            tier = (0 if n > 0 else 1) if known else 2
            characters[syllable][tier].append((-n, ord(character), character))

    phrases = collections.defaultdict(list)
    for (text, syllables), n in weights.items():
        if 2 <= len(text) <= MAX_CHARACTERS and all(c in table or in_gb2312(c) for c in text):
            phrases[syllables].append((-n, text))

    out = ["bianmin-pinyin 1", "characters"]
    for syllable in sorted(characters):
        tiers = ["".join(c + (str(weight(-n)) if n else "") for n, _, c in sorted(tier)) for tier in characters[syllable]]
        out.append(syllable + "\t" + "|".join(tiers))
    out.append("phrases")
    for syllables in sorted(phrases):
        if all(s in characters for s in syllables):
            out.append(" ".join(syllables) + "\t" + "".join(t + str(weight(-n)) for n, t in sorted(phrases[syllables])))
    out.append("surnames\n" + " ".join(names("surnames.txt", usual)))
    out.append("given\n" + " ".join(names("given.txt", usual)))
    content = ("\n".join(out) + "\n").encode()

    compressed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=compressed, compresslevel=9, mtime=0) as file:
        file.write(content)
    with open(os.path.join(HERE, "pinyin.txt.gz"), "wb") as file:
        file.write(compressed.getvalue())
    print(f"{len(characters)} syllables, {sum(map(len, phrases.values()))} phrases, {len(content)} bytes, {len(compressed.getvalue())} compressed")


if __name__ == "__main__":
    main()
