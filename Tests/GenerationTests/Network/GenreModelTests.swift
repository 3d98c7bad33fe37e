import Music
import Tensor
import Testing

@testable import Generation

struct GenreModelTests {
    @Test func aModelComesBackFromItsBytes() throws {
        let model = try SmallModel.model()
        var card = model.card
        #expect(card.notes.removeValue(forKey: "weights SHA-256") == model.weightsHash)
        #expect(card == SmallModel.card)
        #expect(model.hash == SHA256.hexadecimal(SmallModel.bytes))
        #expect(model.styles.styles.map(\.code) == SmallModel.styles.styles.map(\.code))
        #expect(model.styles.styles.map(\.meter) == SmallModel.styles.styles.map(\.meter))
        #expect(model.styles.styles.map(\.parts) == SmallModel.styles.styles.map(\.parts))
        let written = SmallModel.weights()
        let single = try GenreModel(
            bytes: GenreModel.encode(
                card: model.card, weights: written, styles: SmallModel.styles, precision: .float32))
        for name in written.names {
            let exact = written[name].value
            #expect(single.weights[name].value.values == exact.values, "\(name)")
            let farthest = zip(model.weights[name].value.values, exact.values).map {
                abs($0 - $1) / max(abs($1), 0x1p-14)
            }.max()
            #expect(farthest ?? 0 <= 0x1p-11, "halves are right to eleven bits: \(name)")
        }
        // Halves are rounded once: written again they are the same.
        #expect(GenreModel.encode(card: model.card, weights: model.weights, styles: model.styles) == SmallModel.bytes)
    }

    @Test func aModelWithoutStylesIsUsable() throws {
        let bytes = GenreModel.encode(card: SmallModel.card, weights: SmallModel.weights(), styles: StyleBank([]))
        #expect(try GenreModel(bytes: bytes).styles.styles.isEmpty)
    }

    /// A file that is no model, and a word that the refusal must have.
    struct Fault: Sendable, CustomStringConvertible {
        var description: String
        var word: String
        var bytes: @Sendable () throws -> [UInt8]

        init(_ description: String, _ word: String, _ bytes: @escaping @Sendable () throws -> [UInt8]) {
            (self.description, self.word, self.bytes) = (description, word, bytes)
        }

        /// The small model with one thing changed.
        init(_ description: String, _ word: String, change: @escaping @Sendable (inout Safetensors) -> Void) {
            self.init(description, word) {
                var file = try Safetensors(bytes: SmallModel.bytes)
                change(&file)
                return file.encoded()
            }
        }

        /// The small model with one entry of its card changed.
        init(_ description: String, _ word: String, card key: String, _ value: String?) {
            self.init(description, word, change: { $0.metadata[key] = value })
        }
    }

    static let faults = [
        Fault("nothing", "needs 8 bytes") { [] },
        Fault("text", "header") { Array("not a model, but a sentence".utf8) },
        Fault("the first half", "copy or download") { Array(SmallModel.bytes.prefix(SmallModel.bytes.count / 2)) },
        Fault("the header alone", "copy or download") { Array(SmallModel.bytes.prefix(2000)) },
        Fault("a byte too many", "belong to no tensor") { SmallModel.bytes + [0] },
        Fault("a huge header", "claims") { [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f] + SmallModel.bytes },
        Fault("a header that ends nowhere", "header") { [2, 0, 0, 0, 0, 0, 0, 0] + Array("{\"".utf8) },
        Fault("no card", "format") { $0.metadata = [:] },
        Fault("another format", "format", card: "format", "continuo-genre-99"),
        Fault("no genre", "genre", card: "genre", nil),
        Fault("a genre that is a path", "genre", card: "genre", "../../etc/passwd"),
        Fault("three widths", "widths", card: "widths", "8 8 8"),
        Fault("a width of zero", "widths", card: "widths", "0 8 8 8"),
        Fault("a negative width", "widths", card: "widths", "-8 8 8 8"),
        Fault("a huge width", "widths", card: "widths", "8 8 8 1048576"),
        Fault("widths of another model", "shape", card: "widths", "16 8 8 8"),
        Fault("a program out of range", "program", card: "programs", "bass=128"),
        Fault("a program of no part", "program", card: "programs", "kazoo=1"),
        Fault("no program of the melody", "melody", card: "melody program", "-1"),
        Fault("a swing that is no number", "swing", card: "swing", "nan"),
        Fault("a weight of another shape", "shape") { $0.set("generator.input.bias", Tensor(shape: [9])) },
        Fault("a weight that is not finite", "not finite") {
            $0.set("plan.head.bias", Tensor(shape: [Chord.count], repeating: .infinity))
        },
        Fault("a weight of integers", "type") { $0.set("generator.input.bias", integers: [0, 1, 2, 3, 4, 5, 6, 7]) },
        Fault("a style that is not finite", "not finite") {
            $0.set("styles.code", Tensor(shape: [4, GeneratorNetwork.codeSize], repeating: .nan))
        },
        Fault("a finite weight that changed", "have changed") {
            $0.set("plan.head.bias", Tensor(shape: [Chord.count], repeating: 0.25))
        },
        Fault("styles without kinds", "instead of") { $0.set("styles.kind", integers: [4, 4]) },
        Fault("styles of another size", "shape") { $0.set("styles.code", Tensor(shape: [4, 25])) },
    ]

