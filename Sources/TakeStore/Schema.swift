internal import GRDB

/// The tables, and how older files become newer ones. A migration that was released is never changed.
enum Schema {
    /// `Ctuo` in the file's header: tells a take store from any other database.
    static let applicationID: Int32 = 0x4374_756F

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 takes and arrangements") { db in
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(
                sql: """
                    CREATE TABLE take (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        savedAt INTEGER NOT NULL,           -- milliseconds since 1970
                        keyboard TEXT NOT NULL,
                        trigger TEXT NOT NULL,
                        damaged INTEGER NOT NULL,
                        meter TEXT NOT NULL,                -- 6/8
                        tempo REAL NOT NULL,                -- quarter notes a minute
                        bars INTEGER NOT NULL,
                        noteCount INTEGER NOT NULL,
                        notes BLOB NOT NULL,                -- NoteCoding, score time
                        performance BLOB NOT NULL,          -- NoteCoding, performance time
                        anchor INTEGER NOT NULL,            -- the tempo map: nanoseconds of anchorTick
                        anchorTick INTEGER NOT NULL,
                        anchorTempo REAL NOT NULL
                    ) STRICT;
                    CREATE TABLE arrangement (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        takeID INTEGER NOT NULL REFERENCES take ON DELETE CASCADE,
                        savedAt INTEGER NOT NULL,
                        genre TEXT NOT NULL,
                        seed INTEGER NOT NULL,              -- the 64 bits of an unsigned number
                        accompanist TEXT NOT NULL,
                        modelHash TEXT NOT NULL,
                        instructionSet TEXT NOT NULL,
                        temperature REAL NOT NULL,
                        parameters TEXT NOT NULL,           -- JSON object of strings
                        meter TEXT NOT NULL,
                        tempo REAL NOT NULL,
                        bars INTEGER NOT NULL,
                        melody BLOB NOT NULL,               -- the phrase as arranged; NoteCoding
                        planWindow INTEGER NOT NULL,        -- ticks
                        plan BLOB NOT NULL,                 -- a byte a chord: Chord.index
                        swing REAL NOT NULL,
                        programs TEXT NOT NULL,             -- JSON object: part, or melody, to program
                        CHECK (length(genre) > 0)
                    ) STRICT;
                    CREATE INDEX arrangementOfTake ON arrangement(takeID);
                    CREATE TABLE arrangementPart (
                        arrangementID INTEGER NOT NULL REFERENCES arrangement ON DELETE CASCADE,
                        part TEXT NOT NULL,
                        notes BLOB NOT NULL,                -- NoteCoding, score time: the truth
                        PRIMARY KEY (arrangementID, part)
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("2 the sustain pedal") { db in
            // The default, of takes that were saved before: PedalCoding of no spans.
            try db.execute(sql: "ALTER TABLE take ADD COLUMN pedal BLOB NOT NULL DEFAULT x'530100'")
        }
        migrator.registerMigration("3 accents and micro-timing of arrangements") { db in
            // JSON object: voice to its offset (late, milliseconds) and accents by place; older ones have their swing alone.
            try db.execute(sql: "ALTER TABLE arrangement ADD COLUMN touches TEXT NOT NULL DEFAULT '{}'")
        }
        migrator.registerMigration("4 cards, tags, search and recipes") { db in try addCards(db) }
        return migrator
    }
}
