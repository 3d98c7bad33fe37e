import Foundation
import GRDB
import Music

@testable import TakeStore

/// A database of an older version, with rows as that version wrote them.
enum OldStore {
    static let versions = [
        "1 takes and arrangements", "2 the sustain pedal", "3 accents and micro-timing of arrangements",
    ]

    /// Writes three takes, the second with two arrangements, the third imported and with unreadable notes.
    static func write(_ version: String, to path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try Schema.migrator.migrate(queue, upTo: version)
        let number = versions.firstIndex(of: version)! + 1
        try queue.write { db in
            try db.execute(sql: "PRAGMA foreign_keys = ON")
            for (keyboard, trigger) in [("Keys", "accompany"), ("Keys", "record"), ("file", "import")] {
                let notes = trigger == "import" ? [0x4E] : NoteCoding.encode(Example.phrase.notes)
                var columns: [String: (any DatabaseValueConvertible)?] = [
                    "savedAt": 1_700_000_000_123, "keyboard": keyboard, "trigger": trigger, "damaged": 1,
                    "meter": "6/8",
                    "tempo": 93.25, "bars": 2, "noteCount": 3, "notes": Data(notes),
                    "performance": Data(NoteCoding.encode(Example.take.performance)), "anchor": 12_340_000_000,
                    "anchorTick": 40, "anchorTempo": 93.25,
                ]
                if number >= 2 { columns["pedal"] = Data(PedalCoding.encode(Example.take.pedal)) }
                try insert(db, "take", columns)
            }
            for (genre, seed) in [("jazz", Int64(-4)), ("pop", 1)] {
                var columns: [String: (any DatabaseValueConvertible)?] = [
                    "takeID": 2, "savedAt": 1_700_000_001_000, "genre": genre, "seed": seed, "accompanist": "network",
                    "modelHash": String(repeating: "a1", count: 32), "instructionSet": "avx2", "temperature": 0.85,
                    "parameters": #"{"locked":"bass"}"#, "meter": "6/8", "tempo": 93.25, "bars": 2,
                    "melody": Data(NoteCoding.encode(Example.phrase.notes)), "planWindow": 1440,
                    "plan": Data([12, 31]), "swing": 0.62, "programs": #"{"bass":32,"melody":11,"pad":48}"#,
                ]
                if number >= 3 { columns["touches"] = #"{"bass":{"late":3.5,"downbeat":4}}"# }
                try insert(db, "arrangement", columns)
                let id = db.lastInsertedRowID
                for (part, notes) in Example.arrangement.accompaniment.parts {
                    try insert(
                        db, "arrangementPart",
                        ["arrangementID": id, "part": part.rawValue, "notes": Data(NoteCoding.encode(notes))])
                }
            }
        }
        try queue.close()
    }

    private static func insert(
        _ db: Database, _ table: String, _ columns: [String: (any DatabaseValueConvertible)?]
    ) throws {
        let names = columns.keys.sorted()
        try db.execute(
            sql: """
                INSERT INTO \(table) (\(names.joined(separator: ", ")))
                VALUES (\(names.map { _ in "?" }.joined(separator: ", ")))
                """, arguments: StatementArguments(names.map { columns[$0]! }))
    }
}
