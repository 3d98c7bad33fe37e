import Foundation
internal import GRDB
import Music

extension TakeStore {
    /// Saves an arrangement with all its notes; when it returns, it is on the disk.
    ///
    /// - Parameters:
    ///   - parameters: what is to be remembered besides, by name.
    ///   - recipe: what the accompanist was asked for; without it the arrangement cannot be made again.
    /// - Throws: `TakeStoreError` of kind `noSuchTake` where the take does not exist.
    public func save(
        _ arrangement: Arrangement, of take: TakeID, parameters: [String: String] = [:],
        recipe: ArrangementRecipe? = nil, at time: Date = Date()
    ) async throws(TakeStoreError) -> StoredArrangement {
        let new = NewArrangement(arrangement, recipe: recipe, parameters: parameters)
        let id = try await write("save an arrangement of take \(take.rawValue)") { db in
            let isNewGenre =
                try Bool.fetchOne(
                    db, sql: "SELECT 1 FROM arrangement WHERE genre = ? AND takeID = ?",
                    arguments: [arrangement.accompaniment.genre.rawValue, take.rawValue]) == nil
            let id = try db.insert(new, of: take, milliseconds: time.milliseconds)
            if isNewGenre { try Schema.indexWords(db, of: take.rawValue) }
            return id
        }
        return StoredArrangement(
            id: id, takeID: take, savedAt: Date(milliseconds: time.milliseconds), arrangement: arrangement,
            parameters: parameters, recipe: recipe)
    }

    /// The arrangements of a take in the order in which they were made.
    public func arrangements(of take: TakeID) async throws(TakeStoreError) -> [ArrangementSummary] {
        try await read("list the arrangements of take \(take.rawValue)") { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, savedAt, genre, seed, accompanist, modelHash, instructionSet, temperature
                    FROM arrangement WHERE takeID = ? ORDER BY id
                    """, arguments: [take.rawValue]
            ).map { row in
                ArrangementSummary(
                    id: ArrangementID(rawValue: row["id"]), takeID: take, savedAt: Date(milliseconds: row["savedAt"]),
                    genre: try row.genre(), provenance: row.provenance())
            }
        }
    }

    /// - Returns: nil where there is no arrangement of that name.
    public func arrangement(id: ArrangementID) async throws(TakeStoreError) -> StoredArrangement? {
        try await read("read arrangement \(id.rawValue)") { db in try db.arrangement(id: id) }
    }
}

extension Database {
    func arrangement(id: ArrangementID) throws -> StoredArrangement? {
        guard let row = try Row.fetchOne(self, sql: "SELECT * FROM arrangement WHERE id = ?", arguments: [id.rawValue])
        else { return nil }
        var parts: [Part: [NoteEvent]] = [:]
        for part in try Row.fetchAll(
            self, sql: "SELECT part, notes FROM arrangementPart WHERE arrangementID = ?", arguments: [id.rawValue])
        {
            let name: String = part["part"]
            guard let known = Part(rawValue: name) else { throw part.damaged("\(name) is no part") }
            parts[known] = try part.notes("notes")
        }
        let accompaniment = Accompaniment(
            genre: try row.genre(), parts: parts, plan: try row.plan(), instrumentation: try row.instrumentation(),
            groove: try row.groove(), provenance: row.provenance())
        return StoredArrangement(
            id: id, takeID: TakeID(rawValue: row["takeID"]), savedAt: Date(milliseconds: row["savedAt"]),
            arrangement: Arrangement(phrase: try row.phrase(notes: "melody"), accompaniment: accompaniment),
            parameters: try row.decoded([String: String].self, "parameters"), recipe: try row.recipe())
    }

    /// Adds an arrangement; its genre is to be indexed among the words of its take afterwards.
    func insert(_ new: NewArrangement, of take: TakeID, milliseconds: Int64) throws -> ArrangementID {
        guard
            try Bool.fetchOne(
                cachedStatement(sql: "SELECT 1 FROM take WHERE id = ?"), arguments: [take.rawValue]) != nil
        else {
            throw TakeStoreError(
                .noSuchTake, action: "save an arrangement", cause: "there is no take \(take.rawValue)",
                advice: "save the take first")
        }
        let band = new.arrangement.accompaniment
        let phrase = new.arrangement.phrase
        var programs = [melodyKey: Int(band.instrumentation.melody.number)]
        for (part, program) in band.instrumentation.programs { programs[part.rawValue] = Int(program.number) }
        let row: StatementArguments = [
            take.rawValue, milliseconds, band.genre.rawValue, Int64(bitPattern: band.provenance.seed),
            band.provenance.accompanist, band.provenance.modelHash, band.provenance.instructionSet,
            band.provenance.temperature, try json(new.parameters), phrase.meter.description,
            phrase.tempo.quartersPerMinute, phrase.bars, Data(NoteCoding.encode(phrase.notes)),
            band.plan.window.rawValue, Data(band.plan.chords.map { UInt8($0.index) }), band.groove.swing,
            try json(programs), try json(band.groove.stored), try new.recipe.map { try json(RecipeCoding($0)) },
            new.recipe.map { Data(NoteCoding.encode($0.heard)) },
            new.recipe.map { Data(NoteCoding.encode($0.ringing)) },
        ]
        try run(
            """
            INSERT INTO arrangement (takeID, savedAt, genre, seed, accompanist, modelHash, instructionSet, temperature,
                parameters, meter, tempo, bars, melody, planWindow, plan, swing, programs, touches, recipe, heard, ringing)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, row)
        let id = lastInsertedRowID
        for (part, notes) in band.parts {
            try run(
                "INSERT INTO arrangementPart (arrangementID, part, notes) VALUES (?, ?, ?)",
                [id, part.rawValue, Data(NoteCoding.encode(notes))])
        }
        return ArrangementID(rawValue: id)
    }

