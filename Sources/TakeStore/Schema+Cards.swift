internal import GRDB
import Music

extension Schema {
    /// What lists and searches read, and what a person writes on a take.
    static func addCards(_ db: Database) throws {
        try db.execute(
            sql: """
                -- What is seen of a take without opening it. The first columns repeat the take's own, which never change: behind
                -- them there lie whole performances, which a list would have to be read around. What a person changes is here
                -- too, so that a performance is written once.
                CREATE TABLE takeCard (
                    id INTEGER PRIMARY KEY REFERENCES take ON DELETE CASCADE,
                    savedAt INTEGER NOT NULL,
                    keyboard TEXT NOT NULL,
                    trigger TEXT NOT NULL,
                    damaged INTEGER NOT NULL,
                    meter TEXT NOT NULL,
                    tempo REAL NOT NULL,
                    bars INTEGER NOT NULL,
                    noteCount INTEGER NOT NULL,
                    key TEXT,                           -- D minor; NULL where there are no notes
                    source TEXT NOT NULL,               -- TakeSource
                    rating INTEGER CHECK (rating BETWEEN 0 AND 5),
                    note TEXT NOT NULL DEFAULT '',
                    deletedAt INTEGER                   -- milliseconds since 1970; NULL: it is kept
                ) STRICT;
                CREATE INDEX takeLive ON takeCard(id, keyboard, key, savedAt, tempo, rating, source) WHERE deletedAt IS NULL;
                CREATE INDEX takeByKeyboard ON takeCard(keyboard);
                CREATE INDEX takeByKey ON takeCard(key);
                CREATE INDEX takeByTime ON takeCard(savedAt);
                CREATE INDEX takeByTempo ON takeCard(tempo);
                CREATE INDEX takeByRating ON takeCard(rating);
                CREATE INDEX takeDeleted ON takeCard(id, deletedAt) WHERE deletedAt IS NOT NULL;
                CREATE TABLE takeTag (
                    tag TEXT NOT NULL,
                    takeID INTEGER NOT NULL REFERENCES take ON DELETE CASCADE,
                    PRIMARY KEY (tag, takeID)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX tagOfTake ON takeTag(takeID);
                CREATE INDEX arrangementOfGenre ON arrangement(genre, takeID);
                CREATE VIRTUAL TABLE takeText USING fts5(words, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3');
                -- What an accompanist was asked for: NULL in arrangements that were saved before this was kept.
                ALTER TABLE arrangement ADD COLUMN recipe TEXT;     -- JSON: RecipeCoding
                ALTER TABLE arrangement ADD COLUMN heard BLOB;      -- NoteCoding
                ALTER TABLE arrangement ADD COLUMN ringing BLOB;    -- NoteCoding
                """)
        for id in try Int64.fetchAll(db, sql: "SELECT id FROM take") {
            try makeCard(db, of: id)
            try indexWords(db, of: id, isNew: true)
        }
    }

    /// Makes the card of a take that has none from the take itself; its words are to be indexed afterwards.
    static func makeCard(
        _ db: Database, of id: Int64, source: TakeSource? = nil, marks: TakeMarks = TakeMarks()
    ) throws {
        guard
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT * FROM take WHERE id = ?"), arguments: [id])
        else { return }
        // A take whose notes are not readable is listed all the same.
        let key = (try? row.phrase(notes: "notes")).flatMap { $0.notes.isEmpty ? nil : $0.key.description }
        let trigger: String = row["trigger"]
        try db.run(
            """
            INSERT INTO takeCard (id, savedAt, keyboard, trigger, damaged, meter, tempo, bars, noteCount, key, source,
                rating, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                id, row["savedAt"] as Int64, row["keyboard"] as String, trigger, row["damaged"] as Int64,
                row["meter"] as String, row["tempo"] as Double, row["bars"] as Int64, row["noteCount"] as Int64, key,
                (source ?? TakeSource(trigger: trigger)).rawValue, marks.rating?.rawValue, marks.note,
            ])
        for tag in marks.tags { try addTag(db, tag, to: id) }
    }

    static func addTag(_ db: Database, _ tag: TakeTag, to id: Int64) throws {
        try db.run("INSERT INTO takeTag (tag, takeID) VALUES (?, ?) ON CONFLICT DO NOTHING", [tag.rawValue, id])
    }

    /// Makes a take findable by the words of its keyboard, key, note, tags and genres as they are now.
    ///
    /// - Parameter isNew: it has no words yet. (The index writes what it has gathered whenever a row is changed twice: among many
    ///   new takes that is most of the time.)
    static func indexWords(_ db: Database, of id: Int64, isNew: Bool = false) throws {
        if !isNew { try db.run("DELETE FROM takeText WHERE rowid = ?", [id]) }
        try db.run(
            """
            INSERT INTO takeText (rowid, words)
            SELECT id, keyboard || ' ' || coalesce(key, '') || ' ' || note
                || ' ' || coalesce((SELECT group_concat(tag, ' ') FROM takeTag WHERE takeID = takeCard.id), '')
                || ' ' || coalesce((SELECT group_concat(DISTINCT genre) FROM arrangement WHERE takeID = takeCard.id), '')
            FROM takeCard WHERE id = ?
            """, [id])
    }
}

extension Database {
    /// Executes a statement that is used again and again: it is compiled once.
    func run(_ sql: String, _ arguments: StatementArguments) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
