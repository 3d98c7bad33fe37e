import ConsoleAPI
import ContinuoClient
import Foundation
import Music
import Synchronization

/// Follows the daemon's events from a first note to the band's entrance.
final class BandWatch: Sendable {
    /// What became of a performance, from the daemon's own words and times.
    struct Result: Encodable, Sendable {
        var take: TakeSummaryReport
        var key: String
        var arrangement: ArrangementReport
        /// Where the band came in; nil where nothing can sound.
        var entrance: Entrance?
    }

    struct Entrance: Encodable, Sendable {
        /// Seconds behind the first note.
        var seconds: Double
        /// The nearest bar line, in bars from the take's bar 1 as the daemon understood it.
        var bar: Int
        /// Milliseconds behind that bar line; negative before it.
        var milliseconds: Double
    }

    private struct Seen: Sendable {
        var firstKey: Double?
        var firstOfBand: Double?
        var take: TakeSummaryReport?
        var arrangement: Int64?
        var problem: String?
    }

    private let client: ContinuoClient
    private let seen = Mutex(Seen())

    init(client: ContinuoClient) { self.client = client }

    /// Returns when nothing that happens from then on is missed.
    func begin() async throws(ClientError) {
        let (signals, signal) = AsyncStream.makeStream(of: Swift.Result<Void, ClientError>.self)
        let events = client.events(connected: { signal.yield(.success(())) })
        Task { [self] in
            do {
                for try await numbered in events { see(numbered.event) }
            } catch let error as ClientError {
                signal.yield(.failure(error))
            }
        }
        for await outcome in signals { return try outcome.get() }
    }

    private func see(_ event: ServerEvent) {
        seen.withLock { seen in
            switch event {
            case .noteIn(let note) where note.velocity > 0 && seen.firstKey == nil: seen.firstKey = note.time
            case .bandNote(let note) where note.velocity > 0 && seen.firstOfBand == nil && seen.take != nil:
                seen.firstOfBand = note.time
            case .takeStored(let take) where seen.take == nil && seen.firstKey != nil: seen.take = take
            case .arrangementStored(let summary) where summary.takeID == seen.take?.id && seen.arrangement == nil:
                seen.arrangement = summary.id
            case .problem(let error): seen.problem = error.description
            default: break
            }
        }
    }

    /// Waits until the take and its band are kept and the band has come in.
    ///
    /// - Returns: nil where that does not happen in time.
    func result(expectsSound: Bool, within patience: Duration, _ interrupt: Interrupt) async -> Result? {
        let clock = ContinuousClock()
        let limit = clock.now + patience
        while clock.now < limit, !interrupt.isRequested {
            let now = seen.withLock { $0 }
            if let take = now.take, let id = now.arrangement, now.firstOfBand != nil || !expectsSound {
                guard let arrangement = try? await client.arrangement(id), let report = try? await client.take(take.id)
                else { return nil }
                return Result(
                    take: take, key: report.key, arrangement: arrangement,
                    entrance: entrance(now.firstKey, now.firstOfBand, report))
            }
            try? await clock.sleep(for: .milliseconds(20))
        }
        if let problem = seen.withLock({ $0.problem }) { note(problem) }
        return nil
    }

    private func entrance(_ key: Double?, _ band: Double?, _ take: TakeReport) -> Entrance? {
        guard let key, let band, let meter = Meter(take.summary.meter), take.summary.tempo > 0 else { return nil }
        let quarter = 60 / take.summary.tempo
        let bar = meter.bar.quarters * quarter
        let start = barOne(take, quarter: quarter) ?? key
        let bars = ((band - start) / bar).rounded()
        return Entrance(seconds: band - key, bar: Int(bars), milliseconds: (band - start - bars * bar) * 1000)
    }

    /// When bar 1 was played: the median over all notes, because no single one is on time. Nil where notes were left out.
    private func barOne(_ take: TakeReport, quarter: Double) -> Double? {
        guard take.notes.count == take.performance.count, !take.notes.isEmpty else { return nil }
        let starts = zip(take.performance, take.notes).map { played, written in
            Double(played.onset) / 1e9 - Tick(written.onset).quarters * quarter
        }
        return starts.sorted()[starts.count / 2]
    }
}

extension BandWatch.Result {
    /// What happened, in sentences.
    var lines: [String] {
        let order = Part.allCases.map(\.rawValue)
        let parts = order.compactMap { name in
            arrangement.parts[name].flatMap { $0.notes.isEmpty ? nil : "\(name) \($0.notes.count)" }
        }
        let chords = arrangement.chords.prefix(8).map(\.chord).joined(separator: " ")
        let more = arrangement.chords.count > 8 ? " ..." : ""
        let summary = arrangement.summary
        let player = summary.accompanist == "network" ? "network" : "arranger's patterns"
        let length = "\(counted(take.bars, "bar")) in \(take.meter) at \(beats(take.tempo)) bpm"
        var lines: [String] = []
        lines.append("heard    \(counted(take.noteCount, "note")): \(length), \(key) (take \(take.id))")
        lines.append("chords   \(chords.isEmpty ? "none" : chords)\(more)")
        lines.append("band     \(parts.isEmpty ? "silent" : parts.joined(separator: ", ") + " notes")")
        lines.append("by       the \(summary.genre) \(player), seed \(summary.seed)")
        if let entrance {
            lines.append(
                String(
                    format: "entered  %.1f s after the first note, on the bar line of bar %d (%+.0f ms)",
                    entrance.seconds,
                    entrance.bar + 1, entrance.milliseconds))
        }
        return lines
    }
}