    @Test(arguments: faults)
    func aHostileFileIsRefusedWithASentence(_ fault: Fault) throws {
        let bytes = try fault.bytes()
        let refusal = #expect(throws: GenreModelError.self) { try GenreModel(bytes: bytes) }
        let text = refusal.map { "\($0)" } ?? ""
        #expect(text.hasPrefix("not a usable genre model: ") && text.contains(fault.word), "\(text)")
    }

    @Test func noFlippedBitOfTheHeaderCrashes() throws {
        let header = 8 + Int(SmallModel.bytes[0]) + Int(SmallModel.bytes[1]) << 8
        var refused = 0
        for place in stride(from: 0, to: header, by: 131) {
            var bytes = SmallModel.bytes
            bytes[place] ^= 1 << UInt8(place % 8)
            do { _ = try GenreModel(bytes: bytes) } catch { refused += 1 }
        }
        #expect(refused > header / 131 / 2, "most flips in the header are noticed")
    }

    @Test func everyFlippedBitOfTheWeightsIsNoticed() throws {
        let header = 8 + Int(SmallModel.bytes[0]) + Int(SmallModel.bytes[1]) << 8
        for place in stride(from: header, to: SmallModel.bytes.count, by: 1009) {
            var bytes = SmallModel.bytes
            bytes[place] ^= 1 << UInt8(place % 8)
            #expect(throws: GenreModelError.self, "byte \(place)") { try GenreModel(bytes: bytes) }
        }
    }

    @Test func stylesOfStrangeMetresAreLeftOut() throws {
        var file = try Safetensors(bytes: SmallModel.bytes)
        file.metadata["weights SHA-256"] = nil
        file.set(
            "styles.kind", integers: [4, 4, 31, 0, 4, 31, .max, .min, .max, 3, 4, -1])
        let styles = try GenreModel(bytes: file.encoded()).styles.styles
        #expect(styles.map(\.meter) == [.fourFour, .threeFour])
        #expect(styles[1].parts == Set(Part.allCases))
    }

    @Test func aStyleOfTheMetreWithAllWantedPartsIsDrawnFirst() throws {
        var random = SeededRandom(seed: 1)
        let bank = SmallModel.styles
        func drawn(_ meter: Meter, _ parts: Set<Part>) -> Int? {
            let code = bank.draw(meter: meter, parts: parts, spread: 0, using: &random)
            return bank.styles.firstIndex { $0.code == code }
        }
        #expect(drawn(.threeFour, Set(Part.allCases)) == 2)
        #expect(drawn(.sixEight, [.bass]) == 3)
        #expect(
            drawn(.sixEight, Set(Part.allCases)) == 2, "the parts come before the metre, bars as long before others")
        #expect(drawn(Meter(12, 8)!, Set(Part.allCases)).map { $0 < 3 } == true)
        #expect(StyleBank([]).draw(meter: .fourFour, parts: [], spread: 0, using: &random) == nil)
    }
}
