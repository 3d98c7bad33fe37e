import ConsoleAPI
import TakeStore

extension TakeSummaryReport {
    public init(_ take: TakeSummary) {
        self.init(
            id: take.id.rawValue, savedAt: take.savedAt, origin: take.origin, isDamaged: take.isDamaged,
            meter: take.meter, tempo: take.tempo, bars: take.bars, noteCount: take.noteCount,
            arrangementCount: take.arrangementCount, source: take.source.rawValue, key: take.key,
            tags: take.tags.sorted().map(\.rawValue), rating: take.rating?.rawValue, note: take.note,
            deletedAt: take.deletedAt)
    }

    public init(_ stored: StoredTake, arrangementCount: Int) {
        let phrase = stored.take.phrase
        self.init(
            id: stored.id.rawValue, savedAt: stored.savedAt, origin: stored.take.origin,
            isDamaged: stored.take.isDamaged, meter: phrase.meter, tempo: phrase.tempo, bars: phrase.bars,
            noteCount: phrase.notes.count, arrangementCount: arrangementCount, source: stored.source.rawValue,
            key: phrase.notes.isEmpty ? nil : phrase.key, tags: stored.marks.tags.sorted().map(\.rawValue),
            rating: stored.marks.rating?.rawValue, note: stored.marks.note, deletedAt: stored.deletedAt)
    }
}

extension ArrangementSummaryReport {
    public init(_ arrangement: ArrangementSummary) {
        self.init(
            id: arrangement.id.rawValue, takeID: arrangement.takeID.rawValue, savedAt: arrangement.savedAt,
            genre: arrangement.genre, provenance: arrangement.provenance)
    }

    public init(_ stored: StoredArrangement) {
        let band = stored.arrangement.accompaniment
        self.init(
            id: stored.id.rawValue, takeID: stored.takeID.rawValue, savedAt: stored.savedAt, genre: band.genre,
            provenance: band.provenance)
    }
}

extension APIError {
    init(_ error: TakeStoreError) {
        let status =
            switch error.kind {
            case .noSuchTake: 404
            case .readOnly, .diskFull, .cannotOpen, .corrupt: 503
            case .newerSchema, .foreign, .damagedRecord, .failed: 500
            }
        self.init(status: status, error: "cannot \(error.action): \(error.cause)", advice: error.advice)
    }
}
