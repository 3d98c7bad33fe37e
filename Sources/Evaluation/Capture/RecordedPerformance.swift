import MIDI
import Music
import StandardMIDIFile

/// A file in which somebody played: its notes in performance time, and what the file itself says of tempo and bars.
public struct RecordedPerformance: Hashable, Sendable {
    /// By onset; drums left out.
    public let notes: [PerformedNote]
    /// What the file says; nil where it says nothing that could be compared.
    public let truth: CaptureTruth?
    /// Why there is no truth, a clause.
    public let reason: String?

    /// Onsets of a file that follows its beats lie nearer to the grid than those of one that was recorded without them: nine
    /// in ten within so many quarters of a twelfth. Random ones lie within 0.0375.
    public static let greatestGridError = 0.030

    /// Reads the beginning of a performance.
    ///
    /// A file is compared where it has a time signature that is measured, a tempo, and either a tempo that changes or onsets
    /// on the beats' grid: a sequencer that nobody played along with writes a steady 120 beside anything.
    ///
    /// - Parameter seconds: how much of it, from the first note.
    public init(_ file: MIDIFile, seconds: Double = 40) {
        let timeline = FileTimeline(file)
        let written = file.tracks.indices.flatMap { file.notes(track: $0) }.filter { $0.channel != .drums }
            .sorted { ($0.onset, $0.pitch) < ($1.onset, $1.pitch) }
        let first = written.first.map { timeline.seconds(at: $0.onset) } ?? 0
        let kept = written.filter { timeline.seconds(at: $0.onset) < first + seconds }
        notes = kept.map { note in
            let onset = timeline.seconds(at: note.onset)
            return PerformedNote(
                pitch: note.pitch, onset: Instant.zero + .seconds(onset),
                length: .seconds(max(0.001, timeline.seconds(at: note.end) - onset)), velocity: note.velocity)
        }
        switch RecordedPerformance.truth(of: file, timeline: timeline, notes: kept) {
        case .success(let found): (truth, reason) = (found, nil)
        case .failure(let missing): (truth, reason) = (nil, missing.reason)
        }
    }

    private struct Missing: Error { var reason: String }

    private static func truth(
        of file: MIDIFile, timeline: FileTimeline, notes: [FileNote]
    ) -> Result<CaptureTruth, Missing> {
        guard let first = notes.first?.onset, let last = notes.last?.onset, last > first else {
            return .failure(Missing(reason: "it has fewer than two onsets"))
        }
        let changes = file.meterChanges
        guard let signature = changes.last(where: { $0.tick <= first }) ?? changes.first else {
            return .failure(Missing(reason: "it has no time signature"))
        }
        guard let meter = signature.meter, let kind = MeterClass(meter) else {
            return .failure(Missing(reason: "its metre is not measured"))
        }
        guard changes.allSatisfy({ $0.tick <= first || $0.tick > last || $0.meter == meter }) else {
            return .failure(Missing(reason: "its metre changes"))
        }
        let tempi = Set(file.tempoChanges.map(\.microsecondsPerQuarter))
        guard !tempi.isEmpty else { return .failure(Missing(reason: "it has no tempo")) }
        if tempi.count == 1, gridError(notes, ticksPerQuarter: file.ticksPerQuarter) > greatestGridError {
            return .failure(Missing(reason: "it was played apart from its steady tempo"))
        }
        let bar = max(1, file.ticksPerQuarter * 4 * meter.numerator / meter.denominator)
        // Bars count from the time signature.
        let begin = signature.tick <= first ? signature.tick + (first - signature.tick) / bar * bar : signature.tick
        let lines = stride(from: begin, through: last + bar, by: bar).map {
            Instant.zero + .seconds(timeline.seconds(at: $0))
        }
        let span = timeline.seconds(at: last) - timeline.seconds(at: first)
        let quarters = Double(last - first) / Double(file.ticksPerQuarter)
        guard span > 0 else { return .failure(Missing(reason: "its notes take no time")) }
        return .success(CaptureTruth(quartersPerMinute: 60 * quarters / span, meter: kind, barLines: lines))
    }

    /// Nine in ten onsets lie this near to a twelfth of a quarter or nearer, in quarters.
    private static func gridError(_ notes: [FileNote], ticksPerQuarter: Int) -> Double {
        let errors = notes.map { note in
            let steps = Double(note.onset) * 12 / Double(ticksPerQuarter)
            return abs(steps - steps.rounded()) / 12
        }.sorted()
        return errors[errors.count * 9 / 10]
    }
}

/// Seconds along a file's tempo changes.
struct FileTimeline {
    private let ticksPerQuarter: Double
    /// Where each tempo begins, in ticks and seconds.
    private var pieces: [(tick: Int, seconds: Double, quarter: Double)]

    init(_ file: MIDIFile) {
        ticksPerQuarter = Double(file.ticksPerQuarter)
        // 120 a minute until the file says otherwise, as the standard has it.
        pieces = [(0, 0, 0.5)]
        for change in file.tempoChanges {
            pieces.append((change.tick, seconds(at: change.tick), Double(max(1, change.microsecondsPerQuarter)) / 1e6))
        }
    }

    func seconds(at tick: Int) -> Double {
        var (low, high) = (0, pieces.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if pieces[middle].tick <= tick { low = middle } else { high = middle }
        }
        let piece = pieces[low]
        return piece.seconds + Double(tick - piece.tick) / ticksPerQuarter * piece.quarter
    }
}
