/// A MIDI key number, 0...127; middle C is 60.
public struct Pitch: Hashable, Comparable, Sendable, RawRepresentable, BitwiseCopyable {
    public let rawValue: UInt8

    /// - Returns: nil outside 0...127.
    public init?(rawValue: UInt8) {
        guard rawValue < 128 else { return nil }
        self.rawValue = rawValue
    }

    /// - Precondition: `number` is in 0...127.
    public init(_ number: Int) {
        precondition((0..<128).contains(number), "a pitch lies in 0...127")
        rawValue = UInt8(number)
    }

    /// The key number, 0...127.
    public var number: Int { Int(rawValue) }

    /// C = 0 ... B = 11.
    public var pitchClass: Int { number % 12 }

    /// Moves by semitones.
    ///
    /// - Returns: nil where the result leaves 0...127.
    public func transposed(by semitones: Int) -> Pitch? {
        let moved = number + semitones
        return (0..<128).contains(moved) ? Pitch(moved) : nil
    }

    /// Moves by semitones, and back by octaves where the result would leave 0...127.
    public func movedAndFolded(by semitones: Int) -> Pitch {
        var moved = number + semitones
        if moved < 0 { moved += (11 - moved) / 12 * 12 }
        if moved > 127 { moved -= (moved - 116) / 12 * 12 }
        return Pitch(moved)
    }

    /// Moves by octaves into `range`; of several candidates the one nearest to the pitch itself.
    ///
    /// - Precondition: `range` holds at least 12 semitones.
    public func folded(into range: ClosedRange<Int>) -> Pitch {
        precondition(range.count >= 12, "a range to fold into holds an octave")
        var moved = number
        while moved < range.lowerBound { moved += 12 }
        while moved > range.upperBound { moved -= 12 }
        return Pitch(moved)
    }

    public static func < (a: Pitch, b: Pitch) -> Bool { a.rawValue < b.rawValue }

    /// Names of the twelve pitch classes, flats for the black keys that songs spell so.
    public static let classNames = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]
}

extension Pitch: CustomStringConvertible {
    /// The name with its octave: `C4` for middle C.
    public var description: String { "\(Pitch.classNames[pitchClass])\(number / 12 - 1)" }
}

/// How hard a key was struck, 1...127. (0 means note-off on the wire and is no velocity.)
public struct Velocity: Hashable, Comparable, Sendable, RawRepresentable, BitwiseCopyable {
    public let rawValue: UInt8

    /// - Returns: nil outside 1...127.
    public init?(rawValue: UInt8) {
        guard (1...127).contains(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    /// Clamps into 1...127.
    public init(_ value: Int) { rawValue = UInt8(min(127, max(1, value))) }

    public var number: Int { Int(rawValue) }

    public static let mezzoForte = Velocity(80)
    public static func < (a: Velocity, b: Velocity) -> Bool { a.rawValue < b.rawValue }
}
