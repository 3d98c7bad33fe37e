import Glibc

/// Tells that files in some folders were put in place, replaced or removed. Costs no wake-up while nothing happens.
///
/// What happened before a call of `takeChanges` is seen by it, also where nobody waited for the descriptor (inotify(7)).
public final class FolderWatch: Sendable {
    /// Poll it for input, then ask `takeChanges`.
    public let descriptor: Int32

    /// - Parameter folders: those that do not exist, or may not be read, are left out.
    /// - Returns: nil where the kernel gives no watch.
    public init?(_ folders: [String]) {
        let descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
        let changes = UInt32(IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CLOSE_WRITE | IN_ONLYDIR)
        for folder in folders { _ = inotify_add_watch(descriptor, folder, changes) }
    }

    deinit { close(descriptor) }

    /// Makes the descriptor unreadable.
    ///
    /// - Returns: whether something changed since the last call.
    public func takeChanges() -> Bool {
        var hasChanged = false
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
            while read(descriptor, buffer.baseAddress, buffer.count) > 0 { hasChanged = true }
        }
        return hasChanged
    }
}
