import Music
import Tensor

/// Codes of real styles, from the encoder's view of training windows: what a player's seed draws from.
///
/// A code drawn from here keeps a groove whole; one drawn from the prior makes kits that hit here and there.
public struct StyleBank: Sendable {
    public struct Style: Sendable {
        /// `GeneratorNetwork.codeSize` numbers.
        public var code: [Float]
        public var meter: Meter
        /// The parts that sound in the window that the code was made from.
        public var parts: Set<Part>

        public init(code: [Float], meter: Meter, parts: Set<Part>) {
            precondition(code.count == GeneratorNetwork.codeSize, "a code has \(GeneratorNetwork.codeSize) numbers")
            self.code = code
            self.meter = meter
            self.parts = parts
        }
    }

    public let styles: [Style]

    public init(_ styles: [Style]) { self.styles = styles }

    /// Draws a style for a metre and shakes it a little.
    ///
    /// Styles in which all wanted parts sound come first: of the same metre, else of metres with bars as long, else of any that is divided
    /// alike, else of any; only a bank without such styles gives others.
    ///
    /// - Parameters:
    ///   - parts: the parts that are to sound.
    ///   - spread: standard deviation of the Gaussian noise on the code.
    /// - Returns: nil from an empty bank.
    public func draw(meter: Meter, parts: Set<Part>, spread: Float, using random: inout SeededRandom) -> [Float]? {
        let full = styles.filter { parts.isSubset(of: $0.parts) }
        let tiers = [
            full.filter { $0.meter == meter }, full.filter { $0.meter.stepsPerBar == meter.stepsPerBar },
            full.filter { $0.meter.isCompound == meter.isCompound }, full, styles.filter { $0.meter == meter }, styles,
        ]
        guard let candidates = tiers.first(where: { !$0.isEmpty }) else { return nil }
        let chosen = candidates[Int(random.next() % UInt64(candidates.count))]
        return chosen.code.map { $0 + spread * random.gaussian() }
    }
}

extension StyleBank {
    /// Reads `styles.code` `[styles, 24]` (floats) and `styles.kind` (per style: numerator, denominator, parts as bits
    /// in the order of `Part.allCases`).
    public init(from file: Safetensors) throws(SafetensorsError) {
        guard file.contains("styles.code"), let shape = file.shape(of: "styles.code") else {
            self.init([])
            return
        }
        let count = shape.first ?? 0
        let codes = try file.tensor("styles.code", shape: [count, GeneratorNetwork.codeSize])
        guard codes.isFinite else { throw .notFinite(name: "styles.code") }
        let kinds = try file.integers("styles.kind", count: count * 3)
        let values = codes.values
        self.init(
            (0..<count).compactMap { index in
                guard let meter = Meter(Int(clamping: kinds[3 * index]), Int(clamping: kinds[3 * index + 1])) else {
                    return nil
                }
                let bits = kinds[3 * index + 2]
                let parts = Part.allCases.enumerated().filter { bits & (1 << Int64($0.offset)) != 0 }.map(\.element)
                let first = index * GeneratorNetwork.codeSize
                return Style(
                    code: Array(values[first..<first + GeneratorNetwork.codeSize]), meter: meter, parts: Set(parts))
            })
    }

    public func store(in file: inout Safetensors) {
        guard !styles.isEmpty else { return }
        file.set(
            "styles.code", Tensor(styles.flatMap(\.code), shape: [styles.count, GeneratorNetwork.codeSize]))
        file.set(
            "styles.kind",
            integers: styles.flatMap { style in
                let bits = Part.allCases.enumerated().reduce(Int64(0)) { bits, part in
                    style.parts.contains(part.element) ? bits | 1 << Int64(part.offset) : bits
                }
                return [Int64(style.meter.numerator), Int64(style.meter.denominator), bits]
            })
    }
}
