import ConsoleAPI
import Generation
import LiveSession
import Logging
import Music
import Synchronization
import TakeLibrary
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
        case known(TakeID, number: Int)
        case arrangement(NewArrangement, take: Int)
        /// What the disk did not take is tried again.
        case again

        /// The number of the take that this keeps; nil for everything else.
        var take: Int? { if case .take(_, let number) = self { number } else { nil } }
    }

    /// How many takes back an arrangement may still come for.
    private static let memory = 64
    /// How much may wait for a disk that takes nothing; the oldest is given up then.
    private static let patientItems = 256
    /// How long to wait before what the disk did not take is tried again.
    private static let patience = Duration.seconds(3)

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
        self.saved = saved
        let writer = Writer(store: store, saved: saved, reporter: reporter, logger: logger)
        self.writer = Task {
            var isAwaited = false
            for await item in stream {
                if case .again = item { isAwaited = false }
                await writer.handle(item)
                guard await writer.isWaiting, !isAwaited else { continue }
                isAwaited = true
                Task {
                    try? await Task.sleep(for: Self.patience)
                    continuation.yield(.again)
                }
            }
            await writer.handle(.again)
            await writer.end()
        }
    }

    private let saved: Saved

    /// The last ones that are on the disk.
    var lastTake: Int64? { saved.last.withLock { $0.take } }
    var lastArrangement: Int64? { saved.last.withLock { $0.arrangement } }

    func keep(_ take: Take, number: Int) { work.yield(.take(take, number: number)) }

    func keep(_ arrangement: Arrangement, answering order: Session.Order, take number: Int) {
        work.yield(.arrangement(NewArrangement(arrangement, recipe: ArrangementRecipe(order)), take: number))
    }

    /// A take of the store is called by a number from now on.
    func adopt(_ name: Int64, number: Int) {
        saved.take(name)
        work.yield(.known(TakeID(rawValue: name), number: number))
    }

    /// Waits until everything handed over is on the disk.
    func finish() async {
        work.finish()
        await writer.value
    }
}

extension Archive {
    /// Writes one thing after the other. What the disk does not take (it is full, read-only, or locked by another program) waits, and
    /// with it everything that belongs to it.
    private actor Writer {
        private let store: TakeStore
        private let saved: Saved
        private let reporter: AsyncStream<Report>.Continuation
        private let logger: Logger
        private var names: [Int: TakeID] = [:]
        private var waiting: [Work] = []

        init(
            store: TakeStore, saved: Saved, reporter: AsyncStream<Report>.Continuation, logger: Logger
        ) {
            self.store = store
            self.saved = saved
            self.reporter = reporter
            self.logger = logger
        }

        var isWaiting: Bool { !waiting.isEmpty }

        func end() {
            if isWaiting {
                logger.error("the disk never took what was to be kept", metadata: ["items": "\(waiting.count)"])
            }
            reporter.finish()
        }

        func handle(_ item: Work) async {
            let left = waiting
            waiting = []
            for item in left { await tryAgain(item) }
            if case .again = item { return }
            do throws(TakeStoreError) {
                try await write(item)
            } catch {
                logger.error("\(error)")
                reporter.yield(.failed("\(error)"))
                keepWaiting(item)
            }
        }

        /// Its failure was told the first time.
        private func tryAgain(_ item: Work) async {
            do throws(TakeStoreError) { try await write(item) } catch { keepWaiting(item) }
        }

        private func keepWaiting(_ item: Work) {
            if waiting.count >= Archive.patientItems {
                waiting.removeFirst()
                logger.error("the disk takes nothing: the oldest take or band that waited for it is given up")
            }
            waiting.append(item)
        }

        private func write(_ item: Work) async throws(TakeStoreError) {
            switch item {
            case .again: break
            case .take(let take, let number):
                let stored = try await store.save(take)
                names[number] = stored.id
                // Answers come for the latest takes; those before them are not asked for any more.
                names[number - Archive.memory] = nil
                saved.take(stored.id.rawValue)
                logger.notice(
                    "take kept",
                    metadata: [
                        "take": "\(stored.id.rawValue)", "notes": "\(take.phrase.notes.count)",
                        "bars": "\(take.phrase.bars)",
                    ])
                reporter.yield(.take(TakeSummaryReport(stored, arrangementCount: 0)))
            case .known(let name, let number):
                names[number] = name
                names[number - Archive.memory] = nil
            case .arrangement(let arrangement, let number):
                guard let take = names[number] else {
                    // Its take waits before it, or was given up, which was said.
                    if waiting.contains(where: { $0.take == number }) { keepWaiting(item) }
                    return
                }
                let stored = try await store.save(arrangement.arrangement, of: take, recipe: arrangement.recipe)
                saved.arrangement(stored.id.rawValue)
                reporter.yield(.arrangement(ArrangementSummaryReport(stored)))
            }
        }
    }
}

/// Names of what was saved last.
private final class Saved: Sendable {
    let last = Mutex((take: Int64?.none, arrangement: Int64?.none))
    func take(_ id: Int64) { last.withLock { $0.take = id } }
    func arrangement(_ id: Int64) { last.withLock { $0.arrangement = id } }
}

extension ArrangementRecipe {
    /// What the band was asked for, complete enough to ask again.
    init(_ order: Session.Order) {
        let request = order.request
        self.init(
            heard: order.melody.notes, seed: request.seed, temperature: request.temperature, parts: request.parts,
            chords: request.chords, ringing: request.ringing,
            kept: request.kept.map { Kept(parts: $0.parts, plan: $0.accompaniment.plan) }, program: continuoVersion)
    }
}

extension Session.Order {
    /// What was asked for; where that was not kept yet, as much as the arrangement tells.
    init(_ stored: StoredArrangement) {
        let arrangement = stored.arrangement
        let provenance = arrangement.accompaniment.provenance
        self.init(
            melody: stored.heard ?? arrangement.phrase, phrase: arrangement.phrase,
            genre: arrangement.accompaniment.genre,
            request: AccompanimentRequest(
                seed: stored.recipe?.seed ?? provenance.seed,
                temperature: stored.recipe?.temperature ?? provenance.temperature,
                parts: stored.recipe?.parts ?? Set(Part.allCases), chords: stored.recipe?.chords,
                ringing: stored.recipe?.ringing ?? [],
                kept: stored.recipe?.kept.flatMap { kept in stored.keptBand.map { .init(kept.parts, of: $0) } }))
    }
}
