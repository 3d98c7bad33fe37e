import TOMLKit

/// The keys that say who reaches the console.
extension Configuration.Reader {
    func reach(_ text: String, _ path: [String]) throws(ConfigurationError) -> Configuration.ConsoleReach {
        switch text {
        case "machine": return .machine
        case "network": return .network
        default:
            let numbers = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
            guard numbers.count == 4, !numbers.contains(nil) else {
                throw error(path, "listen is \"machine\", \"network\" or an IPv4 address such as \"192.168.1.5\"")
            }
            return .address(text)
        }
    }

    func hostNames(_ value: some TOMLValueConvertible, _ path: [String]) throws(ConfigurationError) -> [String] {
        let message = "names is a list of host names without https:// and path: [\"music.example\"]"
        guard let list = value.array else { throw error(path, message) }
        var names: [String] = []
        for entry in list {
            guard let name = entry.string, !name.isEmpty, name.utf8.count <= 253,
                name.utf8.allSatisfy({ byte in
                    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45
                        || byte == 46
                })
            else { throw error(path, message) }
            names.append(name.lowercased())
        }
        return names
    }
}
