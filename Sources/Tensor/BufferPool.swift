import Glibc
import Synchronization

/// Keeps the memory of released tensors for the next ones of about the same size.
///
/// A training step allocates the same few hundred buffers again and again; the pool hands them back without asking the
/// system. It is shared by all threads.
public enum BufferPool {
    /// Bytes that are held for later use at the moment.
    public static var idleBytes: Int { idle.withLock { $0.bytes } }

    /// Gives all idle memory back to the system, for example when a training run ends.
    public static func releaseIdleMemory() {
        idle.withLock { pool in
            for buffers in pool.buffers.values { for address in buffers { free(UnsafeMutableRawPointer(bitPattern: address)) } }
            pool = Idle()
        }
    }

    private struct Idle {
        /// Addresses of free buffers by their capacity in floats.
        var buffers: [Int: [UInt]] = [:]
        var bytes = 0
    }

    private static let idle = Mutex(Idle())

    /// The capacity that a request is rounded up to: a quarter of a power of two, at least 64 floats.
    static func capacity(for count: Int) -> Int {
        if count <= 64 { return 64 }
        let quarter = max(16, (1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)) / 4)
        return (count + quarter - 1) / quarter * quarter
    }

    /// A buffer of `capacity` floats on a 64-byte boundary; its contents are undefined.
    static func take(capacity: Int) -> UnsafeMutablePointer<Float> {
        let address = idle.withLock { pool -> UInt? in
            guard let address = pool.buffers[capacity]?.popLast() else { return nil }
            pool.bytes -= capacity * MemoryLayout<Float>.stride
            return address
        }
        if let address, let raw = UnsafeMutableRawPointer(bitPattern: address) {
            return raw.assumingMemoryBound(to: Float.self)
        }
        var raw: UnsafeMutableRawPointer?
        guard posix_memalign(&raw, 64, capacity * MemoryLayout<Float>.stride) == 0, let raw else {
            fatalError("cannot allocate a tensor of \(capacity) floats: out of memory")
        }
        return raw.bindMemory(to: Float.self, capacity: capacity)
    }

    static func giveBack(_ pointer: UnsafeMutablePointer<Float>, capacity: Int) {
        let address = UInt(bitPattern: pointer)
        idle.withLock { pool in
            pool.buffers[capacity, default: []].append(address)
            pool.bytes += capacity * MemoryLayout<Float>.stride
        }
    }
}

/// The memory of one tensor.
///
/// `Sendable` is safe because a `Tensor` writes to its storage only while it holds the only reference, so shared
/// storage is never written.
final class Storage: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Float>
    private let capacity: Int

    init(count: Int) {
        capacity = BufferPool.capacity(for: count)
        pointer = BufferPool.take(capacity: capacity)
    }

    deinit { BufferPool.giveBack(pointer, capacity: capacity) }
}
