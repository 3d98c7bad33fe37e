import Music

/// One part of the score: its name, its sound and its voices.
struct Staff {
    let id: String
    let name: String
    let channel: Channel
    let program: Program?
    let voices: [[WrittenChord]]
    let isDrums: Bool

    /// The keys of a drum part, from the lowest up; none elsewhere.
    var drumKeys: [Int] {
        isDrums ? Set(voices.joined().flatMap { $0.pitches.map(\.number) }).sorted() : []
    }

    var firstOnset: Int? { voices.compactMap { $0.first?.onset }.min() }

    func drumID(_ key: Int) -> String { "\(id)-I\(key)" }

    /// Whether the notes lie better on a staff with a bass clef.
    private var isLow: Bool {
        let pitches = voices.joined().flatMap { $0.pitches.map(\.number) }.sorted()
        return !pitches.isEmpty && pitches[pitches.count / 2] < 57
    }

    /// The entry in the list of parts.
    func writeEntry(to xml: inout XMLText) {
        xml.element("score-part", [("id", id)]) { xml in
            xml.value("part-name", name)
            let instruments = isDrums ? drumKeys.map { (drumID($0), DrumSign(key: $0).name) } : [("\(id)-I1", name)]
            for (id, name) in instruments {
                xml.element("score-instrument", [("id", id)]) { $0.value("instrument-name", name) }
            }
            let keys: [Int?] = isDrums ? drumKeys : [nil]
            for (instrument, key) in zip(instruments, keys) {
                xml.element("midi-instrument", [("id", instrument.0)]) { xml in
                    xml.value("midi-channel", channel.number)
                    if let program { xml.value("midi-program", Int(program.number) + 1) }
                    if let key { xml.value("midi-unpitched", key + 1) }
                }
            }
        }
    }

    func writeClef(to xml: inout XMLText) {
        xml.element("clef") { xml in
            xml.value("sign", isDrums ? "percussion" : isLow ? "F" : "G")
            if !isDrums { xml.value("line", isLow ? 4 : 2) }
        }
    }

    /// Writes a piece as one note element, or one a pitch.
    func write(_ piece: Piece, voice: Int, _ spelling: Spelling, to xml: inout XMLText) {
        // A drum is struck once: what a tie would lengthen is a rest.
        guard !piece.isRest, !(isDrums && piece.isTiedBack) else {
            return xml.element("note") { xml in
                xml.empty("rest", piece.value == nil ? [("measure", "yes")] : [])
                finish(piece, voice: voice, sign: nil, instrument: nil, carriesTuplet: true, to: &xml)
            }
        }
        for (index, pitch) in piece.pitches.enumerated() {
            let sign = isDrums ? DrumSign(key: pitch.number) : nil
            xml.element("note") { xml in
                if index > 0 { xml.empty("chord") }
                if let sign {
                    xml.element("unpitched") { xml in
                        xml.value("display-step", sign.step)
                        xml.value("display-octave", sign.octave)
                    }
                } else {
                    let spelled = spelling.spelled(pitch)
                    xml.element("pitch") { xml in
                        xml.value("step", spelled.step)
                        if spelled.alter != 0 { xml.value("alter", spelled.alter) }
                        // The standard has no octave below this one.
                        xml.value("octave", max(0, spelled.octave))
                    }
                }
                finish(
                    piece, voice: voice, sign: sign, instrument: isDrums ? drumID(pitch.number) : nil,
                    carriesTuplet: index == 0, to: &xml)
            }
        }
    }

    /// What follows a note's pitch.
    private func finish(
        _ piece: Piece, voice: Int, sign: DrumSign?, instrument: String?, carriesTuplet: Bool, to xml: inout XMLText
    ) {
        xml.value("duration", piece.steps)
        let isTied = !isDrums && !piece.isRest
        if isTied, piece.isTiedBack { xml.empty("tie", [("type", "stop")]) }
        if isTied, piece.isTiedOn { xml.empty("tie", [("type", "start")]) }
        if let instrument { xml.empty("instrument", [("id", instrument)]) }
        xml.value("voice", voice)
        if let value = piece.value {
            xml.value("type", value.type)
            if value.isDotted { xml.empty("dot") }
        }
        if let tuplet = piece.tuplet {
            xml.element("time-modification") { xml in
                xml.value("actual-notes", tuplet.actual)
                xml.value("normal-notes", tuplet.normal)
                xml.value("normal-type", tuplet.unit.type)
            }
        }
        if let head = sign?.head { xml.value("notehead", head) }
        let marksTuplet = carriesTuplet && (piece.beginsTuplet || piece.endsTuplet)
        guard marksTuplet || isTied && (piece.isTiedBack || piece.isTiedOn) else { return }
        xml.element("notations") { xml in
            if isTied, piece.isTiedBack { xml.empty("tied", [("type", "stop")]) }
            if isTied, piece.isTiedOn { xml.empty("tied", [("type", "start")]) }
            guard carriesTuplet else { return }
            if piece.beginsTuplet { xml.empty("tuplet", [("type", "start"), ("number", "1"), ("bracket", "yes")]) }
            if piece.endsTuplet { xml.empty("tuplet", [("type", "stop"), ("number", "1")]) }
        }
    }
}
