import Music

/// The metres that patterns are written for; every other metre is put together from these.
enum MeterFamily: Hashable, Sendable, CaseIterable {
    case fourFour, threeFour, twoFour, sixEight

    /// Steps in a felt beat.
    var beatSteps: Int { self == .sixEight ? 18 : 12 }

    /// Felt beats in a bar.
    var beats: Int {
        switch self {
        case .fourFour: 4
        case .threeFour: 3
        case .twoFour, .sixEight: 2
        }
    }

    var steps: Int { beats * beatSteps }
}

/// A stretch of a bar that one family's pattern fills: the whole bar in 4/4, 3/4, 2/4 and 6/8, a part of it elsewhere.
struct BarUnit: Sendable {
    let family: MeterFamily
    /// First step in the bar.
    let offset: Int
    /// At most the family's; a shorter unit cuts the pattern off.
    let steps: Int

    /// Covers a bar: 12/8 is 6/8 twice, 5/4 is 3 + 2, 7/4 is 4 + 3, 7/8 is 2/4 + 3/8.
    static func units(of meter: Meter) -> [BarUnit] {
        let total = max(1, meter.stepsPerBar)
        if meter.isLimping {
            // Quarters first, the three eighths that are left over last.
            let straight = Meter(meter.numerator / 2 - 1, 4).map { BarUnit.units(of: $0) } ?? []
            return straight + [BarUnit(family: .sixEight, offset: total - 18, steps: 18)]
        }
        let inThrees = meter.denominator >= 8 && meter.numerator % 3 == 0
        var units: [BarUnit] = []
        var offset = 0
        while offset < total {
            let left = total - offset
            let family: MeterFamily =
                if inThrees {
                    .sixEight
                } else if left >= 72 || (48..<60).contains(left) {
                    .fourFour
                } else if left >= 36 {
                    .threeFour
                } else {
                    .twoFour
                }
            units.append(BarUnit(family: family, offset: offset, steps: min(left, family.steps)))
            offset += family.steps
        }
        return units
    }
}

extension Meter {
    /// Eighths that make up quarters and three more: 5/8, 7/8, 11/8.
    var isLimping: Bool { denominator == 8 && numerator % 2 == 1 && numerator % 3 != 0 && numerator >= 5 }

    /// How a bar is put together of metres that the band knows, `2/4 + 3/8`; nil for 4/4, 3/4, 2/4, 6/8 and what is felt like them.
    public var makeup: String? {
        let units = BarUnit.units(of: self)
        let isWhole = units.allSatisfy { $0.steps == $0.family.steps }
        if isWhole && units.count == 1 || isCompound || numerator == 3 && denominator >= 8 { return nil }
        return units.map { unit in
            let eighths = unit.steps / 6
            if unit.steps % 12 == 0 && unit.family != .sixEight { return "\(unit.steps / 12)/4" }
            return unit.steps % 6 == 0 ? "\(eighths)/8" : "a part of a beat"
        }.joined(separator: " + ")
    }
}
