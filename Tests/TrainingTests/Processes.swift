import Foundation

@testable import Training

/// Processes of one run, played by threads of this one: they exchange real gradients, and wait for each other as processes do.
final class Processes: Sendable {
    /// What the ranks have laid on the table in this round.
    ///
    /// `Sendable` is safe: every access is inside the condition's lock.
    private final class Table: @unchecked Sendable {
        let condition = NSCondition()
        var laid: [Int: [UInt8]] = [:]
        var taken: [[UInt8]] = []
        var round = 0
    }

    let count: Int
    private let table = Table()

    init(_ count: Int) { self.count = count }

    /// One of them.
    struct Member: Communicator {
        let rank: Int
        let processes: Processes

        var count: Int { processes.count }

        func sum(_ values: UnsafeMutableBufferPointer<Float>) {
            let all = processes.exchange(rank, Array(UnsafeRawBufferPointer(values)))
            for (other, bytes) in all.enumerated() {
                bytes.withUnsafeBytes { bytes in
                    for (index, value) in bytes.bindMemory(to: Float.self).enumerated() {
                        values[index] = other == 0 ? value : values[index] + value
                    }
                }
            }
        }

        func gather(_ words: [UInt64]) -> [[UInt64]] {
            processes.exchange(rank, words.withUnsafeBytes { Array($0) }).map { bytes in
                bytes.withUnsafeBytes { Array($0.bindMemory(to: UInt64.self)) }
            }
        }

        func broadcast(_ bytes: [UInt8]) -> [UInt8] { processes.exchange(rank, bytes)[0] }
    }

    private func exchange(_ rank: Int, _ bytes: [UInt8]) -> [[UInt8]] {
        table.condition.lock()
        defer { table.condition.unlock() }
        let round = table.round
        table.laid[rank] = bytes
        if table.laid.count == count {
            table.taken = (0..<count).compactMap { table.laid[$0] }
            table.laid = [:]
            table.round += 1
            table.condition.broadcast()
        }
        while table.round == round { table.condition.wait() }
        // Nobody can lay down a next round's bytes for all before everyone has taken these.
        return table.taken
    }

    /// Runs `body` as each of `count` processes and returns what they return, in the order of the ranks.
    static func run<Value: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Member) throws -> Value
    ) throws -> [Value] {
        let processes = Processes(count)
        let results = Results<Value>(count)
        for rank in 0..<count {
            let thread = Thread { results.put(rank, Result { try body(Member(rank: rank, processes: processes)) }) }
            thread.stackSize = 8 << 20
            thread.start()
        }
        return try results.wait().map { try $0.get() }
    }

    /// `Sendable` is safe: every access is inside the condition's lock.
    private final class Results<Value: Sendable>: @unchecked Sendable {
        private let condition = NSCondition()
        private var values: [Int: Result<Value, any Error>] = [:]
        private let count: Int

        init(_ count: Int) { self.count = count }

        func put(_ rank: Int, _ value: Result<Value, any Error>) {
            condition.withLock {
                values[rank] = value
                condition.broadcast()
            }
        }

        func wait() -> [Result<Value, any Error>] {
            condition.withLock {
                while values.count < count { condition.wait() }
                return (0..<count).compactMap { values[$0] }
            }
        }
    }
}