    private func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

/// Stands for the melody beside the parts' own names.
private let melodyKey = "melody"

extension Groove {
    /// Stands for the offset beside the places' own names.
    fileprivate static let lateKey = "late"

    /// The touches as they are stored: by voice, the offset and the accents by place.
    fileprivate var stored: [String: [String: Double]] {
        var stored: [String: [String: Double]] = [:]
        for (voice, touch) in touches {
            var numbers = [Groove.lateKey: touch.late]
            for (place, accent) in touch.accents { numbers[place.rawValue] = Double(accent) }
            stored[voice.rawValue] = numbers
        }
        return stored
    }
}

extension Row {
    fileprivate func genre() throws -> Genre {
        let name: String = self["genre"]
        guard let genre = Genre(rawValue: name) else { throw damaged("\(name) is no genre") }
        return genre
    }

    fileprivate func provenance() -> Accompaniment.Provenance {
        Accompaniment.Provenance(
            seed: UInt64(bitPattern: self["seed"]), accompanist: self["accompanist"], modelHash: self["modelHash"],
            instructionSet: self["instructionSet"], temperature: self["temperature"])
    }

    fileprivate func plan() throws -> ChordPlan {
        let window: Int = self["planWindow"]
        let chords: Data = self["plan"]
        guard window > 0, chords.allSatisfy({ $0 < Chord.count }) else {
            throw damaged("its chord plan is not readable")
        }
        return ChordPlan(window: Tick(window), chords: chords.map { Chord(index: Int($0)) })
    }

    fileprivate func groove() throws -> Groove {
        var groove = Groove(swing: self["swing"])
        for (name, numbers) in try decoded([String: [String: Double]].self, "touches") {
            guard let voice = Groove.Voice(rawValue: name) else { throw damaged("\(name) is no voice of a groove") }
            var touch = Groove.Touch()
            for (key, number) in numbers {
                guard (-127...127).contains(number) else { throw damaged("\(number) is no accent or offset") }
                if key == Groove.lateKey {
                    touch.late = number
                } else if let place = Groove.Place(rawValue: key) {
                    touch.accents[place] = Int(number)
                } else {
                    throw damaged("\(key) is no place in a bar")
                }
            }
            groove.touches[voice] = touch
        }
        return groove
    }

    fileprivate func instrumentation() throws -> Instrumentation {
        var numbers = try decoded([String: Int].self, "programs")
        let melody = numbers.removeValue(forKey: melodyKey) ?? 0
        guard (0..<128).contains(melody), numbers.values.allSatisfy({ (0..<128).contains($0) }) else {
            throw damaged("a program is not in 0...127")
        }
        var programs: [Part: Program] = [:]
        for (name, number) in numbers {
            guard let part = Part(rawValue: name) else { throw damaged("\(name) is no part") }
            programs[part] = Program(number)
        }
        return Instrumentation(programs: programs, melody: Program(melody))
    }

    fileprivate func decoded<T: Decodable>(_ type: T.Type, _ column: String) throws -> T {
        do {
            return try JSONDecoder().decode(type, from: Data((self[column] as String).utf8))
        } catch { throw damaged("\(column) is not readable") }
    }
}
