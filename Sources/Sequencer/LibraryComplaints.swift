internal import CALSA
import Synchronization

/// Where the ALSA library's own complaints go. It writes them to standard error unless told otherwise.
public enum LibraryComplaints {
    /// Hands each complaint, one line such as `snd_seq_hw_open: open /dev/snd/seq failed: No such file or directory`, to
    /// `handler`. It may be called on any thread and must return quickly.
    public static func route(to handler: @escaping @Sendable (String) -> Void) {
        route.withLock { $0 = handler }
        calsa_route_errors { function, code, text in
            let function = function.map { String(cString: $0) } ?? "alsa"
            let text = text.map { String(cString: $0) } ?? ""
            let reason = code == 0 ? "" : ": \(String(cString: snd_strerror(code)))"
            LibraryComplaints.deliver("\(function): \(text)\(reason)")
        }
    }

    private static let route = Mutex<(@Sendable (String) -> Void)?>(nil)

    private static func deliver(_ line: String) {
        route.withLock { $0 }?(line)
    }
}
