#if MPI
    internal import COpenMPI
    public import Training

    /// The processes of an Open MPI job, as `mpirun` or `srun` started them.
    ///
    /// Sums do not depend on how the library reduces: each rank adds up one piece of the row, in the order of the ranks, and shares it with the
    /// others. That moves as many bytes as a ring does, and every rank gets the same bits.
    ///
    /// A failure of MPI ends the job: no function here throws. All are called on the thread that joined.
    public struct MPICommunicator: Communicator {
        public let rank: Int
        public let count: Int

        /// Why a process could not join its job.
        public struct Failure: Error, Sendable, CustomStringConvertible {
            public let code: Int32
            public var description: String { "MPI_Init_thread failed with error \(code)" }
        }

        /// Joins the job; once in a process's life.
        public init() throws(Failure) {
            var (rank, count) = (Int32(0), Int32(0))
            let code = copenmpi_join(&rank, &count)
            guard code == 0 else { throw Failure(code: code) }
            (self.rank, self.count) = (Int(rank), Int(count))
        }

        /// Leaves the job; waits for the others to leave.
        public func leave() { copenmpi_leave() }

        /// Ends all processes of the job; it ends with this exit code.
        public func abort(_ code: Int32) { copenmpi_abort(code) }

        public func gather(_ words: [UInt64]) -> [[UInt64]] {
            guard !words.isEmpty else { return Array(repeating: [], count: count) }
            var all = [UInt64](repeating: 0, count: words.count * count)
            copenmpi_gather(words, Int32(words.count), &all)
            return (0..<count).map { Array(all[$0 * words.count..<($0 + 1) * words.count]) }
        }

        public func broadcast(_ bytes: [UInt8]) -> [UInt8] {
            let size = Int(gather([UInt64(bytes.count)])[0][0])
            var bytes = rank == 0 ? bytes : [UInt8](repeating: 0, count: size)
            copenmpi_broadcast(&bytes, Int64(size))
            return bytes
        }

        public func sum(_ values: UnsafeMutableBufferPointer<Float>) {
            guard let first = values.baseAddress else { return }
            let bounds = (0...count).map { values.count * $0 / count }
            let offsets = bounds.dropLast().map { Int32($0) }
            let sizes = (0..<count).map { Int32(bounds[$0 + 1] - bounds[$0]) }
            let own = bounds[rank]..<bounds[rank + 1]
            withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, own.count * count)) { received in
                received.initialize(repeating: 0)
                copenmpi_exchange(first, sizes, offsets, Int32(rank), Int32(count), received.baseAddress)
                let piece = first + own.lowerBound
                for index in 0..<own.count { piece[index] = received[index] }
                for other in 1..<count {
                    let start = other * own.count
                    for index in 0..<own.count { piece[index] += received[start + index] }
                }
            }
            copenmpi_share(first, sizes, offsets)
        }
    }
#endif
