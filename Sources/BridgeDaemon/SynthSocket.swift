import FoundationEssentials
import Glibc

/// The connection that the synthesizer of our own lives by: systemd starts it when the socket is connected to, and it ends when
/// the connection does.
struct SynthSocket {
    /// Where `continuo-synth.socket` listens.
    let path: String
    /// The devices of the sound cards.
    var devices = "/dev/snd"
    /// Nil while it is not connected.
    private(set) var descriptor: Int32?

    init(path: String, devices: String = "/dev/snd") {
        self.path = path
        self.devices = devices
    }

    /// Whether a card plays samples: one has a device such as `pcmC0D0p`.
    ///
    /// `/proc/asound/pcm` says the same, and is hidden from the service.
    var hasSoundHardware: Bool {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: devices)) ?? []
        return files.contains { $0.hasPrefix("pcmC") && $0.hasSuffix("p") }
    }

    /// - Throws: why nobody answers there, and what to do.
    mutating func open() throws(DaemonError) {
        precondition(descriptor == nil, "connected already")
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: name.sun_path) else {
            throw DaemonError("the name of the socket \(path) is too long", advice: "use a shorter folder")
        }
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let opened = socket(AF_UNIX, kind, 0)
        guard opened >= 0 else {
            throw DaemonError("cannot make a socket: \(String(cString: strerror(errno)))", advice: "")
        }
        let result = withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(opened, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let why = String(cString: strerror(errno))
            Glibc.close(opened)
            throw DaemonError(
                "\(path): \(why)", advice: "\"systemctl start continuo-synth.socket\" (with --user in a session)")
        }
        descriptor = opened
    }

    /// Whether the other side has closed; what it says otherwise is of no interest.
    func hasEnded() -> Bool {
        guard let descriptor else { return true }
        var bytes = [UInt8](repeating: 0, count: 256)
        while true {
            let count = read(descriptor, &bytes, bytes.count)
            if count > 0 || count < 0 && errno == EINTR { continue }
            return count == 0 || errno != EAGAIN
        }
    }

    mutating func close() {
        guard let descriptor else { return }
        // Its end would do, but fluidsynth complains of it in the journal.
        _ = send(descriptor, "quit\n", 5, Int32(MSG_NOSIGNAL))
        Glibc.close(descriptor)
        self.descriptor = nil
    }
}
