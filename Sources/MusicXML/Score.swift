import Music

/// A score about to be written: staves over the same bars.
struct Score {
    let options: MusicXMLFile.Options
    let staves: [Staff]
    let grid: BarGrid
    let phrase: Phrase
    let spelling: Spelling
    let key: Key
    let symbols: [PlacedSymbol]
    let swings: Bool
    /// Steps of the first bar that are not written, because it is a pickup; 0 where it is not.
    let lead: Int

    init(
        options: MusicXMLFile.Options, staves: [Staff], grid: BarGrid, phrase: Phrase, chords: ChordPlan?, swings: Bool
    ) {
        self.options = options
        self.staves = staves
        self.grid = grid
        self.phrase = phrase
        self.swings = swings
        key = options.key ?? phrase.key
        spelling = Spelling(key)
        let lead = phrase.bars > 1 ? Score.lead(staves, grid) : 0
        self.lead = lead
        symbols = chords.map { PlacedSymbol.all(of: $0, from: lead, until: phrase.bars * grid.length) } ?? []
    }

    /// The silence before a pickup: at least half a bar, and less than a bar.
    private static func lead(_ staves: [Staff], _ grid: BarGrid) -> Int {
        guard let first = staves.compactMap(\.firstOnset).min(), first < grid.length else { return 0 }
        // A pickup does not begin inside a tuplet.
        let cell = first - first % grid.cell
        let edges = staves.flatMap { $0.voices.joined().flatMap { [$0.onset, $0.end] } }
        let isPlain = edges.allSatisfy { $0 >= cell + grid.cell || $0 % 3 == 0 }
        let lead = isPlain ? first : cell
        return lead * 2 >= grid.length ? lead : 0
    }

    /// The whole text of the file.
    var text: String {
        var xml = XMLText(
            head: """
                <?xml version="1.0" encoding="UTF-8" standalone="no"?>
                <!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">

                """)
        xml.element("score-partwise", [("version", "4.0")]) { xml in
            if !options.title.isEmpty { xml.element("work") { $0.value("work-title", options.title) } }
            xml.element("identification") { xml in
                if !options.composer.isEmpty { xml.value("creator", options.composer, [("type", "composer")]) }
                xml.element("encoding") { $0.value("software", "Continuo") }
            }
            xml.element("part-list") { xml in
                for staff in staves { staff.writeEntry(to: &xml) }
            }
            for staff in staves {
                xml.element("part", [("id", staff.id)]) { xml in
                    for bar in 0..<phrase.bars { write(bar, of: staff, to: &xml) }
                }
            }
        }
        return xml.text
    }

    private func write(_ bar: Int, of staff: Staff, to xml: inout XMLText) {
        let isPickup = bar == 0 && lead > 0
        var attributes = [("number", "\(lead > 0 ? bar : bar + 1)")]
        if isPickup { attributes.append(("implicit", "yes")) }
        let isFirst = staff.id == staves[0].id
        xml.element("measure", attributes) { xml in
            if bar == 0 {
                writeAttributes(of: staff, to: &xml)
                if isFirst { writeTempo(to: &xml) }
            }
            let first = isPickup ? lead : 0
            let voices = staff.voices.map { BarVoice($0, bar: bar, from: first, on: grid) }
            let line = bar * grid.length
            var symbols =
                isFirst ? self.symbols.filter { $0.onset >= line && $0.onset < line + grid.length }[...] : []
            for piece in voices[0].pieces {
                while let symbol = symbols.first, symbol.onset < line + piece.start + piece.steps {
                    symbol.write(offset: symbol.onset - line - piece.start, spelling, to: &xml)
                    symbols.removeFirst()
                }
                staff.write(piece, voice: 1, spelling, to: &xml)
            }
            for (index, voice) in voices.enumerated().dropFirst() where !voice.isSilent {
                xml.element("backup") { $0.value("duration", grid.length - first) }
                for piece in voice.pieces {
                    // The second voice shows its rests only where a tuplet has to be filled.
                    if piece.isRest, piece.tuplet == nil {
                        xml.element("forward") { $0.value("duration", piece.steps) }
                    } else {
                        staff.write(piece, voice: index + 1, spelling, to: &xml)
                    }
                }
            }
            if bar == phrase.bars - 1 {
                xml.element("barline", [("location", "right")]) { $0.value("bar-style", "light-heavy") }
            }
        }
    }

    private func writeAttributes(of staff: Staff, to xml: inout XMLText) {
        xml.element("attributes") { xml in
            // A division is a grid step.
            xml.value("divisions", Grid.stepsPerQuarter)
            xml.element("key") { xml in
                xml.value("fifths", staff.isDrums ? 0 : spelling.fifths)
                if !staff.isDrums { xml.value("mode", key.mode.rawValue) }
            }
            xml.element("time") { xml in
                xml.value("beats", phrase.meter.numerator)
                xml.value("beat-type", phrase.meter.denominator)
            }
            staff.writeClef(to: &xml)
        }
    }

    private func writeTempo(to xml: inout XMLText) {
        let tempo = phrase.tempo.quartersPerMinute
        xml.element("direction", [("placement", "above")]) { xml in
            if swings { xml.element("direction-type") { $0.value("words", "Swing ") } }
            xml.element("direction-type") { xml in
                xml.element("metronome") { xml in
                    xml.value("beat-unit", "quarter")
                    if grid.isCompound, phrase.meter.denominator == 8 { xml.empty("beat-unit-dot") }
                    let beats = grid.isCompound && phrase.meter.denominator == 8 ? tempo * 2 / 3 : tempo
                    xml.value("per-minute", Score.number(beats, decimals: 0))
                }
            }
            xml.empty("sound", [("tempo", Score.number(tempo, decimals: 3))])
        }
    }

    /// A positive number with so many decimals at most, no zeros behind the last that counts.
    static func number(_ value: Double, decimals: Int) -> String {
        var scale = 1
        for _ in 0..<decimals { scale *= 10 }
        let scaled = Int((value * Double(scale)).rounded())
        guard scaled % scale != 0 else { return "\(scaled / scale)" }
        var digits = "\(scaled % scale)"
        digits = String(repeating: "0", count: decimals - digits.count) + digits
        while digits.last == "0" { digits.removeLast() }
        return "\(scaled / scale).\(digits)"
    }
}
