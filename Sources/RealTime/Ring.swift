import Glibc
import Synchronization

/// A lock-free queue between one producing and one consuming thread, allocated once.
///
/// Pushing and popping cost a few nanoseconds, take no lock and never allocate, so either end may be a real-time thread.
/// Which thread is which is the user's promise: a second producer or a second consumer at the same time is a data race.
public final class Ring<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
    // Why this is Sendable: slots between `read` and `written` belong to the consumer, all others to the producer. A slot
    // changes hands by a releasing store of one counter and an acquiring load of it on the other side.

    /// How many elements fit: the asked capacity rounded up to a power of two.
    public let capacity: Int
    @usableFromInline let slots: UnsafeMutablePointer<Element>
    @usableFromInline let mask: Int

    // The two counters lie a cache line apart, so that the threads do not slow each other down.
    @usableFromInline let written = Atomic<Int>(0)
    private let padding = (0, 0, 0, 0, 0, 0, 0, 0)
    @usableFromInline let read = Atomic<Int>(0)

    /// - Precondition: `capacity` is at least 1.
    public init(capacity: Int) {
        precondition(capacity >= 1, "a ring holds at least one element")
        let size = capacity == 1 ? 1 : 1 << (Int.bitWidth - (capacity - 1).leadingZeroBitCount)
        self.capacity = size
        mask = size - 1
        slots = .allocate(capacity: size)
        // Touched once, so that no page is missing on the first round; locked where the limits allow it.
        UnsafeMutableRawPointer(slots).initializeMemory(
            as: UInt8.self, repeating: 0, count: size * MemoryLayout<Element>.stride)
        _ = mlock(slots, size * MemoryLayout<Element>.stride)
    }

    deinit {
        _ = munlock(slots, capacity * MemoryLayout<Element>.stride)
        slots.deallocate()
    }

    /// Adds an element. Producer only.
    ///
    /// - Returns: false where the ring is full; nothing is overwritten.
    @inlinable
    public func push(_ element: Element) -> Bool {
        let position = written.load(ordering: .relaxed)
        guard position &- read.load(ordering: .acquiring) < capacity else { return false }
        (slots + (position & mask)).initialize(to: element)
        written.store(position &+ 1, ordering: .releasing)
        return true
    }

    /// Takes the oldest element. Consumer only.
    @inlinable
    public func pop() -> Element? {
        let position = read.load(ordering: .relaxed)
        guard position != written.load(ordering: .acquiring) else { return nil }
        let element = slots[position & mask]
        read.store(position &+ 1, ordering: .releasing)
        return element
    }

    /// The oldest element, left where it is. Consumer only.
    @inlinable
    public func peek() -> Element? {
        let position = read.load(ordering: .relaxed)
        guard position != written.load(ordering: .acquiring) else { return nil }
        return slots[position & mask]
    }

    /// How many elements wait; to the other thread it is already a little old.
    @inlinable
    public var count: Int {
        let taken = read.load(ordering: .acquiring)
        return max(0, written.load(ordering: .acquiring) &- taken)
    }

    /// How many more can be pushed, at least. Producer only.
    @inlinable
    public var room: Int { capacity - (written.load(ordering: .relaxed) &- read.load(ordering: .acquiring)) }

    @inlinable
    public var isEmpty: Bool { count == 0 }
}
