import Console
import ConsoleAPI
import Music
import StandardMIDIFile
import TakeStore

/// What the console asks of the daemon: the live side goes to the conductor, the kept side to the store.
struct DaemonService: DaemonControl {
    let conductor: Conductor
    let store: TakeStore

    func status() async throws -> StatusReport { await conductor.status() }

    func perform(_ action: ActionRequest) async throws -> ActionReport { try await conductor.perform(action) }

    func inject(_ messages: [InputMessage]) async throws { try await conductor.inject(messages) }

    func events() async -> AsyncStream<ServerEvent> { await conductor.events() }

    func devices() async throws -> [DeviceReport] { await conductor.devices() }

    func consent(_ isGiven: Bool, device id: String) async throws -> DeviceReport {
        try await conductor.consent(isGiven, device: id)
    }

    func learning() async throws -> LearningReport { await conductor.learningReport() }

    func learn(_ step: LearnStep) async throws -> LearningReport { try await conductor.learn(step) }

    func takes(limit: Int, before: Int64?) async throws -> [TakeSummaryReport] {
        try await store.takes(limit: limit, before: before.map { TakeID(rawValue: $0) }).map { take in
            TakeSummaryReport(
                id: take.id.rawValue, savedAt: take.savedAt, origin: take.origin, isDamaged: take.isDamaged,
                meter: take.meter, tempo: take.tempo, bars: take.bars, noteCount: take.noteCount,
                arrangementCount: take.arrangementCount)
        }
    }

    func take(id: Int64) async throws -> TakeReport? {
        guard let stored = try await store.take(id: TakeID(rawValue: id)) else { return nil }
        let arrangements = try await store.arrangements(of: stored.id).map { arrangement in
            ArrangementSummaryReport(
                id: arrangement.id.rawValue, takeID: id, savedAt: arrangement.savedAt, genre: arrangement.genre,
                provenance: arrangement.provenance)
        }
        return TakeReport(id: id, savedAt: stored.savedAt, take: stored.take, arrangements: arrangements)
    }

    func arrangement(id: Int64) async throws -> ArrangementReport? {
        try await store.arrangement(id: ArrangementID(rawValue: id)).map { stored in
            ArrangementReport(
                id: id, takeID: stored.takeID.rawValue, savedAt: stored.savedAt, arrangement: stored.arrangement,
                parameters: stored.parameters)
        }
    }

    func midiFile(take id: Int64, quantized: Bool) async throws -> [UInt8]? {
        try await store.take(id: TakeID(rawValue: id)).map { MIDIFile(take: $0.take, quantized: quantized).bytes }
    }

    func midiFile(arrangement id: Int64, straight: Bool) async throws -> [UInt8]? {
        try await store.arrangement(id: ArrangementID(rawValue: id)).map {
            MIDIFile(arrangement: $0.arrangement, straight: straight).bytes
        }
    }
}
