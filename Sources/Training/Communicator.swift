/// What the processes (*ranks*) of one training run tell each other.
///
/// Every function is collective: all ranks call the same ones in the same order, and each waits for the others. What comes back is bit-equal on
/// all ranks. Where a rank is lost nothing comes back: the implementation ends the process.
public protocol Communicator {
    /// This process's number, from 0. Rank 0 alone reads and writes the run's folder.
    var rank: Int { get }
    /// Number of processes.
    var count: Int { get }

    /// Replaces the values by their sums over all ranks, added in the order of the ranks.
    func sum(_ values: UnsafeMutableBufferPointer<Float>)

    /// Everyone's words, in the order of the ranks; all give the same number of words.
    func gather(_ words: [UInt64]) -> [[UInt64]]

    /// The bytes of rank 0; what the others give is not looked at.
    func broadcast(_ bytes: [UInt8]) -> [UInt8]
}

extension Communicator {
    /// Sums over all ranks, added in the order of the ranks.
    func sum(_ values: [Double]) -> [Double] {
        guard count > 1 else { return values }
        return gather(values.map(\.bitPattern)).reduce(into: [Double](repeating: 0, count: values.count)) {
            sums, words in
            for (index, word) in words.enumerated() { sums[index] += Double(bitPattern: word) }
        }
    }
}

/// The only process of a run.
public struct SingleProcess: Communicator {
    public init() {}
    public var rank: Int { 0 }
    public var count: Int { 1 }
    public func sum(_ values: UnsafeMutableBufferPointer<Float>) {}
    public func gather(_ words: [UInt64]) -> [[UInt64]] { [words] }
    public func broadcast(_ bytes: [UInt8]) -> [UInt8] { bytes }
}
