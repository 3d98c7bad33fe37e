import Music

/// An instrument of a file, and the part of a band that it is most like.
struct InstrumentVoice {
    var name: String
    /// General MIDI, from 0; nil where the file says nothing.
    var program: Int?
    var isDrums: Bool
    /// Score order.
    var notes: [NoteEvent]

    /// What an instrument does in a band.
    enum Role: Hashable, Sendable {
        case part(Part)
        /// Bass, chords and a line in one: a piano under a solo.
        case piano
    }

    /// The role and how sure it is, 0...1: by name, else by program, else by register.
    var role: (role: Role, confidence: Double) {
        if isDrums { return (.part(.drums), 1) }
        // Two hands of a keyboard: a low voice and chords above it.
        let isWide = span >= 19 && notesPerOnset >= 1.5 && medianPitch < 72
        let words = name.lowercased()
        func says(_ list: [String]) -> Bool { list.contains { words.contains($0) } }
        if says(["timpani", "pauken", "drum", "perc", "schlag"]) { return (.part(.drums), 0.9) }
        if says(["bass", "contrab", "violone", "tuba", "cello", "fagott", "bassoon"]),
            !says(["bass drum", "bass clar"])
        {
            return (.part(.bass), medianPitch < 55 ? 0.9 : 0.5)
        }
        if says(["piano", "klavier", "pianoforte", "harpsi", "cembalo", "keys", "organ"]) {
            return isWide ? (.piano, 0.9) : (.part(medianPitch < 48 ? .bass : .chords), 0.8)
        }
        if says(["gtr", "guitar", "gitarre", "harp", "accord", "banjo", "ukul", "lute"]) {
            return (.part(notesPerOnset >= 1.3 ? .chords : .line), 0.8)
        }
        if says(["str", "pad", "choir", "chor", "horn", "corn", "trumpet", "tromp", "trombon", "brass"]) {
            return (.part(.pad), 0.7)
        }
        if says(["violin", "viola", "alto", "tenor"]) { return (.part(.chords), 0.6) }
        if says(["flute", "flauto", "oboe", "clarin", "klarin", "sax", "whistle", "recorder"]) {
            return (.part(.line), 0.7)
        }
        if let program, program != 0 {
            switch program {
            case 32...39, 43, 58, 70: return (.part(.bass), 0.8)
            case 47, 112...119: return (.part(.drums), 0.7)
            case 1...7: return isWide ? (.piano, 0.7) : (.part(.chords), 0.7)
            case 16...31: return (.part(notesPerOnset >= 1.3 ? .chords : .line), 0.6)
            case 40...55, 88...95: return (.part(notesPerOnset >= 1.3 || program >= 48 ? .pad : .line), 0.6)
            default: break
            }
        }
        if medianPitch < 48, notesPerOnset < 1.3 { return (.part(.bass), 0.6) }
        if isWide, span >= 28 { return (.piano, 0.5) }
        return (.part(notesPerOnset >= 1.6 || isBroken ? .chords : .line), 0.4)
    }

    /// Whether it is a chord played one note after the other, quickly and in leaps.
    private var isBroken: Bool {
        guard notes.count >= 16, meanLength <= 1.1 else { return false }
        let leaps = zip(notes.dropFirst(), notes).count { abs($0.pitch.number - $1.pitch.number) > 2 }
        return leaps * 4 > notes.count * 3
    }

    /// In quarters.
    private var meanLength: Double {
        notes.isEmpty ? 0 : notes.reduce(0) { $0 + $1.length.quarters } / Double(notes.count)
    }

    /// The lowest tenth of its notes ends here.
    private var low: Int {
        notes.isEmpty ? 60 : notes.map(\.pitch.number).sorted()[notes.count / 10]
    }

