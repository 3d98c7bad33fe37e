import ConsoleAPI
import FlyingSocks
import Glibc

/// The names under which the console may be asked over a port.
///
/// A page of another site can have a name of its own lead here (DNS rebinding); its requests then carry that name. So only names are answered that
/// nobody else can give: this machine's addresses, its own name where it is shared, and what the configuration lists.
struct AllowedHosts: Sendable {
    /// In lower case, without a port.
    private let names: Set<String>

    /// - Parameters:
    ///   - names: what the configuration lists.
    ///   - local: the address that the connection came to; nil where it is not known.
    ///   - isShared: whether other machines may come: then the machine's own name counts, also with `.local`.
    init(names: [String], local: String?, isShared: Bool) {
        var all: Set = ["127.0.0.1", "localhost", "[::1]"]
        all.formUnion(names.map { $0.lowercased() })
        if let local { all.insert(local) }
        if isShared, let own = AllowedHosts.machineName?.lowercased() { all.formUnion([own, own + ".local"]) }
        self.names = all
    }

    /// - Parameters:
    ///   - host: the field `Host`.
    ///   - origin: the field `Origin`; a program that is no browser sends none.
    func allow(host: String?, origin: String?) -> Bool {
        guard let host = host?.lowercased(), names.contains(String(AllowedHosts.name(in: host[...]))) else {
            return false
        }
        guard let origin = origin?.lowercased() else { return true }
        // The port too: another program's page on this machine is another site.
        return origin == "http://" + host || origin == "https://" + host
    }

    /// An authority without its port (RFC 3986, section 3.2).
    private static func name(in authority: Substring) -> Substring {
        guard authority.hasPrefix("["), let end = authority.firstIndex(of: "]") else {
            return authority.prefix { $0 != ":" }
        }
        let behind = authority[authority.index(after: end)...]
        return behind.isEmpty || behind.hasPrefix(":") ? authority[...end] : authority
    }

    private static var machineName: String? {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return nil }
        let name = String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return name.isEmpty ? nil : name
    }
}

/// Addresses of this machine that others in the network can reach.
enum MachineAddresses {
    /// IPv4, of interfaces that are up; loopback is none of them.
    static var reachable: [String] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var found: [String] = []
        var next = list
        while let entry = next {
            next = entry.pointee.ifa_next
            let flags = Int32(bitPattern: entry.pointee.ifa_flags)
            guard let address = entry.pointee.ifa_addr, address.pointee.sa_family == AF_INET,
                flags & Int32(IFF_UP) != 0, flags & Int32(IFF_LOOPBACK) == 0
            else { continue }
            let bits = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee.sin_addr }
            found.append(IPv4.text(bits))
        }
        return found
    }
}

/// IPv4 addresses as text.
enum IPv4 {
    static func text(_ address: in_addr) -> String {
        let bits = UInt32(bigEndian: address.s_addr)
        return [24, 16, 8, 0].map { "\(bits >> $0 & 255)" }.joined(separator: ".")
    }

    /// - Returns: nil where it is no such address.
    static func bits(_ text: String) -> in_addr? {
        var address = in_addr()
        return inet_pton(AF_INET, text, &address) == 1 ? address : nil
    }
}
