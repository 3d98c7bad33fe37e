import Music

extension Chord.Quality {
    /// MusicXML's name of the kind.
    var kind: String {
        switch self {
        case .major: "major"
        case .majorSeventh: "major-seventh"
        case .seventh: "dominant"
        case .minor: "minor"
        case .minorSeventh: "minor-seventh"
        case .diminished: "diminished-seventh"
        case .halfDiminished: "half-diminished"
        }
    }
}

/// A chord symbol at its place, in grid steps from the phrase's bar 1.
struct PlacedSymbol: Hashable {
    var onset: Int
    var chord: Chord

    /// The symbols of a plan where the chord changes, none before `first` or from `end` on; what holds at `first` stands there.
    static func all(of plan: ChordPlan, from first: Int, until end: Int) -> [PlacedSymbol] {
        var placed: [PlacedSymbol] = []
        for change in plan.changes {
            let symbol = PlacedSymbol(onset: max(first, change.onset.nearestStep), chord: change.chord)
            guard symbol.onset < end else { break }
            if placed.last?.onset == symbol.onset { placed.removeLast() }
            placed.append(symbol)
        }
        return placed
    }

    /// - Parameter offset: divisions behind the place where it is written.
    func write(offset: Int, _ spelling: Spelling, to xml: inout XMLText) {
        let (step, alter) = spelling.name(pitchClass: chord.root)
        xml.element("harmony", [("print-frame", "no")]) { xml in
            xml.element("root") { xml in
                xml.value("root-step", step)
                if alter != 0 { xml.value("root-alter", alter) }
            }
            xml.value("kind", chord.quality.kind, [("text", chord.quality.suffix)])
            if offset > 0 { xml.value("offset", offset) }
        }
    }
}
