/// What each piece of `MeterEvidence` weighs.
enum MeterWeights {
    static let values: [Double] = {
        var values = [Double](repeating: 0, count: MeterEvidence.count)
        values[0] = 5
        values[1] = 3
        for metre in 0..<3 {
            values[4 + metre * 12 + 1] = 5
            values[4 + metre * 12 + 2] = 1
            values[4 + metre * 12 + 3] = 1
            values[4 + metre * 12 + 4] = 0.5
        }
        return values
    }()
}
