import ConsoleAPI

/// Reads server-sent events from a stream of bytes (WHATWG HTML, section 9.2.6, as far as the daemon uses it).
struct EventReader {
    private var buffer: [UInt8] = []
    private var id: UInt64?
    private var data = ""

    /// The events that these bytes complete. Events of a newer daemon that are not known here are left out.
    mutating func read(_ bytes: some Sequence<UInt8>) -> [NumberedEvent] {
        buffer += bytes
        var events: [NumberedEvent] = []
        while let end = buffer.firstIndex(of: 10) {
            let line = String(decoding: buffer[..<end], as: UTF8.self)
            buffer.removeFirst(end + 1)
            if line.isEmpty {
                if let event = finish() { events.append(event) }
            } else if line.hasPrefix("id: ") {
                id = UInt64(line.dropFirst(4))
            } else if line.hasPrefix("data: ") {
                data += line.dropFirst(6)
            }
        }
        return events
    }

    private mutating func finish() -> NumberedEvent? {
        defer { data = "" }
        guard !data.isEmpty, let id, let event = try? APICoding.decode(ServerEvent.self, from: Array(data.utf8)) else {
            return nil
        }
        return NumberedEvent(id: id, event: event)
    }
}
