import MIDI
import Music

/// A melody found in a file.
public struct ImportedMelody: Hashable, Sendable {
    public var phrase: Phrase
    /// Counted from 1, as `TrackChoice.number`.
    public var trackNumber: Int
    public var trackName: String?
    public var channel: Channel
    /// Why this track: a clause such as `its name is "Lead Vocal"`.
    public var reason: String
    /// How sure the choice is, 0...1.
    public var confidence: Double
    /// The key signature at the phrase's beginning, where the file has one.
    public var writtenKey: Key?
    /// Nine in ten onsets lie this near to the grid or nearer, in quarter notes; 0 for a file that was written, not
    /// played.
    public var gridError: Double
    /// Whether the melody follows the file's beats; what was played freely lies anywhere between them.
    public var followsBeats: Bool
    /// Empty bars of the file before the phrase that were left out.
    public var skippedBars: Int
    /// What was left out or changed, sentences for the player.
    public var notices: [String]
    /// The notes that the phrase was made of, as the file has them.
    var played: [FileNote]
}

/// Why a file gives no melody.
public enum MelodyError: Error, Hashable, Sendable, CustomStringConvertible {
    case noNotes
    /// With what was asked for and what there is.
    case noSuchTrack(wanted: String, available: [String])

    public var description: String {
        switch self {
        case .noNotes: "the MIDI file has no notes other than drums: nothing to take a melody from"
        case .noSuchTrack(let wanted, let available):
            "the MIDI file has no track \(wanted) with notes; it has \(available.joined(separator: ", "))"
        }
    }
}

/// Which track the melody is.
public enum TrackChoice: Hashable, Sendable {
    /// By name, else the track that is most like a melody.
    case automatic
    /// Counted from 1, as programs show them; the conductor track counts.
    case number(Int)
    /// The first track whose name holds the text, in any case.
    case named(String)
    /// By channel: files of format 0 have all their voices in one track.
    case channel(Channel)
}

/// Finds the melody of a file and makes it a phrase on the grid.
public struct MelodyFinder: Sendable {
    private let file: MIDIFile
    private let voices: [FileVoice]

    public init(_ file: MIDIFile) {
        self.file = file
        voices = FileVoice.all(of: file)
    }

    /// Finds the melody.
    ///
    /// The first time signature and the first tempo hold for all; times are rounded to the grid; of a melody longer
    /// than 64 bars the first 64 are taken, from the first that has a note where those are empty.
    public func melody(_ choice: TrackChoice = .automatic) throws(MelodyError) -> ImportedMelody {
        try melody(choice, .asWritten)
    }

    /// What becomes of empty bars and of tempo changes.
    enum Reading {
        /// Empty bars are left out where the melody does not fit otherwise; the first tempo holds.
        case asWritten
        /// Empty bars before the melody are left out; of several tempi the mean one holds, so that the phrase lasts as long as what
        /// is heard.
        case asHeard
    }

    func melody(_ choice: TrackChoice, _ reading: Reading) throws(MelodyError) -> ImportedMelody {
        let found = try find(choice)
        var notices: [String] = []
        let meter = meter(&notices)
        var lines = FileGrid(notes: found.notes, ticksPerQuarter: file.ticksPerQuarter)
        let bars = lines.bars(of: meter)
        let skipped = lines.leaveOutEmptyBars(meter, if: reading == .asHeard || bars > Phrase.maximumBars)
        if skipped > 0 {
            notices.append(
                skipped == 1
                    ? "The first bar is empty and was left out."
                    : "The first \(skipped) bars are empty and were left out."
            )
        }
        if bars - skipped > Phrase.maximumBars {
            notices.append(
                "The melody has \(bars - skipped) bars; the first \(Phrase.maximumBars) were taken.")
        }
        let hung = found.notes.count { $0.isHung }
        if hung > 0 { notices.append("\(hung) notes were never ended and last until the end of their track.") }
        let taken = min(Phrase.maximumBars, max(1, bars - skipped))
        let first = FileGrid.tick(meter.bar * skipped, file)
        let tempo =
            reading == .asWritten
            ? firstTempo(&notices)
            : meanTempo(first, until: FileGrid.tick(meter.bar * (skipped + taken), file), &notices)
        let phrase = Phrase(
            notes: lines.events.soundingOnce(until: meter.bar * Phrase.maximumBars), meter: meter, tempo: tempo,
            bars: taken)
        return ImportedMelody(
            phrase: phrase, trackNumber: found.voice.track + 1, trackName: file.tracks[found.voice.track].name,
            channel: found.voice.channel, reason: found.reason, confidence: found.confidence,
            writtenKey: file.keyChanges.last { $0.tick <= first }?.key ?? file.keyChanges.first?.key,
            gridError: lines.error, followsBeats: !lines.isFree, skippedBars: skipped, notices: notices,
            played: found.notes)
    }

    /// What the file has, for a list to choose from: number, name and how many notes each track has that has any.
    public var tracks: [(number: Int, name: String?, notes: Int)] {
        let counts = Dictionary(grouping: voices, by: \.track).mapValues { $0.reduce(0) { $0 + $1.notes.count } }
        return counts.keys.sorted().map { ($0 + 1, file.tracks[$0].name, counts[$0]!) }
    }
}

// MARK: Which notes

extension MelodyFinder {
    private typealias Found = (voice: FileVoice, notes: [FileNote], reason: String, confidence: Double)

