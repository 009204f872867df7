#!/usr/bin/env python3
"""Makes the embedded fonts from the originals. README.md says where those come from.

usage: subset.py ORIGINALS   (the unpacked npm package: 400Regular/, 700Bold/, LICENSE_FONT)
Needs: pyftsubset (Debian fonttools), /usr/share/unicode (Debian unicode-data).
"""
import bz2
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))

# The symbols the program draws, besides what the ranges below hold.
SYMBOLS = "✓✗●○◆◇■□▲△▼▽◀▶←↑→↓⇧…—–·•※№℃‰"

RANGES = [
    (0x0020, 0x007E),  # Latin
    (0x00A0, 0x017F),  # Latin-1, Latin Extended-A (pinyin tones, names)
    (0x01CD, 0x01DC),  # pinyin tones
    (0x02C6, 0x02DD),
    (0x2000, 0x206F),  # punctuation
    (0x2160, 0x217B),  # Roman numerals
    (0x2460, 0x249B),  # circled and bracketed numbers
    (0x3000, 0x303F),  # CJK punctuation
    (0x3105, 0x3129),
    (0x3220, 0x3229),
    (0xFF00, 0xFFEF),  # full-width forms
]


def table_of_8105():
    """The 通用规范汉字表 of 2013, as Unihan's kTGH gives it."""
    found = set()
    with bz2.open("/usr/share/unicode/Unihan_OtherMappings.txt.bz2", "rt", encoding="utf-8") as lines:
        for line in lines:
            parts = line.split("\t")
            if len(parts) == 3 and parts[1] == "kTGH":
                found.add(int(parts[0][2:], 16))
    return found


def gb2312():
    found = set()
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes([high, low]).decode("gb2312")))
            except UnicodeDecodeError:
                pass
    return found


def main(originals):
    wanted = table_of_8105()
    if len(wanted) != 8105:
        sys.exit("the table of 8105 characters has %d" % len(wanted))
    wanted |= gb2312()
    for first, last in RANGES:
        wanted.update(range(first, last + 1))
    wanted.update(ord(c) for c in SYMBOLS)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as text:
        text.write("\n".join("U+%04X" % code for code in sorted(wanted)))
        text.flush()
        for folder, name in (("400Regular", "NotoSansSC_400Regular"), ("700Bold", "NotoSansSC_700Bold")):
            subprocess.run(
                [
                    "pyftsubset",
                    os.path.join(originals, folder, name + ".ttf"),
                    "--unicodes-file=" + text.name,
                    "--layout-features=kern,mark,mkmk,ccmp,locl",
                    "--no-hinting",
                    "--desubroutinize",
                    "--name-IDs=*",
                    "--notdef-outline",
                    "--recalc-bounds",
                    "--output-file=" + os.path.join(HERE, name + ".ttf"),
                ],
                check=True,
            )
    shutil.copyfile(os.path.join(originals, "LICENSE_FONT"), os.path.join(HERE, "OFL.txt"))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
