import Foundation
internal import GRDB
import Music

/// A row whose columns do not make a valid value.
struct DamagedRecord: Error {
    var cause: String
}

extension TakeStore {
    /// Saves a take; when it returns, the take is on the disk.
    public func save(_ take: Take, at time: Date = Date()) async throws(TakeStoreError) -> StoredTake {
        try await save(NewTake(take, at: time))
    }

    /// Saves a take with what is known of it; when it returns, all of it is on the disk.
    public func save(_ new: NewTake) async throws(TakeStoreError) -> StoredTake {
        let id = try await write("save a take") { db in try db.insert(new) }
        return StoredTake(
            id: id, savedAt: Date(milliseconds: new.time.milliseconds), take: new.take, source: new.source,
            marks: new.marks, deletedAt: nil)
    }

    /// Saves many takes at once, all or none: one wait for the disk instead of one for each.
    ///
    /// - Returns: their names in the given order.
    public func save(_ batch: [NewTake]) async throws(TakeStoreError) -> [TakeID] {
        try await write("save \(batch.count) takes") { db in try batch.map { try db.insert($0) } }
    }

    /// The latest takes, newest first, without those that were deleted.
    ///
    /// - Parameter before: only takes older than this one, for the next page.
    public func takes(limit: Int, before: TakeID? = nil) async throws(TakeStoreError) -> [TakeSummary] {
        try await takes(matching: TakeQuery(), limit: limit, before: before)
    }

    /// Reads a take, a deleted one too until it is purged.
    ///
    /// - Returns: nil where there is no take of that name.
    public func take(id: TakeID) async throws(TakeStoreError) -> StoredTake? {
        try await read("read take \(id.rawValue)") { db in
            guard let row = try Row.fetchOne(db, sql: "SELECT * FROM take WHERE id = ?", arguments: [id.rawValue]),
                let card = try Row.fetchOne(db, sql: "SELECT * FROM takeCard WHERE id = ?", arguments: [id.rawValue])
            else { return nil }
            let tags = try String.fetchAll(
                db, sql: "SELECT tag FROM takeTag WHERE takeID = ?", arguments: [id.rawValue])
            let take = Take(
                phrase: try row.phrase(notes: "notes"), performance: try row.performance(),
                pedal: try row.pedal(),
                tempoMap: TempoMap(
                    anchor: Instant(nanoseconds: row["anchor"]), anchorTick: Tick(row["anchorTick"] as Int),
                    tempo: try row.tempo("anchorTempo")),
                origin: Take.Origin(keyboard: row["keyboard"], trigger: row["trigger"]), isDamaged: row["damaged"])
            return StoredTake(
                id: id, savedAt: Date(milliseconds: row["savedAt"]), take: take, source: try card.source(),
                marks: TakeMarks(
                    tags: Set(tags.compactMap(TakeTag.init(rawValue:))), rating: try card.rating(), note: card["note"]),
                deletedAt: card.deletedAt())
        }
    }
}

extension Database {
    func insert(_ new: NewTake) throws -> TakeID {
        let take = new.take
        let milliseconds = new.time.milliseconds
        try run(
            """
            INSERT INTO take (savedAt, keyboard, trigger, damaged, meter, tempo, bars, noteCount, notes, performance,
                anchor, anchorTick, anchorTempo, pedal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                milliseconds, take.origin.keyboard, take.origin.trigger, take.isDamaged ? 1 : 0,
                take.phrase.meter.description,
                take.phrase.tempo.quartersPerMinute, take.phrase.bars, take.phrase.notes.count,
                Data(NoteCoding.encode(take.phrase.notes)), Data(NoteCoding.encode(take.performance)),
                take.tempoMap.anchor.nanoseconds, take.tempoMap.anchorTick.rawValue,
                take.tempoMap.tempo.quartersPerMinute, Data(PedalCoding.encode(take.pedal)),
            ])
        let id = TakeID(rawValue: lastInsertedRowID)
        try Schema.makeCard(self, of: id.rawValue, source: new.source, marks: new.marks)
        for arrangement in new.arrangements { _ = try insert(arrangement, of: id, milliseconds: milliseconds) }
        try Schema.indexWords(self, of: id.rawValue, isNew: true)
        return id
    }
}

extension Date {
    init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }

    var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }
}

extension Row {
    func damaged(_ cause: String) -> DamagedRecord { DamagedRecord(cause: cause) }

    func meter() throws -> Meter {
        let text: String = self["meter"]
        guard let meter = Meter(text) else { throw damaged("\(text) is no metre") }
        return meter
    }

    func tempo(_ column: String) throws -> Tempo {
        let value: Double = self[column]
        guard let tempo = Tempo(quartersPerMinute: value) else { throw damaged("\(value) is no tempo") }
        return tempo
    }

    func phrase(notes column: String) throws -> Phrase {
        let bars: Int = self["bars"]
        guard (1...Phrase.maximumBars).contains(bars) else { throw damaged("\(bars) bars are no phrase") }
        return Phrase(notes: try notes(column), meter: try meter(), tempo: try tempo("tempo"), bars: bars)
    }

    func notes(_ column: String) throws -> [NoteEvent] {
        do {
            return try NoteCoding.decodeNotes(self[column] as Data)
        } catch { throw damaged("its notes are not readable: \(error)") }
    }

    func performance() throws -> [PerformedNote] {
        do {
            return try NoteCoding.decodePerformance(self["performance"] as Data)
        } catch { throw damaged("its performance is not readable: \(error)") }
    }

    func pedal() throws -> [PedalSpan] {
        do {
            return try PedalCoding.decode(self["pedal"] as Data)
        } catch { throw damaged("its pedal is not readable: \(error)") }
    }
}
