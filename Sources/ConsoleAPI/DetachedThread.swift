import Glibc

/// A thread of its own for a call that blocks.
///
/// Not a dispatch queue: on Linux those share their few threads with Swift's executor, which a blocked call slows down or stops
/// on a machine with two cores.
package enum DetachedThread {
    private final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// - Precondition: the system can make another thread.
    package static func run(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Box(body))
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { argument in
                // The box was retained for this thread alone.
                Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        precondition(result == 0, "cannot start a thread: \(String(cString: strerror(result)))")
        pthread_detach(thread)
    }
}