    private func find(_ choice: TrackChoice) throws(MelodyError) -> Found {
        let pitched = voices.filter { $0.channel != .drums }
        switch choice {
        case .number(let number):
            guard let voice = densest(voices.filter { $0.track == number - 1 }) else { throw missing("\(number)") }
            return (voice, voice.notes, "it was asked for", 1)
        case .named(let name):
            let wanted = name.lowercased()
            let named = voices.filter { $0.name.lowercased().contains(wanted) }
            guard let first = named.first, let voice = densest(named.filter { $0.track == first.track }) else {
                throw missing("named \"\(name)\"")
            }
            return (voice, voice.notes, "it was asked for", 1)
        case .channel(let channel):
            guard let voice = densest(voices.filter { $0.channel == channel }) else {
                throw missing("on channel \(channel.number)")
            }
            return (voice, voice.notes, "it was asked for", 1)
        case .automatic:
            guard let densest = densest(pitched) else { throw .noNotes }
            if pitched.count == 1 { return (densest, densest.notes, "it is the only track with notes", 0.95) }
            return byName(pitched) ?? byNature(pitched) ?? (densest, densest.skyline, "it has the most notes", 0.1)
        }
    }

    private func missing(_ wanted: String) -> MelodyError {
        .noSuchTrack(
            wanted: wanted,
            available: tracks.map { "\($0.number)" + ($0.name.map { " \"\($0)\"" } ?? "") })
    }

    private func densest(_ voices: [FileVoice]) -> FileVoice? {
        voices.enumerated().max { ($0.element.notes.count, -$0.offset) < ($1.element.notes.count, -$1.offset) }?.element
    }

    private func byName(_ voices: [FileVoice]) -> Found? {
        // A file of format 0 has one name for all: it says nothing.
        guard Set(voices.map(\.track)).count > 1 else { return nil }
        for word in ["melody", "melodie", "vocal", "lead", "voice", "solo", "gesang"] {
            let named = voices.filter {
                $0.name.lowercased().contains(word) && !MelodyLikeness.accompanies($0.name)
            }
            if let voice = densest(named) {
                return (voice, voice.notes, "its name is \"\(voice.name)\"", 0.95)
            }
        }
        return nil
    }

    /// The voice that is most like a melody; of one that plays chords the top line.
    private func byNature(_ voices: [FileVoice]) -> Found? {
        let likeness = MelodyLikeness(voices, of: file, words: file.wordTicks)
        guard let best = likeness.best else { return nil }
        let voice = voices[best.voice]
        guard voice.notesPerOnset < 1.6 else {
            return (
                voice, voice.skyline, "no track is a single line, so the top line of the likeliest was taken",
                min(0.4, 0.4 * best.probability)
            )
        }
        // A choice is seldom surer than the test of the weights was.
        return (voice, voice.notes, likeness.features[best.voice].reason, min(0.95, best.probability))
    }
}

// MARK: Metre and tempo

extension MelodyFinder {
    private func meter(_ notices: inout [String]) -> Meter {
        let changes = file.meterChanges
        guard let first = changes.first else { return .fourFour }
        guard let meter = first.meter, meter.bar.rawValue % Grid.ticksPerStep == 0 else {
            notices.append("Its time signature cannot be counted on the grid; 4/4 was taken.")
            return .fourFour
        }
        let others = changes.dropFirst().filter { $0.meter != meter }
        if let change = others.first {
            let bar = change.tick * Tick.perQuarter / file.ticksPerQuarter / meter.bar.rawValue + 1
            notices.append(
                "The metre changes at bar \(bar) to \(change.meter.map { "\($0)" } ?? "another"); bars are counted in \(meter) throughout, so bar lines after it differ from the file's."
            )
        }
        return meter
    }

    private func firstTempo(_ notices: inout [String]) -> Tempo {
        let changes = file.tempoChanges
        guard let first = changes.first else { return .moderate }
        let tempo = playable(microseconds: first.microsecondsPerQuarter, &notices)
        let others = changes.count { $0.microsecondsPerQuarter != first.microsecondsPerQuarter }
        if others > 0 {
            notices.append(
                "The tempo changes \(others) times; the first, \(Int(tempo.quartersPerMinute.rounded())) a minute, was taken."
            )
        }
        return tempo
    }

    /// The tempo at which the phrase lasts as long as the file does from one tick to another.
    private func meanTempo(_ first: Int, until end: Int, _ notices: inout [String]) -> Tempo {
        let clock = FileClock(file)
        let seconds = clock.seconds(at: end) - clock.seconds(at: first)
        let mean = seconds * 1e6 * Double(file.ticksPerQuarter) / Double(max(1, end - first))
        let tempo = playable(microseconds: Int(min(mean, 1e9).rounded()), &notices)
        if clock.changes(from: first, until: end) {
            notices.append(
                "The tempo changes in the melody; its mean, \(Int(tempo.quartersPerMinute.rounded())) a minute, was taken for the phrase."
            )
        }
        return tempo
    }

    /// A tempo event's tempo, brought into what is played.
    private func playable(microseconds: Int, _ notices: inout [String]) -> Tempo {
        if let tempo = Tempo(microsecondsPerQuarter: microseconds) { return tempo }
        let isSlow = Double(microseconds) * Tempo.range.lowerBound > 60e6
        let tempo = Tempo(quartersPerMinute: isSlow ? Tempo.range.lowerBound : Tempo.range.upperBound)!
        notices.append("Its tempo cannot be played; \(Int(tempo.quartersPerMinute)) a minute was taken.")
        return tempo
    }
}

extension MIDIFile {
    var ticksPerBar: Int {
        let meter = meterChanges.first?.meter ?? .fourFour
        return max(1, ticksPerQuarter * 4 * meter.numerator / meter.denominator)
    }
}
