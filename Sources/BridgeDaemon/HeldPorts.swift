import FoundationEssentials
import Glibc
import Transport

/// The ports that the daemon plays to, on the disk: what has to be silenced when it ends without a farewell.
///
/// The list lies beside the API's socket, as JSON. It is there exactly while a port is open or was not left properly.
struct HeldPorts: Sendable {
    /// A port by number and name: numbers are used again, by other programs.
    struct Port: Hashable, Sendable, Codable, CustomStringConvertible {
        var client: UInt8
        var port: UInt8
        var clientName: String
        var portName: String

        init(_ info: PortInfo) {
            client = info.address.client
            port = info.address.port
            clientName = info.clientName
            portName = info.portName
        }

        var address: PortAddress { PortAddress(client: client, port: port) }
        var description: String { "\(address) \(clientName)" }
    }

    let path: String
    private(set) var ports: [Port]

    /// - Parameter socket: of the API; what a former daemon left there is read.
    init(socket: String) {
        path = "\(socket).ports"
        ports = []
        guard let data = FileManager.default.contents(atPath: path) else { return }
        ports = (try? JSONDecoder().decode([Port].self, from: data)) ?? []
    }

    /// Whether there is a list, readable or not.
    var exists: Bool { access(path, F_OK) == 0 }

    /// Notes a port before anything is played to it.
    mutating func add(_ port: PortInfo) throws {
        let held = Port(port)
        guard !ports.contains(held) else { return }
        ports.append(held)
        try store()
    }

    /// Forgets a port that was left, or is gone.
    mutating func remove(_ port: PortInfo) throws {
        guard ports.contains(Port(port)) else { return }
        ports.removeAll { $0 == Port(port) }
        try store()
    }

    /// Forgets them all.
    mutating func removeAll() {
        ports = []
        unlink(path)
    }

    /// In place at once, whole or not at all; that it survives a power cut is not needed, because the sequencer does not either.
    private func store() throws {
        guard !ports.isEmpty else {
            unlink(path)
            return
        }
        try JSONEncoder().encode(ports).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}
