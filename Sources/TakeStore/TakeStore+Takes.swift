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
        let milliseconds = Int64((time.timeIntervalSince1970 * 1000).rounded())
        let arguments: StatementArguments = [
            milliseconds, take.origin.keyboard, take.origin.trigger, take.isDamaged ? 1 : 0,
            take.phrase.meter.description,
            take.phrase.tempo.quartersPerMinute, take.phrase.bars, take.phrase.notes.count,
            Data(NoteCoding.encode(take.phrase.notes)), Data(NoteCoding.encode(take.performance)),
            take.tempoMap.anchor.nanoseconds, take.tempoMap.anchorTick.rawValue, take.tempoMap.tempo.quartersPerMinute,
            Data(PedalCoding.encode(take.pedal)),
        ]
        let id = try await write("save a take") { db in
            try db.execute(
                sql: """
                    INSERT INTO take (savedAt, keyboard, trigger, damaged, meter, tempo, bars, noteCount, notes, performance,
                        anchor, anchorTick, anchorTempo, pedal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """, arguments: arguments)
            return TakeID(rawValue: db.lastInsertedRowID)
        }
        return StoredTake(id: id, savedAt: Date(milliseconds: milliseconds), take: take)
    }

    /// The latest takes, newest first.
    ///
    /// - Parameter before: only takes older than this one, for the next page.
    public func takes(limit: Int, before: TakeID? = nil) async throws(TakeStoreError) -> [TakeSummary] {
        try await read("list takes") { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT id, savedAt, keyboard, trigger, damaged, meter, tempo, bars, noteCount,
                        (SELECT count(*) FROM arrangement WHERE takeID = take.id) AS arrangements
                    FROM take WHERE id < ? ORDER BY id DESC LIMIT ?
                    """, arguments: [before?.rawValue ?? Int64.max, max(0, limit)])
            return try rows.map { row in
                TakeSummary(
                    id: TakeID(rawValue: row["id"]), savedAt: Date(milliseconds: row["savedAt"]),
                    origin: Take.Origin(keyboard: row["keyboard"], trigger: row["trigger"]), isDamaged: row["damaged"],
                    meter: try row.meter(), tempo: try row.tempo("tempo"), bars: row["bars"],
                    noteCount: row["noteCount"], arrangementCount: row["arrangements"])
            }
        }
    }

    /// - Returns: nil where there is no take of that name.
    public func take(id: TakeID) async throws(TakeStoreError) -> StoredTake? {
        try await read("read take \(id.rawValue)") { db in
            guard let row = try Row.fetchOne(db, sql: "SELECT * FROM take WHERE id = ?", arguments: [id.rawValue])
            else {
                return nil
            }
            let take = Take(
                phrase: try row.phrase(notes: "notes"), performance: try row.performance(),
                pedal: try row.pedal(),
                tempoMap: TempoMap(
                    anchor: Instant(nanoseconds: row["anchor"]), anchorTick: Tick(row["anchorTick"] as Int),
                    tempo: try row.tempo("anchorTempo")),
                origin: Take.Origin(keyboard: row["keyboard"], trigger: row["trigger"]), isDamaged: row["damaged"])
            return StoredTake(id: id, savedAt: Date(milliseconds: row["savedAt"]), take: take)
        }
    }
}

extension Date {
    init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
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