    /// The roles of voices beside each other: of several that play chords those that hold them longest are the pad; where nobody plays the bass, the lowest
    /// voice that may be a keyboard plays it with its left hand. What is sure stays.
    static func roles(of voices: [InstrumentVoice], given: [Int: Part]) -> [(role: Role, confidence: Double)] {
        var roles = voices.enumerated().map { index, voice in
            given[index].map { (role: Role.part($0), confidence: 1) } ?? voice.role
        }
        func indices(_ isWanted: (Role) -> Bool) -> [Int] {
            voices.indices.filter { !voices[$0].notes.isEmpty && isWanted(roles[$0].role) }
        }
        let chords = indices { $0 == .part(.chords) }
        if let shortest = chords.map({ voices[$0].meanLength }).min() {
            for index in chords where roles[index].confidence <= 0.7 && given[index] == nil {
                let length = voices[index].meanLength
                if length >= 1.5, length >= 1.5 * shortest { roles[index].role = .part(.pad) }
            }
        }
        let hasBass = !indices { $0 == .part(.bass) || $0 == .piano }.isEmpty
        let keyboards = indices { $0 == .part(.chords) || $0 == .part(.line) }.filter {
            roles[$0].confidence < 0.8 && given[$0] == nil && voices[$0].low < 53
        }
        if !hasBass, let lowest = keyboards.min(by: { (voices[$0].low, $0) < (voices[$1].low, $1) }) {
            roles[lowest].role = .piano
        }
        return roles
    }

    var medianPitch: Int { notes.isEmpty ? 60 : notes.map(\.pitch.number).sorted()[notes.count / 2] }

    private var notesPerOnset: Double {
        notes.isEmpty ? 1 : Double(notes.count) / Double(Set(notes.map(\.onset)).count)
    }

    /// From the lowest to the highest tenth.
    private var span: Int {
        let pitches = notes.map(\.pitch.number).sorted()
        return pitches.isEmpty ? 0 : pitches[pitches.count * 9 / 10] - pitches[pitches.count / 10]
    }

    /// Gives instruments to the parts of a band.
    ///
    /// - Returns: the parts, all that sounds and has a pitch, and the confidence of the least sure instrument.
    static func parts(
        of voices: [InstrumentVoice], under melody: [NoteEvent], roles: [Int: Part] = [:]
    ) -> (parts: [Part: [NoteEvent]], sounding: [NoteEvent], confidence: Double) {
        let doublings = PartReduction.Doublings(of: melody)
        var pools: [Part: [NoteEvent]] = [:]
        var parts: [Part: [NoteEvent]] = [:]
        var sounding: [NoteEvent] = []
        var confidence = 1.0
        for (voice, found) in zip(voices, self.roles(of: voices, given: roles)) where !voice.notes.isEmpty {
            confidence = min(confidence, found.confidence)
            switch found.role {
            case .part(.drums):
                pools[.drums, default: []] += voice.isDrums ? voice.notes : PartReduction.drums(voice.notes)
                if !voice.isDrums { sounding += voice.notes }
            case .part(.bass):
                pools[.bass, default: []] += voice.notes
                sounding += voice.notes
            case .part(let part):
                let kept = PartReduction.leavingOutDoublings(voice.notes, of: doublings)
                pools[part, default: []] += kept
                sounding += kept
            case .piano:
                for (part, notes) in PartReduction.piano(voice.notes, under: melody) {
                    parts[part, default: []] += notes
                }
                sounding += voice.notes
            }
        }
        for (part, notes) in pools {
            let pooled = notes + (parts[part] ?? [])
            switch part {
            case .drums: parts[part] = pooled.sorted(by: NoteEvent.inScoreOrder)
            case .bass:
                parts[part] = PartReduction.bassLeavingOutDoublings(PartReduction.bass(pooled), of: doublings)
            case .chords, .pad: parts[part] = PartReduction.chords(pooled)
            case .line: parts[part] = PartReduction.line(pooled)
            }
        }
        return (parts, sounding, confidence)
    }
}
