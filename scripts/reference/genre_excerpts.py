#!/usr/bin/env python3
"""Renders what the genre classifier of `continuo evaluate` learns from: eight bars of lead sheets, played by MMA.

    genre_excerpts.py LEADSHEETS.jsonl FOLDER [excerpts a genre]
    continuo learn-genres FOLDER -o Sources/Evaluation/GenreClassifierWeights.swift

Needs MMA (Debian: mma). Writes MIDI files and `excerpts.tsv` (file, genre, split, metre, bars, groove, title) into FOLDER; keep that outside the
source tree: what MMA renders is only learned from and never shipped. A groove's genre follows from its library file's name; files, then their grooves,
are drawn evenly, so that a file with forty variants weighs no more than one with two. One song in four, by a hash of its title, is only tested on.
The same arguments give the same excerpts. Standard library only.
"""

import hashlib
import json
import random
import re
import subprocess
import sys
from pathlib import Path

LIBRARY = Path("/usr/share/mma/lib")
BARS = 8

# By the stem of the library file, the first that fits.
GENRES = [
    ("jazz", r"jazz|swing|bebop|bigband|evansish|dixie(?!march)|charleston|foxtrot|bossa|ragtime|strut|quickstep"),
    ("rock", r"(?<!pop)rock|metal|punk|hrk|mtl|thr|twist|jive"),
    ("pop", r"pop(?!waltz|spiritual)|8beat|16beat|beat8|beat16|dance|disco|boneym|soul|rb|r\+b|rnb|funk1|bubble"),
    ("symphony", r"^(vienese|slow|fast|french|arpeggio|broadway)?waltz|march|hymn|stringballad|serenade|lullaby|bolero|arpeggio"
                 r"|pianoballad|^ballad$|^68ballad|spiritual|^bald|fastwaltz|broadway$"),
]
NOT_JAZZ = r"jazzrock"
# Fills and endings of one library.
PFLIB_ONLY = re.compile(r"(F[AB]|E)$")

ROOTS = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]
KINDS = {
    "major": "", "dominant": "7", "minor-seventh": "m7", "minor": "m", "diminished": "dim", "major-seventh": "M7",
    "dominant-ninth": "9", "major-sixth": "6", "diminished-seventh": "dim7", "half-diminished": "m7b5",
    "augmented": "aug", "minor-sixth": "m6", "suspended-fourth": "sus4", "dominant-13th": "13", "major-ninth": "M9",
    "minor-ninth": "m9", "augmented-seventh": "aug7",
}


def genre_of(stem):
    for genre, pattern in GENRES:
        if re.search(pattern, stem) and not (genre == "jazz" and re.search(NOT_JAZZ, stem)):
            return genre
    return None


def grooves():
    """{genre: {metre: [(file, [groove, ...]), ...]}} of whole grooves in 4/4 and 3/4."""
    found = {genre: {"4/4": [], "3/4": []} for genre, _ in GENRES}
    for path in sorted(LIBRARY.glob("*/*.mma")):
        genre = genre_of(path.stem.lower())
        if not genre:
            continue
        text = path.read_text(errors="replace")
        # Libraries of drums alone are no bands.
        if not re.search(r"^\s*(begin\s+)?(chord|bass|walk|arpeggio)", text, re.M | re.I):
            continue
        times = {int(n) for n in re.findall(r"^\s*Time\s+(\d+)\s*$", text, re.M | re.I)}
        metre = {frozenset(): "4/4", frozenset({4}): "4/4", frozenset({3}): "3/4"}.get(frozenset(times))
        if not metre or re.search(r"^\s*TimeSig\s+(6|9|12)[ /]+8", text, re.M | re.I):
            continue
        names = []
        for name in re.findall(r"^\s*DefGroove\s+(\S+)", text, re.M | re.I):
            partial = PFLIB_ONLY.search(name) if path.parent.name == "pflib" else None
            if not partial and not re.search(r"intro|end(ing)?[0-9a-d]*$|fill|break|metronome", name, re.I):
                names.append(name)
        if names:
            found[genre][metre].append((f"{path.parent.name}/{path.stem}", names))
    return found


def is_test(title):
    return int(hashlib.sha256(title.strip().lower().encode()).hexdigest(), 16) % 4 == 0


def songs(path):
    """{metre: {split: [(title, bars), ...]}}; bars as lists of a chord symbol or '/' for each quarter."""
    result = {metre: {"train": [], "test": []} for metre in ("4/4", "3/4")}
    for line in Path(path).read_text().splitlines():
        sheet = json.loads(line)
        metre = {"4/4": "4/4", "2/2": "4/4", "3/4": "3/4"}.get(sheet["metre"])
        if not metre:
            continue
        quarters = int(metre[0])
        bars, current = [], None
        for bar in sheet["bars"]:
            slots = ["/"] * quarters
            for onset, root, kind, *_ in bar["chords"]:
                current = ROOTS[root] + KINDS.get(kind, "")
                slots[min(quarters - 1, max(0, onset // 12))] = current
            if bar["len"] != 12 * quarters or current is None:
                continue
            bars.append((slots, current))
        # A bar without a symbol of its own repeats what sounds.
        sounding, lines = None, []
        for slots, last in bars:
            if slots[0] == "/":
                slots = [sounding or last] + slots[1:]
            lines.append(slots)
            sounding = last
        if len(lines) >= BARS:
            result[metre]["test" if is_test(sheet["title"]) else "train"].append((sheet["title"], lines))
    return result


def render(folder, name, groove, metre, bars):
    lines = [f"TimeSig {metre[0]} 4", f"Time {metre[0]}", "Tempo 120", f"Groove {groove}"]
    lines += [f"{number} " + " ".join(slots) for number, slots in enumerate(bars, 1)]
    source = folder / f"{name}.mma"
    source.write_text("\n".join(lines) + "\n")
    target = folder / f"{name}.mid"
    target.unlink(missing_ok=True)
    done = subprocess.run(["mma", "-w", "-f", str(target), str(source)], capture_output=True, text=True, timeout=60)
    source.unlink()
    return done.returncode == 0 and target.exists()


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    folder = Path(sys.argv[2])
    wanted = int(sys.argv[3]) if len(sys.argv) > 3 else 240
    folder.mkdir(parents=True, exist_ok=True)
    library, sheets = grooves(), songs(sys.argv[1])
    rows = []
    for genre, metres in library.items():
        draw = random.Random(f"genre excerpts: {genre}")
        counts = {metre: sum(len(names) for _, names in files) for metre, files in metres.items()}
        print(f"{genre}: " + ", ".join(f"{len(metres[m])} files and {counts[m]} grooves in {m}" for m in metres))
        done = tried = 0
        while done < wanted and tried < 3 * wanted:
            tried += 1
            files = metres["4/4"] + metres["3/4"]
            file, names = draw.choice(files)
            metre = "3/4" if any(file == other for other, _ in metres["3/4"]) else "4/4"
            split = "test" if draw.random() < 0.25 else "train"
            title, bars = draw.choice(sheets[metre][split])
            start = draw.randrange(0, len(bars) - BARS + 1)
            groove = f"{file}:{draw.choice(names)}"
            name = f"{genre}-{tried:04d}"
            if render(folder, name, groove, metre, bars[start:start + BARS]):
                rows.append([f"{name}.mid", genre, split, metre, str(BARS), groove, title])
                done += 1
        print(f"{genre}: {done} excerpts rendered, {tried - done} failed")
    (folder / "excerpts.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))


if __name__ == "__main__":
    main()
