import ConsoleAPI
import FoundationEssentials
import Logging
import Music
import Synchronization
import TakeStore

/// Hands takes and arrangements to the store in their order, without making the conductor wait.
final class Archive: Sendable {
    enum Report: Sendable {
        case take(TakeSummaryReport)
        case arrangement(ArrangementSummaryReport)
        case failed(String)
    }

    private enum Work: Sendable {
        case take(Take, number: Int)
        case arrangement(Arrangement, take: Int)
    }

    /// How many takes back an arrangement may still come for.
    private static let memory = 64

    /// What became of each.
    let reports: AsyncStream<Report>
    private let reporter: AsyncStream<Report>.Continuation
    private let work: AsyncStream<Work>.Continuation
    private let writer: Task<Void, Never>

    init(store: TakeStore, logger: Logger) {
        let (stream, continuation) = AsyncStream.makeStream(of: Work.self)
        let (reports, reporter) = AsyncStream.makeStream(of: Report.self)
        work = continuation
        self.reports = reports
        self.reporter = reporter
        let saved = Saved()
        writer = Task {
            var names: [Int: TakeID] = [:]
            for await item in stream {
                do throws(TakeStoreError) {
                    switch item {
                    case .take(let take, let number):
                        let stored = try await store.save(take)
                        names[number] = stored.id
                        // Answers come for the latest takes; those before them are not asked for any more.
                        names[number - Self.memory] = nil
                        saved.take(stored.id.rawValue)
                        logger.notice(
                            "take kept",
                            metadata: [
                                "take": "\(stored.id.rawValue)", "notes": "\(take.phrase.notes.count)",
                                "bars": "\(take.phrase.bars)",
                            ])
                        reporter.yield(
                            .take(
                                TakeSummaryReport(
                                    id: stored.id.rawValue, savedAt: stored.savedAt, origin: take.origin,
                                    isDamaged: take.isDamaged, meter: take.phrase.meter, tempo: take.phrase.tempo,
                                    bars: take.phrase.bars, noteCount: take.phrase.notes.count, arrangementCount: 0)))
                    case .arrangement(let arrangement, let number):
                        guard let take = names[number] else { continue }  // its take could not be kept, which was said
                        let stored = try await store.save(arrangement, of: take)
                        saved.arrangement(stored.id.rawValue)
                        reporter.yield(
                            .arrangement(
                                ArrangementSummaryReport(
                                    id: stored.id.rawValue, takeID: take.rawValue, savedAt: stored.savedAt,
                                    genre: arrangement.accompaniment.genre,
                                    provenance: arrangement.accompaniment.provenance)))
                    }
                } catch {
                    logger.error("\(error)")
                    reporter.yield(.failed("\(error)"))
                }
            }
            reporter.finish()
        }
        self.saved = saved
    }

    private let saved: Saved

    /// The last ones that are on the disk.
    var lastTake: Int64? { saved.last.withLock { $0.take } }
    var lastArrangement: Int64? { saved.last.withLock { $0.arrangement } }

    func keep(_ take: Take, number: Int) { work.yield(.take(take, number: number)) }
    func keep(_ arrangement: Arrangement, take number: Int) { work.yield(.arrangement(arrangement, take: number)) }

    /// Waits until everything handed over is on the disk.
    func finish() async {
        work.finish()
        await writer.value
    }
}

/// Names of what was saved last.
private final class Saved: Sendable {
    let last = Mutex((take: Int64?.none, arrangement: Int64?.none))
    func take(_ id: Int64) { last.withLock { $0.take = id } }
    func arrangement(_ id: Int64) { last.withLock { $0.arrangement = id } }
}
