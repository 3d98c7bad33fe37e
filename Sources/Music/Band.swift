/// One voice of the band.
public enum Part: String, Hashable, Sendable, CaseIterable {
    case drums, bass, chords, pad, line

    /// The MIDI channel, counted from 1: the band uses 2 to 6 and 10 and never the player's channel 1.
    public var channel: Channel {
        switch self {
        case .bass: Channel(2)
        case .chords: Channel(3)
        case .pad: Channel(4)
        case .line: Channel(5)
        case .drums: Channel(10)
        }
    }
}

/// A MIDI channel, 1...16 as people count.
public struct Channel: Hashable, Comparable, Sendable, BitwiseCopyable {
    public let number: Int

    /// - Precondition: in 1...16.
    public init(_ number: Int) {
        precondition((1...16).contains(number), "a channel is 1 to 16")
        self.number = number
    }

    /// 0...15, as on the wire.
    public var wire: UInt8 { UInt8(number - 1) }
    public init(wire: UInt8) { number = Int(wire & 15) + 1 }

    /// The General MIDI drum channel.
    public static let drums = Channel(10)
    public static func < (a: Channel, b: Channel) -> Bool { a.number < b.number }
}

/// A kind of band, by its short name: `pop`, `jazz`, `rock`, `symphony`, or a player's own.
public struct Genre: Hashable, Sendable, RawRepresentable {
    public let rawValue: String

    /// - Returns: nil unless the name has 1 to 32 of a-z, 0-9, `-`, `_`, a letter first (it is used as a file name).
    public init?(rawValue: String) {
        let bytes = Array(rawValue.utf8)
        guard let first = bytes.first, (97...122).contains(first), bytes.count <= 32,
            bytes.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 95 })
        else { return nil }
        self.rawValue = rawValue
    }

    public static let pop = Genre(rawValue: "pop")!
    public static let jazz = Genre(rawValue: "jazz")!
    public static let rock = Genre(rawValue: "rock")!
    public static let symphony = Genre(rawValue: "symphony")!
}

/// A General MIDI program, 0...127 (0 is the grand piano).
public struct Program: Hashable, Sendable {
    public let number: UInt8
    /// - Precondition: in 0...127.
    public init(_ number: Int) {
        precondition((0..<128).contains(number), "a program is 0 to 127")
        self.number = UInt8(number)
    }
}

/// How a genre is voiced: a program for each part and for the melody on a keyboard that makes no sound of its own.
public struct Instrumentation: Hashable, Sendable {
    public var programs: [Part: Program]
    public var melody: Program

    public init(programs: [Part: Program], melody: Program) {
        self.programs = programs
        self.melody = melody
    }
}
