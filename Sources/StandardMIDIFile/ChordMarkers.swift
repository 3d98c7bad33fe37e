import Music

extension MIDIFile {
    /// The chord symbols that stand as markers, as the harmony of a phrase.
    ///
    /// Markers are read for chords where at least half of them are chord symbols, and one of those is more than a letter: letters
    /// alone are the names of sections. Basses behind a slash and what goes beyond sevenths are left out. In a file of our own every marker that is
    /// a symbol is one.
    ///
    /// - Parameter skippedBars: bars of the file that lie before the phrase.
    /// - Returns: nil where there are none.
    func chords(of phrase: Phrase, skippedBars: Int = 0) -> ChordPlan? {
        let markers = markers
        let symbols = markers.compactMap { marker in
            Chord(written: marker.text).map { (tick: marker.tick, text: marker.text, chord: $0) }
        }
        let isOwn = !tracks.isEmpty && texts(track: 0).contains(MIDIFile.signature)
        guard let first = symbols.first,
            isOwn || symbols.count * 2 >= markers.count && symbols.contains(where: { $0.text.count > 1 })
        else { return nil }
        let window = phrase.meter.harmonyWindow
        let start = phrase.meter.bar * skippedBars
        var chords: [Chord] = []
        var left = symbols[...]
        var present = first.chord
        for index in 0..<phrase.length.rawValue / window.rawValue {
            // A symbol may stand a little behind its beat.
            let tick = FileGrid.tick(start + window * index, self) + ticksPerQuarter / 16
            while let symbol = left.first, symbol.tick <= tick {
                present = symbol.chord
                left.removeFirst()
            }
            chords.append(present)
        }
        return ChordPlan(window: window, chords: chords)
    }
}

extension Chord {
    /// Reads a chord symbol as people and programs write it: `Am7`, `F/C`, `B♭maj9`, `C-7`, `F#ø`, `Gsus4`.
    ///
    /// What the seven qualities do not have is read as the nearest of them: sixths and added notes as triads, ninths and more as sevenths,
    /// suspended and augmented chords as dominant sevenths.
    ///
    /// - Returns: nil for anything else.
    init?(written text: some StringProtocol) {
        var rest = Substring(text.filter { $0 != " " })
        guard let letter = rest.popFirst(), var root = Chord.letters[letter] else { return nil }
        while let next = rest.first, let alter = Chord.accidentals[next] {
            root += alter
            rest.removeFirst()
        }
        // A bass note, not the ninth of `6/9`.
        if let slash = rest.lastIndex(of: "/") {
            let bass = rest[rest.index(after: slash)...]
            if let first = bass.first, Chord.letters[first] != nil,
                bass.dropFirst().allSatisfy({ Chord.accidentals[$0] != nil })
            {
                rest = rest[..<slash]
            }
        }
        guard let quality = Quality(written: rest) else { return nil }
        self.init(root: root, quality: quality)
    }

    private static let letters: [Character: Int] = ["C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11]
    private static let accidentals: [Character: Int] = ["#": 1, "b": -1, "♯": 1, "♭": -1]
}

extension Chord.Quality {
    /// Reads what stands behind the root.
    fileprivate init?(written text: Substring) {
        /// What is left behind the first of some words that the text begins with.
        func rest(behind words: [String]) -> Substring? {
            words.first { text.hasPrefix($0) }.map { text.dropFirst($0.count) }
        }
        let found: (quality: Chord.Quality, rest: Substring)
        if let rest = rest(behind: ["maj", "Maj", "MAJ", "ma", "Ma", "M", "Δ", "^"]) {
            let isSeventh = text.hasPrefix("Δ") || text.hasPrefix("^") || Chord.Quality.hasSeventh(rest)
            found = (isSeventh ? .majorSeventh : .major, rest)
        } else if let rest = rest(behind: ["ø", "Ø"]) {
            found = (.halfDiminished, rest)
        } else if let rest = rest(behind: ["dim", "o", "°", "º"]) {
            found = (.diminished, rest)
        } else if let rest = rest(behind: ["min", "Min", "mi", "m", "-"]) {
            if let major = ["maj", "Maj", "ma", "M", "Δ"].first(where: { rest.hasPrefix($0) }) {
                found = (.minor, rest.dropFirst(major.count))
            } else {
                let bare = rest.filter { $0 != "(" && $0 != ")" }
                let isHalf = ["7b5", "7♭5", "7-5"].contains { bare.hasPrefix($0) }
                found = (isHalf ? .halfDiminished : Chord.Quality.hasSeventh(bare) ? .minorSeventh : .minor, rest)
            }
        } else if let rest = rest(behind: ["aug", "+", "sus", "alt"]) {
            found = (.seventh, rest)
        } else {
            found = (Chord.Quality.hasSeventh(text) || text.contains("sus") ? .seventh : .major, text)
        }
        guard Chord.Quality.isAlteration(found.rest) else { return nil }
        self = found.quality
    }

    /// Whether a text begins with a seventh or with what is built upon it.
    private static func hasSeventh(_ text: some StringProtocol) -> Bool {
        ["7", "9", "11", "13"].contains { text.hasPrefix($0) }
    }

    /// Whether a text has nothing but degrees, accidentals and the words that stand between them.
    private static func isAlteration(_ text: Substring) -> Bool {
        var rest = text
        while let first = rest.first {
            if let word = ["add", "sus", "omit", "no", "alt", "maj"].first(where: { rest.hasPrefix($0) }) {
                rest = rest.dropFirst(word.count)
            } else if first.isNumber || "b#♭♯+-(),/".contains(first) {
                rest.removeFirst()
            } else {
                return false
            }
        }
        return true
    }
}
