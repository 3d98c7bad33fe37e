/// The samples of a batch that one tape computes, where other tapes compute the others at the same time.
///
/// On a tape with a share, random numbers are drawn for the whole batch and cut, and losses are means over the whole batch of which the tape
/// holds its summand: added up over all shares, losses and gradients are those of one tape with the whole batch, to rounding.
/// Every operation takes its samples along the first axis. All shares apply the same operations in the same order, since losses wait for
/// each other's sums.
public struct BatchShare {
    /// The samples of this share, counted in the whole batch.
    public let samples: Range<Int>
    /// Samples of the whole batch.
    public let total: Int
    /// Adds up numbers over all shares: each gives its own, and all get the same sums.
    let sum: ([Double]) -> [Double]

    /// - Parameter sum: must give every share bit-equal sums.
    public init(samples: Range<Int>, of total: Int, sum: @escaping ([Double]) -> [Double]) {
        precondition(
            !samples.isEmpty && samples.lowerBound >= 0 && samples.upperBound <= total,
            "samples \(samples) are no share of \(total)")
        (self.samples, self.total, self.sum) = (samples, total, sum)
    }

    /// The samples of one of `count` shares that are as equal as they can be.
    public static func samples(of rank: Int, among count: Int, total: Int) -> Range<Int> {
        precondition(rank >= 0 && rank < count && count <= total, "\(total) samples have no share \(rank) of \(count)")
        return total * rank / count..<total * (rank + 1) / count
    }
}

extension Tape {
    /// Lets `body` draw for this tape's samples, at the place in the row of random numbers where a tape with the whole batch would.
    ///
    /// - Parameters:
    ///   - count: elements of all samples of this tape.
    ///   - pass: draws what so many elements of other shares take; by default a word each.
    func drawing(
        _ count: Int, using random: inout SeededRandom,
        passing pass: (inout SeededRandom, Int) -> Void = { $0.pass($1) },
        _ body: (inout SeededRandom) -> Void
    ) {
        var draws = random
        if let share {
            precondition(count % share.samples.count == 0, "\(count) elements are not \(share.samples.count) samples")
            let size = count / share.samples.count
            pass(&draws, share.samples.lowerBound * size)
            body(&draws)
            pass(&draws, (share.total - share.samples.upperBound) * size)
        } else {
            body(&draws)
        }
        random = draws
    }

    /// A tensor of standard normal values, the samples along the first axis.
    public func gaussian(shape: [Int], using random: inout SeededRandom) -> Tensor {
        let count = shape.reduce(1, *)
        return Tensor(shape: shape) { p in
            // How many words a normal value takes is not known before it is drawn.
            drawing(
                count, using: &random,
                passing: { draws, others in
                    for _ in 0..<others { _ = draws.gaussian() }
                },
                { draws in
                    for i in 0..<count { p[i] = draws.gaussian() }
                })
        }
    }
}
