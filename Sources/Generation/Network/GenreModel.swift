import Music
import Tensor

/// A trained genre: the generator's and the chord head's weights, its styles, and its card.
///
/// The file is a safetensors file; the card stands in its metadata (`GenreModel.Card`).
public final class GenreModel {
    public let card: Card
    public let styles: StyleBank
    /// SHA-256 of the file.
    public let hash: String
    /// SHA-256 of the file behind its header: the same whatever the card says.
    public let weightsHash: String
    let generator: GeneratorNetwork
    let plan = PlanNetwork()
    let weights: Parameters

    /// Reads a model file.
    ///
    /// - Throws: `GenreModelError` that says what is wrong with the file; nothing about it is trusted.
    public init(bytes: [UInt8]) throws(GenreModelError) {
        let file: Safetensors
        do { file = try Safetensors(bytes: bytes) } catch { throw .file("\(error)") }
        card = try Card(metadata: file.metadata)
        generator = GeneratorNetwork(widths: card.widths)
        do {
            weights = try Parameters.frozen(generator.shapes + plan.shapes, from: file)
            styles = try StyleBank(from: file)
        } catch {
            throw .file("\(error)")
        }
        hash = SHA256.hexadecimal(bytes)
        weightsHash = Self.weightsHash(bytes)
        if let said = card.notes[Self.hashNote], said != weightsHash {
            throw .file("its weights have changed since it was made (SHA-256 is not the one on its card)")
        }
    }

    /// The note of a card that says the SHA-256 of the weights; one without it is taken as it is.
    private static let hashNote = "weights SHA-256"

    /// SHA-256 of a safetensors file behind its header.
    private static func weightsHash(_ bytes: [UInt8]) -> String {
        // Little-endian; the file was read whole, so that the header ends within it.
        let header = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        return SHA256.hexadecimal(Array(bytes[(8 + header)...]))
    }

    /// The bytes of a model file with more said in its card's notes; weights and styles stay as they are.
    ///
    /// - Parameter genre: the genre's name from now on; nil keeps it.
    /// - Throws: where `bytes` are no usable model.
    public static func adding(
        notes: [String: String], to bytes: [UInt8], genre: Genre? = nil
    ) throws(GenreModelError) -> [UInt8] {
        var card = try GenreModel(bytes: bytes).card
        if let genre { card.genre = genre }
        card.notes.merge(notes) { $1 }
        do {
            var file = try Safetensors(bytes: bytes)
            file.metadata = card.metadata
            return file.encoded()
        } catch {
            throw .file("\(error)")
        }
    }

    /// The bytes of a model file.
    ///
    /// - Parameters:
    ///   - weights: holds every weight of the generator of `card.widths` and of the plan network; others are left out.
    ///   - precision: of the weights in the file. Halves take half the room; what is computed with stays single precision, with the
    ///     rounded weights.
    public static func encode(
        card: Card, weights: Parameters, styles: StyleBank, precision: Safetensors.FloatType = .float16
    ) -> [UInt8] {
        var file = Safetensors()
        file.metadata = card.metadata
        for shape in GeneratorNetwork(widths: card.widths).shapes + PlanNetwork().shapes {
            file.set(shape.name, weights[shape.name].value, as: precision)
        }
        styles.store(in: &file)
        file.metadata[hashNote] = weightsHash(file.encoded())
        return file.encoded()
    }
}

extension GenreModel {
    /// What a model says of itself, as text in the file's metadata.
    public struct Card: Hashable, Sendable {
        public var genre: Genre
        public var widths: GeneratorNetwork.Widths
        public var instrumentation: Instrumentation
        /// Lowest and highest pitch of each pitched part, at least an octave apart.
        public var ranges: [Part: ClosedRange<Int>]
        public var groove: Groove
        public var manner: Manner
        /// Free text: data, licences, seed, steps, code version, metrics, weaknesses. Shown, never interpreted.
        public var notes: [String: String]

        /// - Parameter ranges: nil takes those of the genre's patterns.
        public init(
            genre: Genre, widths: GeneratorNetwork.Widths, instrumentation: Instrumentation,
            ranges: [Part: ClosedRange<Int>]? = nil, groove: Groove, manner: Manner = Manner(), notes: [String: String]
        ) {
            self.genre = genre
            self.widths = widths
            self.instrumentation = instrumentation
            self.ranges = ranges ?? DecodingOptions.ranges(for: genre)
            self.groove = groove
            self.manner = manner
            self.notes = notes
        }

        /// How the genre's network is read: what suits one genre is too wild or too tame for another.
        public struct Manner: Hashable, Sendable, Codable {
            /// What a request's temperature is multiplied by, 0...4.
            public var temperatureScale: Double
            /// `DecodingOptions.leaning`, -8...8.
            public var leaning: Double
            /// `DecodingOptions.lineReserve`, 0...8.
            public var lineReserve: Double
            /// Standard deviation of the noise on a style from the bank, 0...2.
            public var styleSpread: Double

