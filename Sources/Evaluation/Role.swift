import Music

/// What a track does in a band, told from its sound alone, so that every program's files are measured alike.
public enum Role: String, Hashable, Sendable, CaseIterable {
    case drums, bass, chords, pad, line
    /// Timpani in a high register.
    case percussion

    public init(_ part: Part) {
        switch part {
        case .drums: self = .drums
        case .bass: self = .bass
        case .chords: self = .chords
        case .pad: self = .pad
        case .line: self = .line
        }
    }

    /// The first rule that fits.
    ///
    /// Drums are what stands on channel 10. Bass: its programs (32 to 39, 43, 58, 70), or a median pitch under 48 with fewer than 1.3 notes an
    /// onset. Percussion: timpani (47). With 1.6 notes an onset or more: pad for strings, choirs and synthetic pads (40 to 55, 88 to 95), else
    /// chords. Else line.
    ///
    /// - Parameter notes: at least one.
    public init(isDrums: Bool, program: Int, notes: [NoteEvent]) {
        if isDrums {
            self = .drums
            return
        }
        let perOnset = Double(notes.count) / Double(Set(notes.map { EvaluatedPiece.step($0.onset) }).count)
        let median = percentile(notes.map { Double($0.pitch.number) }, 0.5) ?? 0
        if (32...39).contains(program) || [43, 58, 70].contains(program) || (median < 48 && perOnset < 1.3) {
            self = .bass
        } else if program == 47 {
            self = .percussion
        } else if perOnset >= 1.6 {
            self = (40...55).contains(program) || (88...95).contains(program) ? .pad : .chords
        } else {
            self = .line
        }
    }

    /// Roles whose pitches make harmony with each other.
    static let tonal: [Role] = [.bass, .chords, .pad, .line]
}

/// A percentile with linear interpolation between the two nearest numbers.
///
/// - Parameter share: 0...1.
/// - Returns: nil for no numbers.
func percentile(_ numbers: [Double], _ share: Double) -> Double? {
    let sorted = numbers.sorted()
    guard let last = sorted.last else { return nil }
    let place = share * Double(sorted.count - 1)
    let index = Int(place)
    guard index + 1 < sorted.count else { return last }
    return sorted[index] + (place - Double(index)) * (sorted[index + 1] - sorted[index])
}