            public init(
                temperatureScale: Double = 1, leaning: Double = 0, lineReserve: Double = 0, styleSpread: Double = 0.2
            ) {
                self.temperatureScale = min(4, max(0, temperatureScale))
                self.leaning = min(8, max(-8, leaning))
                self.lineReserve = min(8, max(0, lineReserve))
                self.styleSpread = min(2, max(0, styleSpread))
            }
        }

        static let format = "continuo-genre-1"

        /// The card as metadata.
        public var metadata: [String: String] {
            var text = notes
            text["format"] = Card.format
            text["genre"] = genre.rawValue
            text["widths"] = "\(widths.step) \(widths.sixteenth) \(widths.beat) \(widths.bar)"
            text["programs"] = Part.allCases.compactMap { part in
                instrumentation.programs[part].map { "\(part.rawValue)=\($0.number)" }
            }.joined(separator: " ")
            text["ranges"] = Part.allCases.compactMap { part in
                ranges[part].map { "\(part.rawValue)=\($0.lowerBound)-\($0.upperBound)" }
            }.joined(separator: " ")
            text["melody program"] = "\(instrumentation.melody.number)"
            text["swing"] = "\(groove.swing)"
            text["manner"] = "\(manner.temperatureScale) \(manner.leaning) \(manner.lineReserve) \(manner.styleSpread)"
            return text
        }

        init(metadata: [String: String]) throws(GenreModelError) {
            guard metadata["format"] == Card.format else {
                throw .card("its format is '\(metadata["format"] ?? "none")', not '\(Card.format)'")
            }
            guard let genre = metadata["genre"].flatMap(Genre.init(rawValue:)) else { throw .card("it names no genre") }
            let sizes = (metadata["widths"] ?? "").split(separator: " ").compactMap { Int($0) }
            guard sizes.count == 4, sizes.allSatisfy({ (8...1024).contains($0) && $0 % 8 == 0 }) else {
                throw .card("its widths are not four multiples of 8")
            }
            var programs: [Part: Program] = [:]
            for entry in (metadata["programs"] ?? "").split(separator: " ") {
                let pieces = entry.split(separator: "=")
                guard pieces.count == 2, let part = Part(rawValue: String(pieces[0])), let number = Int(pieces[1]),
                    (0..<128).contains(number)
                else { throw .card("'\(entry)' is no program of a part") }
                programs[part] = Program(number)
            }
            guard let melody = metadata["melody program"].flatMap({ Int($0) }), (0..<128).contains(melody) else {
                throw .card("it names no program for the melody")
            }
            guard let swing = metadata["swing"].flatMap({ Double($0) }), swing.isFinite else {
                throw .card("it names no swing")
            }
            var ranges = DecodingOptions.ranges(for: genre)
            for entry in (metadata["ranges"] ?? "").split(separator: " ") {
                let pieces = entry.split(separator: "=")
                let ends = pieces.last?.split(separator: "-").compactMap { Int($0) } ?? []
                guard pieces.count == 2, let part = Part(rawValue: String(pieces[0])), part != .drums, ends.count == 2,
                    ends[0] >= 0, ends[1] <= 127, ends[1] - ends[0] >= 12
                else { throw .card("'\(entry)' is no range of a part (an octave or more, as in bass=28-52)") }
                ranges[part] = ends[0]...ends[1]
            }
            let numbers = (metadata["manner"] ?? "1 0 0 0.2").split(separator: " ").compactMap { Double($0) }
            guard numbers.count == 4, numbers.allSatisfy(\.isFinite) else {
                throw .card("its manner is not four numbers")
            }
            let known = ["format", "genre", "widths", "programs", "ranges", "melody program", "swing", "manner"]
            self.init(
                genre: genre, widths: .init(step: sizes[0], sixteenth: sizes[1], beat: sizes[2], bar: sizes[3]),
                instrumentation: Instrumentation(programs: programs, melody: Program(melody)), ranges: ranges,
                groove: Groove(swing: swing),
                manner: Manner(
                    temperatureScale: numbers[0], leaning: numbers[1], lineReserve: numbers[2], styleSpread: numbers[3]),
                notes: metadata.filter { !known.contains($0.key) })
        }
    }
}

/// Why a model file cannot be used.
public enum GenreModelError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The safetensors file is damaged or lacks a weight.
    case file(String)
    /// The card in its metadata cannot be used.
    case card(String)

    public var description: String {
        switch self {
        case .file(let reason): "not a usable genre model: \(reason)"
        case .card(let reason): "not a usable genre model: \(reason) (was it written by continuo train?)"
        }
    }
}
